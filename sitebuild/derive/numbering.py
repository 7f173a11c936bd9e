"""The references of one page, numbered from 1 in the order in which it cites them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sitebuild.model import Finding, Reference
from sitebuild.read import citations


@dataclass(frozen=True)
class CitedFinding:
    """A finding with the numbers that its references have on the page."""

    finding: Finding
    numbers: tuple[int, ...]


class Numbering:
    """The references of one page, numbered as they are cited."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        """Take all references of the site by key."""
        self._all = references
        self._numbers: dict[str, int] = {}
        self._cited: list[Reference] = []

    def cite(self, keys: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of some references, new ones counted on."""
        return tuple(self._number(self._all[key]) for key in keys)

    def cite_in(self, html: str) -> str:
        """Return HTML whose citations are numbers that lead to the references.

        A star marks a source whose details were only partly checked.
        """
        return citations.numbered(html, self._link)

    def _link(self, key: str) -> str:
        reference = self._all[key]
        number = self._number(reference)
        star = "*" if reference.verified == "partly" else ""
        name = f"{number}{star}"
        return f'<a href="#R{number}" aria-label="Source {name}">{name}</a>'

    def cite_finding(self, finding: Finding) -> CitedFinding:
        """Return a finding with the numbers of its references."""
        numbers = tuple(self._number(reference) for reference in finding.references)
        return CitedFinding(finding, numbers)

    def _number(self, reference: Reference) -> int:
        if reference.key not in self._numbers:
            self._cited.append(reference)
            self._numbers[reference.key] = len(self._cited)
        return self._numbers[reference.key]

    @property
    def references(self) -> tuple[Reference, ...]:
        """What was cited, in order."""
        return tuple(self._cited)
