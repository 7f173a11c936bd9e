"""Addresses are promises: what was published stays reachable or is redirected.

Compares the site with content/redirects.txt and content/addresses.txt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from sitebuild.derive.site import Site
from sitebuild.faults import Report
from sitebuild.read.redirects import (
    RECORD,
    REDIRECTS,
    Redirect,
    follow,
    read_record,
)

_HEAD = (
    "# Every address that was ever published, kept by `invoke publish`; "
    "do not remove lines.\n"
)


def published(site: Site) -> tuple[str, ...]:
    """Return every address that the site promises, sorted: pages and passages."""
    documents = (*site.articles, *site.topics, *site.pages)
    pages = [document.url for document in documents]
    passages = [passage.url for passage in site.passages.values()]
    return tuple(sorted([*pages, *passages]))


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
    live = set(published(site))
    moved = {redirect.old: redirect.new for redirect in redirects}
    for redirect in redirects:
        _check_redirect(redirect, moved, live, report)
    for recorded in read_record(content, report):
        page = recorded.address.partition("#")[0]
        is_reachable = not {recorded.address, page}.isdisjoint(moved)
        if whole and recorded.address not in live and not is_reachable:
            report.add(
                recorded.place,
                f"{recorded.address} was published and is gone",
                "what was published stays reachable",
                f"add the line `{recorded.address} /where-it-went/` to "
                f"{content.name}/{REDIRECTS}",
            )


def _check_redirect(
    redirect: Redirect, moved: Mapping[str, str], live: Collection[str], report: Report
) -> None:
    if redirect.old in live:
        report.add(
            redirect.place,
            f"{redirect.old} is redirected and still exists",
            "a redirect stands for what is gone",
            "remove the line or the page",
        )
        return
    end = follow(redirect.old, moved)
    found = ""
    if end.is_circle:
        found = f"{redirect.old} leads in a circle by way of {end.address}"
    elif end.address not in live and end.address.partition("#")[0] not in live:
        found = f"{redirect.old} leads to {end.address}, which does not exist"
    if found:
        report.add(
            redirect.place,
            found,
            "a redirect leads to a page or passage of the site",
            "correct its end",
        )


def record(content: Path, site: Site) -> tuple[str, ...]:
    """Add what is published now to the record; returns what was new."""
    known = {it.address for it in read_record(content, Report())}
    new = tuple(address for address in published(site) if address not in known)
    if new:
        lines = [f"{address}\n" for address in sorted({*known, *new})]
        (content / RECORD).write_text(_HEAD + "".join(lines), "utf-8")
    return new
