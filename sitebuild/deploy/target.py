"""A target as publishconf.py describes it, and what a deploy to it would change."""

from __future__ import annotations

import re
import runpy
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sitebuild.faults import allowed_names
from sitebuild.host import files as named


class Tool(NamedTuple):
    """What the targets of a tool need and may have.

    `reads` are private files that its hosts read. `patience_s`: how long it may take
    until readers get what was sent.
    """

    needed: str
    more: str = ""
    reads: tuple[str, ...] = ()
    patience_s: int = 60


TOOLS = {
    "ssh": Tool("to", "server keep releases"),
    "rclone": Tool("to", "server keep"),
    "github": Tool("remote branch", patience_s=600),
    "cloudflare": Tool("name", "pages", (named.HEADERS, named.REDIRECTS)),
    "netlify": Tool("site", "", (named.HEADERS, named.REDIRECTS)),
}
_COMMON = "tool url verify after"
# The servers with rules in theme/hosts, and the private file that each reads.
SERVERS = {"nginx": (), "caddy": (), "apache": (named.HTACCESS,)}
# What a program says that fails, and what to do then.
_HINTS = {
    "rsync: (command )?not found": (
        'The server has no rsync: install it there, or use the tool "rclone" by SFTP.'
    ),
    "knownhosts|known_hosts": (
        "rclone checks the key of the server by ~/.ssh/known_hosts, or by the "
        "known_hosts_file of its remote: log in once by `ssh`, which notes it there."
    ),
}

say = partial(print, flush=True)  # in step with what programs say


class RefusedError(SystemExit):
    """A deploy that may not or cannot be done, in a plain sentence.

    A SystemExit, so that nobody meets a traceback.
    """


@dataclass(frozen=True)
class Target:
    """A target, and the published site that it is sent.

    `url` is where readers find it, `server` whose rules serve it ("" for none); `tree`
    is the published folder in the project, `root`.
    """

    name: str
    entries: Mapping[str, Any]
    siteurl: str
    root: Path
    tree: Path
    release: named.Release

    @property
    def tool(self) -> Tool:
        """What brings the site there."""
        return TOOLS[self.entries["tool"]]

    @property
    def server(self) -> str:
        """Whose rules serve it; "" where none is named."""
        return str(self.entries.get("server", ""))

    @property
    def url(self) -> str:
        """Where readers find it."""
        return str(self.entries.get("url", self.release.site)).rstrip("/")

    @property
    def to(self) -> str:
        """Its place as rsync and rclone name it, after which a path may stand."""
        to = str(self.entries["to"])
        return to if to.endswith((":", "/")) else f"{to}/"

    def keeps(self, path: str) -> bool:
        """Return whether a path is one that deploys never touch."""
        keep = [it.strip("/") for it in self.entries.get("keep", ())]
        return any(path == it or path.startswith(f"{it}/") for it in keep)

    def strangers(self, paths: Iterable[str]) -> list[str]:
        """Return paths without dotted ones, and those that deploys never touch."""
        shown = [path for path in paths if not re.search(r"(^|/)\.", path)]
        return [path for path in shown if not self.keeps(path)]

    def takes(self, path: str) -> bool:
        """Return whether it is sent a file of the release: only what is of use there.

        Hosts with redirects of their own need no pages that lead on, and only a server
        with our rules sends compressed copies.
        """
        if self.keeps(path):
            return False
        if named.is_private(path):
            return path in (*self.tool.reads, *SERVERS.get(self.server, ()))
        if path.endswith(named.COMPRESSED) and not self.server:
            return False
        is_listed = bool(self.tool.reads) and named.REDIRECTS in self.release.files
        return not (is_listed and path in self.release.stubs)

    def run(
        self,
        command: Sequence[str],
        install: str,
        accept: Sequence[int] = (),
        stdin: str = "",
    ) -> bytes:
        """Return what a program wrote; what it says on its stderr is shown at once.

        With codes to `accept`, what it says is shown only where it ends with another.
        Raises RefusedError then, and with `install` where the program is missing.
        """
        try:
            done = subprocess.run(
                command,
                cwd=self.root,
                input=stdin.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if accept else None,
                close_fds=False,  # it holds the lock of the deploy too
                check=False,
            )
        except FileNotFoundError:
            said = f"{command[0]} is not installed: {install}."
            raise RefusedError(said) from None
        if done.returncode and done.returncode not in accept:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            hints = [hint for it, hint in _HINTS.items() if re.search(it, said)]
            failed = f"{command[0]} failed ({done.returncode})."
            raise RefusedError(" ".join([failed, said, *hints]))
        return done.stdout


