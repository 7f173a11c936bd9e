"""A target of publishconf.py: what it is sent, what changes there, who brings it."""

from __future__ import annotations

import re
import runpy
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sitebuild import release as named
from sitebuild.faults import allowed_names

_TOOLS = "ssh rclone github cloudflare netlify"
_WORD = ("[^-:].*", "a text that begins with neither - nor :")
_FLAG = ("True|False", "True or False")
# The tools that know an entry, the pattern of what it may be, and that in words.
_ENTRIES = {
    "to": ("ssh rclone", *_WORD),
    "name": ("cloudflare", *_WORD),
    "site": ("netlify", *_WORD),
    "server": ("ssh rclone", "nginx|caddy|apache", "nginx, caddy or apache"),
    "keep": ("ssh rclone", r"[\[(].*[\])]", "a list of paths"),
    "releases": ("ssh", "[1-9][0-9]*", "a whole number from 1"),
    "pages": ("cloudflare", *_FLAG),
    "url": (_TOOLS, r"https?://[\w.:-]+(/.*)?", "an address with https:// or http://"),
    "verify": (_TOOLS, *_FLAG),
    "after": (_TOOLS, ".+", "a command"),
}
_NEEDED = ("to", "name", "site")
# The hosts with rules in theme/hosts, and the private files that each reads.
_LISTS = (named.HEADERS, named.REDIRECTS)
_READS = {
    "nginx": (),
    "caddy": (),
    "apache": (named.HTACCESS,),
    "cloudflare": _LISTS,
    "netlify": _LISTS,
}
# What a server without rsync says, and what to do then.
_NO_RSYNC = "rsync: (command )?not found"
_GET_RSYNC = 'The server has no rsync: install it there, or use the tool "rclone".'

say = partial(print, flush=True)  # in step with what programs say


class RefusedError(SystemExit):
    """A deploy that may not or cannot be done, in a plain sentence.

    A SystemExit, so that nobody meets a traceback.
    """


class Plan(NamedTuple):
    """How to get from what a target holds, `there`, to the `new` release.

    In both, None stands for a file that is not of the release: it was on its way when
    a deploy died, or is one with a hash in its name that stays for one release more.
    """

    new: named.Release
    there: Mapping[str, str | None]
    send: list[str]
    delete: list[str]


@dataclass(frozen=True)
class Target:
    """A target, and the published site that it is sent.

    `tree` is the published folder in the project, `root`; `to` its place as rsync and
    rclone name it, after which a path may stand; `url` is where readers find it, and
    `server` whose rules serve it, "" where none is known.
    """

    name: str
    entries: Mapping[str, Any]
    siteurl: str
    root: Path
    tree: Path
    release: named.Release
    to: str
    url: str
    server: str

    def keeps(self, path: str) -> bool:
        """Return whether a path is one that deploys never touch."""
        keep = [str(it).strip("/") for it in self.entries.get("keep", ())]
        return any(path == it or path.startswith(f"{it}/") for it in keep)

    def takes(self, path: str) -> bool:
        """Return whether it is sent a file of the release: only what is of use there.

        Hosts with redirects of their own need no pages that lead on, and only a server
        with our rules sends compressed copies.
        """
        reads = _READS.get(self.server, ())
        if named.is_private(path):
            return path in reads
        is_listed = named.REDIRECTS in reads and named.REDIRECTS in self.release.files
        is_idle = is_listed and path in self.release.stubs
        is_copy = path.endswith(named.COMPRESSED) and "server" not in self.entries
        return not (is_idle or is_copy or self.keeps(path))

    def compare(self, held: named.Release | None, *, resend: bool) -> Plan:
        """Return how to get from the release that it holds to the new one.

        Deleted is only what the manifest there says that a deploy brought.
        """
        files = self.release.files
        new = {path: files[path] for path in files if self.takes(path)}
        found = held.files if held else {}
        there = {path: it for path, it in found.items() if not self.keeps(path)}
        live = {path: it for path, it in there.items() if it}
        before = there if live == new else live  # one that is repeated is none
        kept = {path for path in before if named.is_lasting(path)} - new.keys()
        release = replace(self.release, files=new | dict.fromkeys(kept))
        send = sorted(path for path in new if resend or there.get(path) != new[path])
        return Plan(release, there, send, sorted(there.keys() - new.keys() - kept))

    def run(
        self, command: Sequence[str], accept: Sequence[int] = (), stdin: str = ""
    ) -> bytes:
        """Return what a program wrote; what it says on its stderr is shown at once.

        With codes to `accept`, what it says is shown only where it ends with another.
        Raises RefusedError then, and where the program is missing.
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
            where = f'README.md, "Publish", tells where {command[0]} is from'
            raise RefusedError(f"{command[0]} is not installed: {where}.") from None
        if done.returncode and done.returncode not in accept:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            failed = f"{command[0]} failed ({done.returncode})."
            hints = [_GET_RSYNC] if re.search(_NO_RSYNC, said) else []
            raise RefusedError(" ".join([failed, said, *hints]))
        return done.stdout


def read_target(file: Path, name: str) -> Target:
    """Return the target of a name in publishconf.py, and what is published for it.

    Raises RefusedError, a plain sentence, when anything is wrong with it.
    """
    found = runpy.run_path(str(file))
    targets = found.get("TARGETS") or {}
    if name not in targets:
        known = allowed_names(name, targets)[0]
        raise RefusedError(f'There is no target "{name}"; {known}.')
    root = file.resolve().parent
    tree = root / found.get("OUTPUT_PATH", "public")
    try:
        release = named.read_release((tree / named.MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise RefusedError(
            f"{tree.name}/ holds no published site. Publish first: "
            "SITEURL=https://… python3 tasks.py publish"
        ) from None
    entries = targets[name]
    for problem in _problems(entries):
        raise RefusedError(f'The target "{name}" {problem}.')
    site = str(found.get("SITEURL") or release.site).rstrip("/")
    to = str(entries.get("to", ""))
    to = to if to.endswith((":", "/")) else f"{to}/"
    url = str(entries.get("url", release.site)).rstrip("/")
    rules = entries["tool"] if entries["tool"] in _READS else ""
    server = entries.get("server", rules)
    return Target(name, entries, site, root, tree, release, to, url, server)


def _problems(entries: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the entries of a target."""
    tool = str(entries.get("tool"))
    if tool not in _TOOLS.split():
        yield f'has the tool "{tool}"; {allowed_names(tool, _TOOLS.split())[0]}'
        return
    known = [entry for entry, (tools, *_) in _ENTRIES.items() if tool in tools]
    for entry in entries.keys() - {*known, "tool"}:
        yield f'has an entry "{entry}"; {allowed_names(entry, known)[0]}'
    for entry in known:
        _, pattern, words = _ENTRIES[entry]
        is_asked = entry in entries or entry in _NEEDED
        if is_asked and not re.fullmatch(pattern, str(entries.get(entry, ""))):
            yield f'has "{entry}": {entries.get(entry)!r}; allowed is {words}'
