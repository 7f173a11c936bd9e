"""The Markdown of one piece of a source, set as HTML and checked."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from html import unescape

from sitebuild.faults import FileReport
from sitebuild.model import Heading, Part
from sitebuild.read import html as html_checks
from sitebuild.read import lists, slips
from sitebuild.read.markdown import Typesetter, resolve
from sitebuild.read.references import mark_citations
from sitebuild.read.source import Line, Piece

# An address with a blank, parted there.
_WITH_BLANK = re.compile(
    r'(?<=href="|\ssrc=")(?!#fn)([^"]*[^"\s])\s+([^"\s][^"]*)(?=")'
)
_MARKS_IN_HTML = re.compile(
    r"<(?:div|section|article|aside|details|figure)\b[^>]*>\s*((?:[-*+]|\d+\.) \S+)"
)


class Text:
    """Sets and checks the texts of one file; what is wrong is a fault."""

    def __init__(self, kind: str, setter: Typesetter, file: FileReport) -> None:
        """Take the kind of the file: article, topic or page."""
        self.kind = kind
        self.setter = setter
        self.file = file

    def html(self, piece: Piece) -> str:
        """Return the HTML of a piece; Markdown that did not work is a fault."""
        if lists.is_too_much(piece, self.file):
            return "<p>…</p>"
        before = len(self.file.report.faults)
        lists.check(piece, self.file)
        html = self.setter.block(piece.text)
        if piece.cites:
            html = mark_citations(html)
        if len(self.file.report.faults) == before:
            plain = html_checks.without_code(html)
            slips.check_marks(plain, piece, self.kind, self.file)
        return resolve(html, self._address_of_file)

    def _address_of_file(self, name: str) -> str:
        """Return the address of a file that `{static}` or `{attach}` names.

        A source is left as `{filename}` for later: its address is in its header.
        """
        if name.endswith(".md"):
            return f"{{filename}}{name}"
        _, _, rest = self.file.path.partition("/")
        folder = "" if name.startswith("/") else posixpath.dirname(rest)
        return "/" + posixpath.normpath(posixpath.join(folder, name.lstrip("/")))

    def check(self, html: str, of: str, piece: Piece) -> None:
        """Report Markdown that stayed text, and HTML that swallows what follows."""
        broken = html_checks.find_unresolved(html)
        if broken:
            self._add_broken(" ".join(broken.split()), of, _line_with(broken, piece))
        blank = _WITH_BLANK.search(html)
        if blank:
            self.file.add(
                _line_with(blank[0], piece),
                f'the address "{blank[0]}" holds a blank',
                "a blank in an address is written as %20, a title beside it stands in "
                "straight quotation marks, a size in braces behind the brackets",
                _without_blank(*blank.groups()),
            )
        marked = _MARKS_IN_HTML.search(html_checks.without_code(html))
        if marked:
            self.file.add(
                _line_with(marked[1], piece),
                f'"{marked[1]}" stands inside HTML, where Markdown is text',
                "inside HTML a list is HTML too",
                'write `markdown="1"` into the tag around it, and a blank line below',
            )
        unknown = html_checks.find_unknown(html)
        tag = "" if unknown else html_checks.find_unbalanced(html)
        if unknown:
            self.file.add(
                _line_with(unknown, piece),
                f'"{unknown}" is read as HTML, which knows no such element',
                "text may hold the elements of HTML",
                f"write `&lt;{unknown[1:]}` if it is text, or correct its name",
            )
        if tag:
            self.file.add(
                _line_with(tag, piece),
                f'{of} holds "{tag}" without its other half',
                "an element that is opened is closed",
                "add the other tag, or remove this one; write &lt; for the sign",
            )

    def _add_broken(self, broken: str, of: str, line: int) -> None:
        """Report Markdown of a link that stayed text."""
        note = re.fullmatch(r"\[(\^[\w-]+)\]", broken)
        if note:
            self.file.add(
                line,
                f'the footnote "{broken}" has no text',
                "a footnote has its text in a line of its own, after a blank line",
                f"add a line `[{note[1]}]: Its text.`",
            )
        elif re.fullmatch(r"\[[^]]*\]\([^()\s]+\)", broken):
            self.file.add(
                line,
                f'"{broken}" stands inside HTML, where Markdown is text',
                "inside HTML a link is HTML too",
                'write `markdown="1"` into the tag around it',
            )
        else:
            self.file.add(
                line,
                f'{of} holds "{broken}", a link that does not work',
                "a link is [text](/address/)",
                "write its address in round brackets right after the text in square "
                "ones",
            )

    def check_heading(self, html: str, of: str, piece: Piece) -> None:
        """Report a heading inside a block."""
        heading = html_checks.find_heading(html)
        if heading:
            self.file.add(
                _line_with(heading.split(maxsplit=1)[0], piece),
                f'{of} holds the heading "{heading}"',
                "headings stand between blocks",
                "move it out or make it bold text",
            )

    def check_active(
        self, parts: Sequence[Part], allowed: Sequence[str], lines: Sequence[Line]
    ) -> None:
        """Report, once a part, HTML that the header does not allow by name."""
        for part in parts:
            if isinstance(part, Heading):
                continue
            found = html_checks.find_active(part.html)
            names = [name for name in found if name not in allowed]
            if names:
                first = part.place.line
                later = [it.place.line for it in parts if it.place.line > first]
                end = min(later, default=2**31)
                within = [line for line in lines if first <= line.number < end]
                self._add_active(names, _line_of_tag(names[0], within, first))

    def _add_active(self, names: Sequence[str], line: int) -> None:
        listed = ", ".join(names)
        remedy = f"remove it, or allow it by name in the header: `allow: {listed}`"
        if names[0] in ("<", "<!"):
            remedy = "close the tag, or write &lt; for the sign"
        elif names[0].endswith(":"):  # no link of this scheme passes the check of links
            remedy = "link to an address instead"
        shown = '", "'.join(names)
        self.file.add(
            line,
            f'this text holds "{shown}", which may run a script, set a style or break '
            "the page",
            "plain Markdown is allowed, and HTML without scripts, styles, forms and "
            "what belongs to a page's head",
            remedy,
        )


def _without_blank(address: str, rest: str) -> str:
    """Return what to write for an address, and what stands behind a blank in it."""
    if rest.startswith("="):
        return f"write `{address}`, and the size as `{{width=100}}`"
    if rest[0] in "“”„‘’'":
        return f'write `{address} "{rest.strip("“”„‘’ ")}"`'
    return f"write `{address}%20{rest.replace(' ', '%20')}`"


def _line_with(text: str, piece: Piece) -> int:
    """Return the first line of a piece with some text of its HTML, else its own.

    Typography changes quotation marks, so of a link the address is looked for too.
    """
    address = re.split(r"[(\[]", text)[-1].strip(")]")
    first = text.split("\n", maxsplit=1)[0].lower().rstrip(">")
    for needle in (first, address.lower()):
        for line in piece.body:
            if needle and not line.is_code and needle in line.text.lower():
                return line.number
    return piece.line


def _line_of_tag(name: str, lines: Iterable[Line], first: int) -> int:
    """Return the first of some lines with a word of HTML; `first` if none has it."""
    for line in lines:
        # as a parser of HTML reads names and addresses
        written = "".join(unescape(line.text).lower().split()).replace("<?", "<!")
        if name in written:
            return line.number
    return first
