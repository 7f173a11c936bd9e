"""Addresses are promises: what was published stays reachable or is redirected.

Compares the site with content/redirects.txt and content/addresses.txt.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path

from sitebuild.derive.contents import type_of
from sitebuild.derive.site import Site
from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.redirects import (
    RECORD,
    REDIRECTS,
    Moves,
    RecordedAddress,
    Redirect,
    read_record,
    was_recorded,
)

_HEAD = (
    "# Every address that was ever published, kept by `invoke publish`; "
    "do not remove lines.\n"
)
_WORD = re.compile(r"[^\W_]{4,}")  # shorter ones say little
# The pages that every site has, and the sources that usually make them.
_NEEDED = {"/": "pages/home.md", "/404.html": "pages/404.md"}


def published(site: Site) -> tuple[str, ...]:
    """Return every address that the site promises, sorted.

    Those of its pages, and in them those of passages, findings and questions.
    """
    promised = [document.url for document in site.documents]
    promised += [passage.url for passage in site.passages.values()]
    for page in site.pages:
        if type_of(page).has_findings:
            promised += [f"{page.url}#{ident}" for ident in site.findings]
    for page in (*site.topics, *site.pages):
        promised += [f"{page.url}#{block.id}" for block in page.blocks("question")]
    return tuple(sorted(promised))


def check_record(content: Path, report: Report, *, is_published: bool) -> None:
    """Report a record that was lost: what it promised could be lost unseen.

    There was one where git knows it, or where a site `is_published` already. Without
    either it is a new site, whose record `invoke publish` begins.
    """
    if (content / RECORD).exists():
        return
    if not (is_published or was_recorded(content)):
        return
    shown = f"{content.name}/{RECORD}"
    report.add(
        SourceLine(shown, 1),
        "the record of every address that was published is missing",
        "a site that was published keeps its record",
        f"bring it back (`git checkout {shown}`); write an empty file only if nothing "
        "was ever published",
    )


def check(
    content: Path,
    redirects: Iterable[Redirect],
    site: Site,
    report: Report,
    *,
    whole: bool = True,
) -> None:
    """Report a redirect that ends nowhere and a published address that is gone.

    Unless every source was read as it was meant (`whole`), nobody can say what is gone.
    """
    redirects = tuple(redirects)
    moves = Moves(redirects)
    live = set(published(site))
    for redirect in redirects:
        _check_redirect(redirect, moves, live, report)
    recorded = read_record(content, report)
    if whole:
        _check_needed(content, live, report)
        articles = {article.url for article in site.articles}
        for promise in recorded:
            if _is_gone(promise.address, moves, live, articles):
                _report_gone(promise, recorded, moves, live, content, report)


def _page(address: str) -> str:
    return address.partition("#")[0]


def _check_needed(content: Path, live: Collection[str], report: Report) -> None:
    for address, source in _NEEDED.items():
        if address not in live:
            report.add(
                SourceLine(f"{content.name}/{source}", 1),
                f"the site has no page {address}",
                f"every site has the pages {' and '.join(_NEEDED)}, published",
                f"bring the file back; its front matter says `address: {address}`",
            )


def _is_gone(
    address: str, moves: Moves, live: Collection[str], articles: Collection[str]
) -> bool:
    """Return whether a reader who kept an address finds nothing there.

    What a line of redirects.txt says wrongly is reported at that line. A passage of a
    page that moved to an article is looked for in that article; of one that moved
    elsewhere, its page is enough.
    """
    if address in live or address in moves or address in _NEEDED:
        return False
    end = moves.end(address).address
    if end in live:
        return False
    is_carried_along = end != address
    return not is_carried_along or _page(end) in articles


def _report_gone(
    promise: RecordedAddress,
    recorded: Collection[RecordedAddress],
    moves: Moves,
    live: Collection[str],
    content: Path,
    report: Report,
) -> None:
    """Report an address that is gone.

    That of a page stands for all that it held, the newest address of a passage for its
    former ones.
    """
    known = {other.address for other in recorded}
    old = promise.address
    page = _page(old)
    is_of_lost_page = page in known and page not in live and page not in moves
    if is_of_lost_page and page != old:
        return
    end = moves.end(old).address
    if end in known and end != old:
        return
    new = _find_new(old, moves.end(page).address, known, live)
    file = f"{content.name}/{REDIRECTS}"
    remedy = f"add the line `{old} {new}` to {file}"
    if not new:
        remedy = (
            f"add a line to {file}: {old}, a space and the address of the page that "
            "takes its place"
        )
    report.add(
        promise.place,
        f"{old} was published and is gone",
        "what was published stays reachable",
        remedy,
    )


def _find_new(
    old: str, page: str, known: Collection[str], live: Collection[str]
) -> str:
    """Return the live address that most likely took the place of another; "" if none.

    `page` is where the page of `old` stands now, `known` holds all that was published.
    """
    new = sorted(set(live) - set(known))
    if "#" in old:
        return _new_passage(old, page, new, live)
    return _new_page(old, new, known, live)


def _new_passage(
    old: str, page: str, new: Collection[str], live: Collection[str]
) -> str:
    """Return the same id elsewhere, a new one like it on the page, or else the page."""
    ident = old.partition("#")[2]
    for address in new:
        if address.endswith(f"#{ident}"):
            return address
    beside = [it.partition("#")[2] for it in new if it.startswith(f"{page}#")]
    near = _nearest(ident, beside)
    if near:
        return f"{page}#{near}"
    return page if page in live else ""


def _new_page(
    old: str, new: Collection[str], known: Collection[str], live: Collection[str]
) -> str:
    """Return the new page of the same kind that holds most of what the old one held."""
    pages = [address for address in new if _folder(address) == _folder(old)]
    held = _ids_on(old, known)
    counts = {page: len(held & _ids_on(page, live)) for page in pages}
    best = max(pages, key=lambda page: counts[page], default="")
    if best and counts[best]:
        return best
    last = {page.rstrip("/").rpartition("/")[2]: page for page in pages}
    return last.get(_nearest(old.rstrip("/").rpartition("/")[2], last), "")


def _nearest(name: str, others: Collection[str]) -> str:
    """Return the name that is like another or has a word of it; "" if none is."""
    words = set(_WORD.findall(name))
    akin = [other for other in others if words & set(_WORD.findall(other))]
    found = get_close_matches(name, akin, 1, cutoff=0)
    found = found or get_close_matches(name, others, 1)
    return found[0] if found else ""


def _folder(address: str) -> str:
    """Return the folder that a page stands in; "" for the address of a passage."""
    if "#" in address:
        return ""
    return posixpath.dirname(address.rstrip("/"))


def _ids_on(page: str, addresses: Collection[str]) -> set[str]:
    start = f"{page}#"
    return {it.removeprefix(start) for it in addresses if it.startswith(start)}


def _check_redirect(
    redirect: Redirect, moves: Moves, live: Collection[str], report: Report
) -> None:
    """Report what is wrong with one line."""
    if redirect.old in _NEEDED:
        report.add(
            redirect.place,
            f"{redirect.old} is redirected",
            f"every site has the pages {' and '.join(_NEEDED)}",
            "remove the line, and bring the page back if it is gone",
        )
        return
    if redirect.old in live:
        report.add(
            redirect.place,
            f"{redirect.old} is redirected and still exists",
            "a redirect stands for what is gone",
            "remove the line or the page",
        )
        return
    found = _wrong_end(redirect, moves, live)
    if found:
        report.add(
            redirect.place,
            found,
            "a redirect leads to a page or passage of the site",
            "correct its end",
        )
        return
    _check_arrival(redirect, moves, live, report)


def _wrong_end(redirect: Redirect, moves: Moves, live: Collection[str]) -> str:
    """Return what is wrong with where one line leads; "" if nothing is."""
    end = moves.end(redirect.old)
    if end.is_circle:
        return f"{redirect.old} leads in a circle by way of {end.address}"
    if end.address not in live and _page(end.address) not in live:
        return f"{redirect.old} leads to {end.address}, which does not exist"
    return ""


def _check_arrival(
    redirect: Redirect, moves: Moves, live: Collection[str], report: Report
) -> None:
    """Report an old id that another passage has on the page that is opened for it."""
    for arrival in moves.arrivals():
        found = f"{arrival.page}#{arrival.ident}"
        if arrival.old == redirect.old and found in live and found != arrival.end:
            report.add(
                redirect.place,
                f"{redirect.old} opens {found}, which is another passage",
                "an id that was published leads to its passage for ever",
                f"give the passage {found} another id",
            )


def record_with(content: Path, new: Collection[str]) -> str:
    """Return the text of the record with some addresses added."""
    known = {it.address for it in read_record(content, Report())}
    lines = [f"{address}\n" for address in sorted({*known, *new})]
    return _HEAD + "".join(lines)


def unrecorded(content: Path, site: Site) -> tuple[str, ...]:
    """Return the addresses of the site that its record does not have yet, sorted."""
    known = {it.address for it in read_record(content, Report())}
    return tuple(address for address in published(site) if address not in known)
