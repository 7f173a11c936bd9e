"""What differs between two built trees, page by page.

Pure. Exact, because builds are reproducible to the byte: a page that is not listed has
not changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sitebuild import output
from sitebuild.diff import reasons
from sitebuild.diff.reasons import Findings, Reason
from sitebuild.host.files import address

_MAX_NAMED_FILES = 5


@dataclass(frozen=True)
class Change:
    """One address that was added, changed or removed, and why."""

    address: str
    kind: str
    reasons: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        """`kind address: reason; reason`."""
        text = f"{self.kind} {self.address}"
        if self.reasons:
            text += f": {'; '.join(map(str, self.reasons))}"
        return text


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Change]:
    """Return all that differs between two trees (path → bytes), sorted by path."""
    findings = Findings.of(old, new)
    changes = []
    for name in sorted({**old, **new}):
        if name not in old:
            changes.append(Change(address(name), "added"))
        elif name not in new:
            changes.append(Change(address(name), "removed"))
        elif old[name] != new[name]:
            why = _why(name, old[name], new[name], findings)
            changes.append(Change(address(name), "changed", why))
    return changes


def _why(name: str, old: bytes, new: bytes, findings: Findings) -> tuple[Reason, ...]:
    if not name.endswith(".html"):
        return (Reason("content", "", ""),)
    return tuple(reasons.of_page(old, new, findings))


def is_page(change: Change) -> bool:
    """Return whether an address is one that readers open."""
    return change.address.endswith(("/", ".html"))


def describe(changes: Sequence[Change]) -> list[str]:
    """Return one line for each page and one for all other files together."""
    lines = [str(change) for change in changes if is_page(change)]
    others = [change for change in changes if not is_page(change)]
    if others:
        lines.append(f"other files: {_others(others)}")
    return lines or ["nothing changed"]


def _others(changes: Sequence[Change]) -> str:
    """Return the names of a few files; of many, how many there are of each kind."""
    by_kind: dict[str, list[str]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change.address)
    texts = []
    for kind, names in sorted(by_kind.items()):
        if len(changes) <= _MAX_NAMED_FILES:
            texts.append(f"{kind} {', '.join(names)}")
        else:
            texts.append(f"{len(names)} {kind}")
    return "; ".join(texts)


def report(old: Path, new: Path) -> list[str]:
    """Return what differs between two built folders, one line a page."""
    return describe(compare(output.read(old), output.read(new)))
