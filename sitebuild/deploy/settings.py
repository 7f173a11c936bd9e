"""What publishconf.py says to deploys, each entry judged before anything is done."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sitebuild.deploy.plan import RefusedError

# What a target of each tool needs, and what else it may have.
_TOOLS: dict[str, tuple[set[str], set[str]]] = {
    "rclone": ({"to"}, {"server"}),
    "github": ({"remote", "branch"}, set()),
    "cloudflare": ({"project"}, {"branch", "url"}),
    "netlify": ({"site"}, {"url"}),
}
# How the text of an entry begins, and the same in words.
_FORMS = {
    "to": (
        r"/|:|[^/:]+:",
        'an rclone remote such as "name:path", or a folder from the root such as "/srv/site"',
    ),
    "url": (r"https?://[^/\s]", "an address that begins with https://"),
    "remote": (r"\w[\w.-]*$", 'the name of a git remote, such as "origin"'),
}


@dataclass(frozen=True)
class Settings:
    """A target's entries, the site's address without a slash at its end, the published folder."""

    target: Mapping[str, Any]
    site: str
    tree: Path


def read(file: Path, name: str) -> Settings:
    """The settings for the target `name`; raises RefusedError, a plain sentence, when anything is wrong with them."""
    try:
        found = runpy.run_path(str(file))
    except Exception as error:
        raise RefusedError(
            f"{file.name} fails: {type(error).__name__}: {error}. Mend it."
        ) from None
    site, tree, targets = (
        found.get("SITEURL", ""),
        found.get("OUTPUT_PATH"),
        found.get("TARGETS"),
    )
    if not isinstance(site, str) or not isinstance(tree, (str, Path)):
        raise RefusedError(f"SITEURL and OUTPUT_PATH in {file.name} must be texts.")
    if not isinstance(targets, dict) or not all(
        isinstance(t, dict) for t in targets.values()
    ):
        raise RefusedError(
            f'TARGETS in {file.name} must be names with entries: {{"folder": {{"tool": "rclone", …}}}}.'
        )
    if wrong := [
        key
        for key in targets
        if not re.fullmatch(r"[\w.-]+", str(key)) or not isinstance(key, str)
    ]:
        raise RefusedError(
            f"A target's name is letters, digits, hyphens and underscores, and {wrong[0]!r} is not."
        )
    if name not in targets:
        raise RefusedError(f'There is no target "{name}"; {_known(name, targets)}')
    _check(name, targets[name])
    return Settings(targets[name], site.rstrip("/"), file.resolve().parent / tree)


def _known(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, names, 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f"known are {', '.join(sorted(names))}.{hint}"


def _check(name: str, target: Mapping[Any, Any]) -> None:
    tool = target.get("tool")
    if not isinstance(tool, str) or tool not in _TOOLS:
        raise RefusedError(
            f'The tool of the target "{name}" is none of {", ".join(_TOOLS)}.'
        )
    needed, others = _TOOLS[tool]
    if missing := needed - target.keys():
        raise RefusedError(f'The target "{name}" lacks {", ".join(sorted(missing))}.')
    for key, value in target.items():
        if key not in {"tool", *needed, *others}:
            known = _known(str(key), {"tool", *needed, *others})
            raise RefusedError(
                f'The target "{name}" has an unknown entry {key!r}; {known}'
            )
        pattern, words = _FORMS.get(key, (".", "a text"))
        if key == "server" and not isinstance(value, bool):
            raise RefusedError(
                f'"server" of the target "{name}" must be True or False.'
            )
        if key != "server" and not (
            isinstance(value, str) and re.match(pattern, value)
        ):
            raise RefusedError(f'"{key}" of the target "{name}" must be {words}.')
