"""A target as publishconf.py describes it, and what a deploy to it would change."""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from sitebuild.deploy.programs import RefusedError
from sitebuild.host.files import (
    COMPRESSED,
    HEADERS,
    HTACCESS,
    REDIRECTS,
    Release,
    is_lasting,
    is_private,
)
from sitebuild.host.pages import folder_of

Files = Mapping[str, str | None]
_TEXT, _FLAG = "a text of one line", "True or False"
_LIST = "a list of paths from the root of the site"
_SERVER = '"nginx", "caddy" or "apache"'
_COUNT = "a whole number from 1"
_COMMON = {"url": _TEXT, "verify": _FLAG, "after": _TEXT}
# Tool -> what its targets need, and what they may have.
_ENTRIES: Mapping[str, tuple[dict[str, str], dict[str, str]]] = {
    "ssh": ({"to": _TEXT}, {"server": _SERVER, "keep": _LIST, "releases": _COUNT}),
    "rclone": ({"to": _TEXT}, {"server": _SERVER, "keep": _LIST}),
    "github": ({"remote": _TEXT, "branch": _TEXT}, {}),
    "cloudflare": ({"name": _TEXT}, {"pages": _FLAG}),
    "netlify": ({"site": _TEXT}, {}),
}
# Hosts that read `_headers` and `_redirects`.
EDGES = ("cloudflare", "netlify")


@dataclass(frozen=True)
class Target:
    """A target: its entries, the address and the folder of the site, the project."""

    name: str
    entries: Mapping[str, Any]
    site: str
    tree: Path
    root: Path

    @property
    def tool(self) -> str:
        """What brings the site there."""
        return str(self.entries["tool"])

    @property
    def server(self) -> str:
        """The server whose rules are in theme/hosts; "" where none is named."""
        return str(self.entries.get("server", ""))

    @property
    def is_edge(self) -> bool:
        """Whether the host reads `_headers` and `_redirects`."""
        return self.tool in EDGES

    @property
    def has_rules(self) -> bool:
        """Whether the site is served with the rules in theme/hosts."""
        return bool(self.server) or (self.is_edge and not folder_of(self.site))

    def keeps(self, path: str) -> bool:
        """Return whether a path is one that deploys never touch."""
        keep = [str(it).strip("/") for it in self.entries.get("keep", ())]
        return any(path == it or path.startswith(f"{it}/") for it in keep)

    def takes(self, release: Release) -> dict[str, str | None]:
        """Return the files of a release that the target is sent.

        Nothing private but what its server reads; copies and pages that stand for
        redirects only where they are of use.
        """
        private = {HEADERS, REDIRECTS} if self.is_edge else set()
        if self.server == "apache":
            private = {HTACCESS}
        found = {}
        for path, sha256 in release.files.items():
            is_copy = path.endswith(COMPRESSED)
            is_unknown = is_private(path) and path not in private
            is_stub = self.is_edge and path in release.stubs
            if is_unknown or is_stub or self.keeps(path):
                continue
            if is_copy and not self.server:
                continue
            found[path] = sha256
        return found


def read_target(file: Path, name: str) -> Target:
    """Return the target of a name in publishconf.py.

    Raises RefusedError, a plain sentence, when anything is wrong with it.
    """
    try:
        found = runpy.run_path(str(file))
    except Exception as error:  # whatever the owner's Python raises
        raise RefusedError(f"{file.name} fails: {error}") from None
    targets = found.get("TARGETS")
    if not isinstance(targets, dict) or not targets:
        raise RefusedError(
            f'{file.name} names no target: TARGETS = {{"web": {{"tool": "ssh", …}}}}.'
        )
    if name not in targets:
        raise RefusedError(f'There is no target "{name}"; {_known(name, targets)}')
    entries = targets[name]
    _check(name, entries)
    root = file.resolve().parent
    site = str(found.get("SITEURL", "")).rstrip("/")
    if entries.get("server") and folder_of(site):
        raise RefusedError(
            f"{site} is a folder of a host, and the rules for servers are those of a "
            f'whole host. Leave "server" out of the target "{name}".'
        )
    return Target(name, entries, site, root / found.get("OUTPUT_PATH", "public"), root)


def _known(name: str, names: Mapping[str, Any]) -> str:
    near = get_close_matches(name, map(str, names), 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f"known are {', '.join(sorted(map(str, names)))}.{hint}"


def _check(name: str, entries: Any) -> None:
    tool = entries.get("tool") if isinstance(entries, dict) else None
    if not isinstance(tool, str) or tool not in _ENTRIES:
        raise RefusedError(
            f'The tool of the target "{name}" is {tool!r}; allowed are '
            f"{', '.join(_ENTRIES)}."
        )
    needed, may = _ENTRIES[tool]
    allowed = {**needed, **may, **_COMMON}
    for key, words in needed.items():
        if key not in entries:
            raise RefusedError(f'The target "{name}" lacks "{key}": {words}.')
    for key, value in entries.items():
        if key != "tool" and key not in allowed:
            known = _known(str(key), {"tool": "", **allowed})
            raise RefusedError(f'The target "{name}" has no entry "{key}"; {known}')
        if key != "tool" and not _fits(value, allowed[key]):
            raise RefusedError(
                f'"{key}" of the target "{name}" is {value!r}; allowed is '
                f"{allowed[key]}."
            )


def _fits(value: object, words: str) -> bool:
    if words is _FLAG:
        return isinstance(value, bool)
    if words is _COUNT:
        return type(value) is int and value > 0
    if words is _LIST:
        return isinstance(value, list) and all(_fits(it, _TEXT) for it in value)
    if words is _SERVER:
        return value in ("nginx", "caddy", "apache")
    is_text = isinstance(value, str) and bool(re.fullmatch(r"[^\s-].*", value))
    return is_text and str(value).isprintable()


class Plan(NamedTuple):
    """What a deploy does: which files it sends and deletes, and which it keeps.

    `kept` have a hash in their name and are of the release before: a page that is open
    in a browser may still ask for them.
    """

    send: tuple[str, ...]
    delete: tuple[str, ...]
    kept: tuple[str, ...]
    ours: frozenset[str]

    def deletes_much(self) -> bool:
        """Return whether more than a quarter of what is live goes away.

        Names with hashes come and go with each edit, and do not count.
        """
        ours = [path for path in self.ours if not is_lasting(path)]
        gone = [path for path in self.delete if not is_lasting(path)]
        return len(gone) * 4 > len(ours)


def compare(target: Target, old: Release | None, new: Files, *, resend: bool) -> Plan:
    """Return how to get from the release that a target holds to new files.

    Deleted is only what the manifest there says that a deploy brought.
    """
    held: Files = {}
    before: tuple[str, ...] = ()
    if old:
        held = {p: it for p, it in old.files.items() if not target.keeps(p)}
        before = tuple(path for path in old.kept if not target.keeps(path))
    gone = [path for path in held if path not in new]
    kept = [path for path in gone if is_lasting(path)]
    if held == new:
        kept = [path for path in before if path not in new]
    ours = frozenset({*held, *before})
    return Plan(
        tuple(sorted(p for p in new if resend or held.get(p) != new[p])),
        tuple(sorted(ours - new.keys() - set(kept))),
        tuple(sorted(kept)),
        ours,
    )
