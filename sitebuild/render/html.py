"""Built HTML without the white space that a browser would not show."""

from __future__ import annotations

import re

# White space in these elements is kept.
_KEPT = re.compile(r"<(?P<name>pre|textarea|script|style)\b.*?</(?P=name)>", re.DOTALL)
# Next to a tag of these it shows nowhere (HTML Living Standard, 15.3: they are blocks).
_BLOCKS = (
    "html|head|title|meta|link|body|header|main|article|section|aside|nav|footer|div"
    "|details|summary|figure|figcaption|h[1-6]|p|ul|ol|li|dl|dt|dd|table|caption|thead"
    "|tbody|tr|th|td|blockquote|path"
)
_SPACE_BEFORE_BLOCK = re.compile(rf" (?=</?(?:{_BLOCKS})\b)")
_SPACE_AFTER_BLOCK = re.compile(rf"(</?(?:{_BLOCKS})\b[^>]*>) ")
# White space that is not one space; in HTML a no-break space is none.
_SPACES = re.compile("[\n\t\r\f][ \n\t\r\f]*| [ \n\t\r\f]+")


def squeeze(page: str) -> str:
    """Return an HTML page without the white space that a browser would not show."""
    pieces = []
    end = 0
    for kept in _KEPT.finditer(page):
        pieces.append(_squeeze_piece(page[end : kept.start()]))
        pieces.append(kept[0])
        end = kept.end()
    pieces.append(_squeeze_piece(page[end:]))
    return "".join(pieces).strip()


def _squeeze_piece(html: str) -> str:
    """Return HTML without elements whose white space counts, each run as one space."""
    folded = _SPACES.sub(" ", html)
    without_after = "".join(_SPACE_AFTER_BLOCK.split(folded))  # keeps the tag, faster
    return _SPACE_BEFORE_BLOCK.sub("", without_after)