def read_target(file: Path, name: str) -> Target:
    """Return the target of a name in publishconf.py, and what is published for it.

    Raises RefusedError, a plain sentence, when anything is wrong with it.
    """
    found = runpy.run_path(str(file))
    targets = found.get("TARGETS") or {}
    if name not in targets:
        raise RefusedError(
            f'There is no target "{name}"; {allowed_names(name, targets)[0]}.'
        )
    for problem in _problems(targets[name]):
        raise RefusedError(f'The target "{name}" {problem}.')
    root = file.resolve().parent
    tree = root / found.get("OUTPUT_PATH", "public")
    try:
        release = named.read_release((tree / named.MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise RefusedError(
            f"{tree.name}/ holds no published site. Publish first: "
            "SITEURL=https://… python3 tasks.py publish"
        ) from None
    site = str(found.get("SITEURL") or release.site).rstrip("/")
    if "server" in targets[name] and named.folder_of(site):
        raise RefusedError(
            f'The target "{name}" names a server, but {site} is in a folder: the rules '
            'of theme/hosts are of a whole host. Remove "server" there.'
        )
    return Target(name, targets[name], site, root, tree, release)


def _problems(entries: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the entries of a target."""
    name, server = str(entries.get("tool")), entries.get("server", "nginx")
    if name not in TOOLS:
        yield f'has the tool "{name}"; {allowed_names(name, TOOLS)[0]}'
        return
    needed, more = TOOLS[name].needed.split(), TOOLS[name].more.split()
    for entry in entries.keys() - {*needed, *more, *_COMMON.split()}:
        known, _ = allowed_names(entry, [*needed, *more, *_COMMON.split()])
        yield f'has an entry "{entry}"; {known}'
    for entry in needed:
        if not re.match("[^-]", str(entries.get(entry, ""))):
            yield f"lacks {entry}, or it looks like an option"
    if server not in SERVERS:
        yield f'has the server "{server}"; {allowed_names(server, SERVERS)[0]}'
    keep, releases = entries.get("keep", []), entries.get("releases", 1)
    if type(keep) not in (list, tuple) or {*map(type, keep)} - {str}:
        yield f"keeps {keep!r}; allowed is a list of paths"
    if type(releases) is not int or releases < 1:
        yield f"has the releases {releases!r}; allowed is a whole number from 1"
    url = entries.get("url", "https://")
    if not re.match("https?://", str(url)):
        yield f'has the url "{url}"; allowed is an address with https:// or http://'


class Plan(NamedTuple):
    """What a deploy does: the release that it brings, what it sends and deletes.

    `held` is the release that the target holds, `ours` all that deploys brought there.
    """

    held: named.Release | None
    new: named.Release
    send: list[str]
    delete: list[str]
    ours: frozenset[str]

    @property
    def begun(self) -> named.Release:
        """What the target is told meanwhile: None for each file on its way."""
        before = self.held.kept if self.held else ()
        there = dict.fromkeys(self.ours - {*before})
        files = {**there, **self.new.files, **dict.fromkeys(self.send)}
        return replace(self.new, files=files, kept=before)

    @property
    def is_repair(self) -> bool:
        """Whether a deploy before this died on its way."""
        return bool(self.held and None in self.held.files.values())

    @property
    def takes_much(self) -> bool:
        """Whether more than a quarter of what is live goes away.

        Names with hashes come and go with each edit, and do not count.
        """
        ours, gone = (
            sum(not named.is_lasting(path) for path in paths)
            for paths in (self.ours, self.delete)
        )
        return gone * 4 > ours


def compare(target: Target, held: named.Release | None, *, resend: bool) -> Plan:
    """Return how to get from the release that a target holds to the new one.

    Deleted is only what the manifest there says that a deploy brought. Files with a
    hash in their name are kept for one release: an open page may still ask for them.
    """
    files = target.release.files
    new = {path: files[path] for path in files if target.takes(path)}
    there, before = dict[str, str | None](), list[str]()
    if held:
        there = {p: it for p, it in held.files.items() if not target.keeps(p)}
        before = [path for path in held.kept if not target.keeps(path)]
    kept = [path for path in there if path not in new and named.is_lasting(path)]
    if there == new:
        kept = [path for path in before if path not in new]
    ours = frozenset({*there, *before})
    return Plan(
        held,
        replace(target.release, files=new, kept=tuple(sorted(kept))),
        sorted(path for path in new if resend or there.get(path) != new[path]),
        sorted(ours - new.keys() - set(kept)),
        ours,
    )


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return names as one text, the first of many, without what a terminal obeys."""
    known = sorted(names)
    shown = [name if name.isprintable() else ascii(name) for name in known[:most]]
    more = [f"and {len(known) - most} more"] if len(known) > most else []
    return ", ".join([*shown, *more])
