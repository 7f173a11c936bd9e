"""A target as publishconf.py describes it, and what a deploy to it would change."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sitebuild.host import files as named
from sitebuild.host.pages import folder_of

# Tool -> what its targets need, and what they may have.
_ENTRIES = {
    "ssh": (["to"], ["server", "keep", "releases"]),
    "rclone": (["to"], ["server", "keep"]),
    "github": (["remote", "branch"], []),
    "cloudflare": (["name"], ["pages"]),
    "netlify": (["site"], []),
}
_COMMON = ["tool", "url", "verify", "after"]
_TYPES = {"keep": list, "releases": int, "pages": bool, "verify": bool}  # else text
_FORMS = {"server": "nginx|caddy|apache", "url": "https?://.+", "releases": "[1-9].*"}
_LINE = r"[^\s-].*"  # one line that is no option of a program

say = partial(print, flush=True)  # in step with what programs say


class RefusedError(SystemExit):
    """A deploy that may not or cannot be done, in a plain sentence.

    A SystemExit, so that nobody meets a traceback.
    """


@dataclass(frozen=True)
class Target:
    """A target: its entries, the address and the folder of the site, the project."""

    name: str
    entries: Mapping[str, Any]
    site: str
    tree: Path
    root: Path

    @property
    def url(self) -> str:
        """Where readers find it."""
        return str(self.entries.get("url", self.site)).rstrip("/")

    @property
    def server(self) -> str:
        """The server whose rules are in theme/hosts; "" where none is named."""
        return str(self.entries.get("server", ""))

    @property
    def is_edge(self) -> bool:
        """Whether the host reads `_headers` and `_redirects`."""
        return self.entries["tool"] in ("cloudflare", "netlify")

    @property
    def has_rules(self) -> bool:
        """Whether the site is served with the rules in theme/hosts."""
        return bool(self.server) or (self.is_edge and not folder_of(self.site))

    def keeps(self, path: str) -> bool:
        """Return whether a path is one that deploys never touch."""
        keep = [str(it).strip("/") for it in self.entries.get("keep", ())]
        return any(path == it or path.startswith(f"{it}/") for it in keep)

    def strangers(self, paths: Iterable[str]) -> list[str]:
        """Return paths without dotted ones, and those that deploys never touch."""
        shown = [path for path in paths if not re.search(r"(^|/)\.", path)]
        return [path for path in shown if not self.keeps(path)]

    def takes(self, release: named.Release) -> dict[str, str | None]:
        """Return the files of a release that the target is sent.

        Nothing private but what its server reads; copies and pages that stand for
        redirects only where they are of use.
        """
        private = {named.HEADERS, named.REDIRECTS} if self.is_edge else set()
        if self.server == "apache":
            private = {named.HTACCESS}
        found = {}
        for path, sha256 in release.files.items():
            is_unknown = named.is_private(path) and path not in private
            is_stub = self.is_edge and path in release.stubs
            is_copy = path.endswith(named.COMPRESSED) and not self.server
            if not (is_unknown or is_stub or is_copy or self.keeps(path)):
                found[path] = sha256
        return found


def read_target(file: Path, name: str) -> Target:
    """Return the target of a name in publishconf.py.

    Raises RefusedError, a plain sentence, when anything is wrong with it.
    """
    found = runpy.run_path(str(file))
    targets, site = found.get("TARGETS") or {}, str(found.get("SITEURL", ""))
    if name not in targets:
        raise RefusedError(f'There is no target "{name}"; {_known(name, targets)}')
    problem = _problem(targets[name])
    if not problem and targets[name].get("server") and folder_of(site):
        problem = (
            f"names a server, but {site} is a folder: its rules are of whole hosts"
        )
    if problem:
        raise RefusedError(f'The target "{name}" {problem}.')
    root = file.resolve().parent
    tree = root / found.get("OUTPUT_PATH", "public")
    return Target(name, targets[name], site.rstrip("/"), tree, root)


def _known(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, names, 1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f"known are {', '.join(names)}{hint}"


def _problem(entries: Mapping[str, Any]) -> str:
    """Return what is wrong with the entries of a target; "" where nothing is."""
    tool = str(entries.get("tool"))
    if tool not in _ENTRIES:
        return f'has the tool "{tool}"; {_known(tool, _ENTRIES)}'
    needed, may = _ENTRIES[tool]
    if not set(needed) <= entries.keys():
        return f"lacks {' or '.join(needed)}"
    for key, value in entries.items():
        allowed = [*needed, *may, *_COMMON]
        if key not in allowed:
            return f'has an entry "{key}"; {_known(key, allowed)}'
        kind, form = _TYPES.get(key, str), _FORMS.get(key, _LINE)
        if not isinstance(value, kind) or not re.fullmatch(form, str(value)):
            return f"has {value!r} as {key}; allowed is {kind.__name__} {form}"
    return ""


class Plan(NamedTuple):
    """What a deploy does: which files it sends and deletes, and which it keeps.

    `kept` have a hash in their name and are of the release before: a page that is open
    in a browser may still ask for them. `ours` are all that deploys brought.
    """

    send: list[str]
    delete: list[str]
    kept: tuple[str, ...]
    ours: frozenset[str]

    def objection(self) -> str:
        """Return that more than a quarter of what is live goes away; "" if it does not.

        Names with hashes come and go with each edit, and do not count.
        """
        ours = [path for path in self.ours if not named.is_lasting(path)]
        gone = [path for path in self.delete if not named.is_lasting(path)]
        if len(gone) * 4 <= len(ours):
            return ""
        return f"it deletes more than a quarter of what is live: {listed(gone)}"


def compare(
    target: Target,
    old: named.Release | None,
    new: Mapping[str, str | None],
    *,
    resend: bool,
) -> Plan:
    """Return how to get from the release that a target holds to new files.

    Deleted is only what the manifest there says that a deploy brought.
    """
    held: Mapping[str, str | None] = {}
    before: list[str] = []
    if old:
        held = {p: it for p, it in old.files.items() if not target.keeps(p)}
        before = [path for path in old.kept if not target.keeps(path)]
    kept = [path for path in held if path not in new and named.is_lasting(path)]
    if held == new:
        kept = [path for path in before if path not in new]
    ours = frozenset({*held, *before})
    return Plan(
        sorted(path for path in new if resend or held.get(path) != new[path]),
        sorted(ours - new.keys() - set(kept)),
        tuple(sorted(kept)),
        ours,
    )


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return names as one text, the first of many, without what a terminal obeys."""
    known = sorted(names)
    shown = [name if name.isprintable() else ascii(name) for name in known[:most]]
    more = [f"and {len(known) - most} more"] if len(known) > most else []
    return ", ".join([*shown, *more])
