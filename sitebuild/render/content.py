"""The text of a page as plain HTML, its cautions and verdicts included.

It is what Pelican calls the content of an article or a page: feeds carry it, and a
theme that knows nothing of passages shows it whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from markupsafe import Markup

from sitebuild.derive.pages import Page
from sitebuild.derive.parts import (
    BlockView,
    FindingView,
    PartView,
    PassageView,
)
from sitebuild.model import LABELS, Block, Finding, Heading, Prose, Reference
from sitebuild.read.markdown import Typesetter


class ContentWriter:
    """Writes the parts of pages as plain HTML."""

    def __init__(self, setter: Typesetter) -> None:
        """Take what sets the words of titles and findings."""
        self._setter = setter

    def page(self, shown: Page) -> str:
        """Return all that a page says, with its references."""
        pieces = [self.parts(shown.parts)]
        for judgement, findings in shown.own.get("groups", ()):
            pieces.append(self._group(LABELS[judgement], findings))
        if shown.references:
            listed = map(self._reference, shown.references)
            items = Markup("\n").join(listed)
            pieces.append(Markup("<h2>References</h2>\n<ol>\n{}\n</ol>").format(items))
        return Markup("\n").join(pieces)

    def parts(self, parts: Iterable[PartView]) -> Markup:
        """Return the parts of a page, without its references."""
        pieces: list[Markup] = []
        for kind, alike in groupby(parts, lambda it: it.kind):
            made = Markup("\n").join(map(self._part, alike))
            if kind == "term":
                made = Markup("<dl>{}</dl>").format(made)
            pieces.append(made)
        return Markup("\n").join(pieces)

    def _part(self, part: PartView) -> Markup:
        if isinstance(part, Heading):
            form = Markup('<h{0} id="{1}">{2}</h{0}>')
            return form.format(part.level, part.id, Markup(part.title))
        if isinstance(part, Prose):
            return Markup(part.html)
        if isinstance(part, Block):
            form = Markup('<dt id="{}">{}</dt><dd>{}</dd>')
            return form.format(part.id, Markup(part.name), Markup(part.html))
        if isinstance(part, BlockView):
            return self._block(part)
        if part.kind == "caution":
            return self._caution(part)
        return self._passage(part)

    def _block(self, block: BlockView) -> Markup:
        lines = [self._finding(it.finding, it.url) for it in block.lines]
        return Markup('<section id="{0}"><h{1}>{2}</h{1}>\n{3}\n{4}</section>').format(
            block.id,
            block.level,
            Markup(block.name),
            Markup(block.html),
            Markup("\n").join(lines),
        )

    def _passage(self, it: PassageView) -> Markup:
        said = Markup("\n").join(self._in_passage(it))
        pieces = [Markup('<div id="{}">{}</div>').format(it.id, said)]
        pieces += map(self._caution, it.cautions)
        return Markup("\n").join(pieces)

    def _caution(self, it: PassageView) -> Markup:
        return Markup("<blockquote>{}</blockquote>").format(self._passage(it))

    def _in_passage(self, it: PassageView) -> Iterator[Markup]:
        link = Markup('<p>{}<a href="{}">{}</a></p>')
        if it.is_copy:
            title = self._set(it.title)
            yield Markup("<h{0}>{1}</h{0}>").format(it.level, title)
            yield link.format("From: ", it.source.url, self._set(it.source.article))
        yield Markup(it.html)
        for twin in it.twins:
            article = self._set(twin.article)
            also = link.format("Also in ", twin.url, article)
            yield Markup('<div id="{}">{}</div>').format(twin.id, also)
        for cited in it.findings:
            yield self._finding(cited.finding, cited.url, in_full=True)
        for line in (*it.lines, *it.more):
            yield self._finding(line.finding, line.url)

    def _finding(self, it: Finding, url: str, *, in_full: bool = False) -> Markup:
        explanation = self._set(it.explanation) if in_full else ""
        return Markup('<p><b>{}:</b> <a href="{}">{}</a>{} {}</p>').format(
            it.label, url, self._set(it.statement), it.stop, explanation
        )

    def _group(self, title: str, findings: Iterable[FindingView]) -> Markup:
        pieces = [Markup("<h2>{}</h2>").format(title)]
        for listed in findings:
            it = listed.finding
            said = self._finding(it, f"#{it.id}", in_full=True)
            pieces.append(Markup('<section id="{}">{}</section>').format(it.id, said))
        return Markup("\n").join(pieces)

    def _reference(self, it: Reference) -> Markup:
        title = Markup("{}").format(it.title)
        if it.address:
            title = Markup('<a href="{}">{}</a>').format(it.address, it.title)
        form = Markup("<li>{} {}. <i>{}</i>. {}</li>")
        return form.format(it.byline, title, it.source, it.year)

    def _set(self, text: str) -> Markup:
        return Markup(self._setter.line(text))
