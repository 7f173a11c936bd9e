"""What must be true of the sources as a whole, beyond what names what."""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape

from sitebuild.faults import Report
from sitebuild.model import ArticleFields, Block, Document, SourceLine, TermOptions


def check(documents: Iterable[Document], report: Report) -> None:
    """Report days out of order, and forms that two terms have."""
    forms: dict[str, SourceLine] = {}
    for document in documents:
        _check_days(document, report)
        if not document.is_published:
            continue
        for term in document.blocks("term"):
            _check_term(term, forms, report)


def _check_days(document: Document, report: Report) -> None:
    """Report an article that was modified before its date."""
    fields = document.fields
    if not isinstance(fields, ArticleFields) or not fields.modified:
        return
    if fields.modified < fields.date:
        report.add(
            document.place("modified"),
            f"modified is {fields.modified}, before the date {fields.date}",
            "an article is modified after its date, or not at all",
            "correct one of the two",
        )


def _check_term(term: Block, forms: dict[str, SourceLine], report: Report) -> None:
    """Report a form of a term that another term has: its link could lead to either."""
    others: tuple[str, ...] = ()
    if isinstance(term.options, TermOptions):
        others = term.options.also
    for form in (term.name, *others):
        folded = " ".join(unescape(form).lower().replace("\u2019", "'").split())
        place = term.place_of("also") if form in others else term.place
        first = forms.setdefault(folded, place)
        if first != place:
            report.add(
                place,
                f'the form "{unescape(form)}" already stands at '
                f"{first.file}:{first.line}",
                "a form belongs to one term",
                "remove one of the two",
            )
