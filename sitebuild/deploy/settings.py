"""What publishconf.py says to deploys, each entry judged before anything is done."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sitebuild.deploy.hosts import TOOLS
from sitebuild.deploy.hosts.base import COMMON, Setting
from sitebuild.deploy.refusal import RefusedError
from sitebuild.host.files import MANIFEST
from sitebuild.host.manifest import read_release


@dataclass(frozen=True)
class Settings:
    """A target's entries, the site's address without a slash at its end, the folder."""

    target: Mapping[str, Any]
    site: str
    tree: Path


def read(file: Path, name: str) -> Settings:
    """Return the settings for the target `name`.

    Raises RefusedError, a plain sentence, when anything is wrong with them.
    """
    found = _run(file)
    site, tree = found.get("SITEURL", ""), found.get("OUTPUT_PATH")
    if not isinstance(site, str) or not isinstance(tree, (str, Path)):
        raise RefusedError(f"SITEURL and OUTPUT_PATH in {file.name} must be texts.")
    targets = _check_targets(found.get("TARGETS"), file)
    if name not in targets:
        raise RefusedError(f'There is no target "{name}"; {_known(name, targets)}')
    _check(name, targets[name])
    folder = file.resolve().parent / tree
    return Settings(targets[name], site.rstrip("/") or _published_for(folder), folder)


def _published_for(tree: Path) -> str:
    """The address that a published folder was built for; "" for another folder."""
    try:
        return read_release((tree / MANIFEST).read_bytes()).site
    except (OSError, ValueError):
        return ""


def read_names(file: Path) -> list[str]:
    """Return the names of all targets."""
    return [*_check_targets(_run(file).get("TARGETS"), file)]


def _run(file: Path) -> dict[str, Any]:
    try:
        return runpy.run_path(str(file))
    except Exception as error:
        raise RefusedError(
            f"{file.name} fails: {type(error).__name__}: {error}. Correct it."
        ) from None


def _check_targets(targets: object, file: Path) -> Mapping[str, Mapping[Any, Any]]:
    if not isinstance(targets, dict) or not all(
        isinstance(target, dict) for target in targets.values()
    ):
        raise RefusedError(
            f"TARGETS in {file.name} must be names with entries: "
            '{"folder": {"tool": "folder", …}}.'
        )
    for key in targets:
        if not isinstance(key, str) or not re.fullmatch(r"(?!all$)[\w.-]+", key):
            raise RefusedError(
                "A target's name is letters, digits, hyphens and underscores, not all, "
                f"and {key!r} is not."
            )
    return targets


def _known(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, names, 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f"known are {', '.join(sorted(names))}.{hint}"


def _check(name: str, target: Mapping[Any, Any]) -> None:
    tool = target.get("tool")
    if not isinstance(tool, str) or tool not in TOOLS:
        raise RefusedError(
            f'The tool of the target "{name}" is none of {", ".join(TOOLS)}.'
        )
    needed = TOOLS[tool].needs
    entries = {**needed, **TOOLS[tool].may, **COMMON}
    missing = sorted(needed.keys() - target.keys())
    if missing:
        raise RefusedError(f'The target "{name}" lacks {", ".join(missing)}.')
    for key, value in target.items():
        if key == "tool":
            continue
        if key not in entries:
            known = _known(str(key), {"tool", *entries})
            raise RefusedError(
                f'The target "{name}" has an unknown entry {key!r}; {known}'
            )
        if not _fits(value, entries[key]):
            raise RefusedError(
                f'"{key}" of the target "{name}" must be {entries[key].words}.'
            )


def _fits(value: object, setting: Setting) -> bool:
    if setting.values:
        return any(value is allowed or value == allowed for allowed in setting.values)
    return isinstance(value, str) and bool(re.match(setting.pattern, value))
