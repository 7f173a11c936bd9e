"""Addresses are promises: what was published once stays reachable, or the build says which redirect is missing.

content/redirects.txt holds a line `old new` for every address that was renamed or withdrawn; content/addresses.txt is
the record of what was published, kept by `invoke publish`. Both know pages (/about/) and passages (/articles/x/#id).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sitebuild.derive.site import Site
from sitebuild.faults import Report, decode
from sitebuild.model import SourceLine

REDIRECTS, RECORD = "redirects.txt", "addresses.txt"
# A folder or a page, never by the name that a server adds, nor out of the site.
_ADDRESS = re.compile(r"/((?!\.)[\w.-]+/)*(?!\.|index\.html)([\w.-]+\.html)?(#[\w-]+)?")


@dataclass(frozen=True)
class Redirect:
    """One line of redirects.txt."""

    old: str
    new: str
    place: SourceLine


def _lines(
    content: Path, name: str, report: Report
) -> Iterable[tuple[SourceLine, list[str]]]:
    path, shown = content / name, f"{content.name}/{name}"
    text = decode(path.read_bytes(), shown, report) if path.exists() else ""
    for number, line in enumerate(text.splitlines(), 1):
        words = [] if line.lstrip().startswith("#") else line.split()
        if words:
            yield SourceLine(shown, number), words


def read_redirects(content: Path, report: Report) -> tuple[Redirect, ...]:
    """The redirects of a content folder; a line that is not two addresses is a fault."""
    redirects: dict[str, Redirect] = {}
    for place, words in _lines(content, REDIRECTS, report):
        if len(words) != 2 or not all(map(_ADDRESS.fullmatch, words)):
            allowed = (
                "a line is `/old/ /new/`, each a folder or a page other than index.html"
            )
            report.add(
                place,
                f'"{" ".join(words)}" is not a redirect',
                allowed,
                "write two addresses",
            )
        elif words[0] in redirects:
            report.add(
                place,
                f"{words[0]} is redirected twice",
                "an address leads to one place",
                "remove one line",
            )
        else:
            redirects[words[0]] = Redirect(words[0], words[1], place)
    return tuple(redirects.values())


def aliases(redirects: Iterable[Redirect]) -> dict[str, tuple[str, ...]]:
    """For each passage address, its former ids on the same page, which must keep them.

    A fragment never reaches a server (RFC 9110, 4.2.4), so no redirect can.
    """
    found: dict[str, tuple[str, ...]] = {}
    for old, new in ends(redirects).items():
        page, _, ident = old.partition("#")
        if ident and new.partition("#")[0] == page:
            found[new] = (*found.get(new, ()), ident)
    return found


def ends(redirects: Iterable[Redirect]) -> dict[str, str]:
    """Old address → where it leads in the end."""
    leads = {redirect.old: redirect.new for redirect in redirects}
    found = {}
    for old, first in leads.items():
        new, seen = first, {old}
        while new in leads and new not in seen:
            seen.add(new)
            new = leads[new]
        found[old] = new
    return found


def published(site: Site) -> tuple[str, ...]:
    """Every address that the site promises, sorted: its pages and the passages of its articles."""
    pages = [document.url for document in (*site.articles, *site.topics, *site.pages)]
    return tuple(sorted([*pages, *(passage.url for passage in site.passages.values())]))


def check(
    content: Path,
    redirects: tuple[Redirect, ...],
    site: Site,
    report: Report,
    *,
    whole: bool = True,
) -> None:
    """Nothing that was published is gone, and every redirect leads to something.

    Unless every source was read as it was meant (`whole`), what is gone cannot be told.
    """
    live, moved = (
        set(published(site)),
        {redirect.old: redirect for redirect in redirects},
    )
    for redirect in redirects:
        if redirect.old in live:
            found = f"{redirect.old} is redirected and still exists"
            report.add(
                redirect.place,
                found,
                "a redirect stands for what is gone",
                "remove the line or the page",
            )
        elif (problem := _leads(redirect, moved, live)) is not None:
            report.add(
                redirect.place,
                problem,
                "a redirect leads to a page or passage of the site",
                "correct its end",
            )
    for place, (address, *_) in _lines(content, RECORD, report):
        if (
            whole
            and address not in live
            and address not in moved
            and address.partition("#")[0] not in moved
        ):
            allowed = "what was published stays reachable"
            remedy = f"add the line `{address} /where-it-went/` to {content.name}/{REDIRECTS}"
            report.add(place, f"{address} was published and is gone", allowed, remedy)


def _leads(
    redirect: Redirect, moved: Mapping[str, Redirect], live: set[str]
) -> str | None:
    """What is wrong with where a redirect ends; None if it ends at something that exists."""
    seen, end = {redirect.old}, redirect.new
    while end in moved:
        if end in seen:
            return f"{redirect.old} leads in a circle by way of {end}"
        seen.add(end)
        end = moved[end].new
    return (
        None
        if end in live or end.partition("#")[0] in live
        else f"{redirect.old} leads to {end}, which does not exist"
    )


def record(content: Path, site: Site) -> tuple[str, ...]:
    """Add what is published now to the record; returns what was new."""
    path = content / RECORD
    known = {words[0] for _, words in _lines(content, RECORD, Report())}
    new = tuple(address for address in published(site) if address not in known)
    if new:
        head = "# Every address that was ever published, kept by `invoke publish`; do not remove lines.\n"
        path.write_text(
            head + "".join(f"{address}\n" for address in sorted({*known, *new})),
            "utf-8",
        )
    return new
