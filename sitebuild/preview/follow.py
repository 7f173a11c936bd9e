"""Where the browser goes after an edit, for the option `--follow`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sitebuild.diff import Change, Reason

# What a change of a data file is called on the pages that show it.
_SHOWN_AS = {"evidence.yaml": "finding", "references.bib": "reference"}
# The page that shows every finding; a finding is opened there, not beside a passage.
_EVIDENCE = "/evidence/"


def target(
    files: Iterable[str], addresses: Mapping[str, str], differences: Sequence[Change]
) -> str:
    """Return the address of the first edited file that a page shows; "" if none does.

    `addresses` has those of the source files that are pages. The fragment is the id of
    the element that changed.
    """
    for name in files:
        if name in addresses:
            return _page(addresses[name], differences)
        kind = _SHOWN_AS.get(Path(name).name)
        shown = _data(kind, differences) if kind else ""
        if shown:
            return shown
    return ""


def _page(address: str, differences: Sequence[Change]) -> str:
    for change in differences:
        if change.address == address:
            return _with_fragment(address, change.reasons)
    return address


def _data(kind: str, differences: Sequence[Change]) -> str:
    """Return where a finding or a reference that changed is shown."""
    for change in sorted(differences, key=lambda it: it.address != _EVIDENCE):
        reasons = [reason for reason in change.reasons if reason.what == kind]
        if reasons:
            return _with_fragment(change.address, reasons)
    return ""


def _with_fragment(address: str, reasons: Sequence[Reason]) -> str:
    for reason in reasons:
        if reason.id:
            return f"{address}#{reason.id}"
    return address
