"""The lines that the preview prints for the editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sitebuild import diff
from sitebuild.diff import Change
from sitebuild.faults import Fault

_NAMED_FILES = 3


class Terminal:
    """Prints what each build did."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Take what prints a line."""
        self.say = say

    def built(
        self, files: Sequence[str], took_s: float, differences: Sequence[Change]
    ) -> None:
        """Print that the site was built after some files changed, and what differs."""
        self.say(f"{_subject(files)}: built in {took_s * 1000:.0f} ms")
        for line in diff.describe(differences):
            self.say(f"  {line}")

    def failed(self, files: Sequence[str], faults: Sequence[Fault], state: str) -> None:
        """Print the faults, and in words what is served meanwhile."""
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        self.say(f"{_subject(files)}: {count}; {state}")
        for fault in faults:
            self.say(f"  {fault}")

    def indexed(self) -> None:
        """Print that the search index has what was written."""
        self.say("search index rebuilt")


def _subject(files: Sequence[str]) -> str:
    names = list(dict.fromkeys(files))
    if not names:
        return "the site"
    text = ", ".join(names[:_NAMED_FILES])
    if len(names) > _NAMED_FILES:
        text += f" and {len(names) - _NAMED_FILES} more"
    return text
