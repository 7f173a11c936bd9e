"""What templates turn values into: days, absolute links, tight HTML."""

from __future__ import annotations

import re
from datetime import date

import lxml.html
from markupsafe import Markup

# strftime follows the machine's locale; pages do not.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
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


def day(value: date) -> Markup:
    """Return a day as readers write it, marked up for machines."""
    month = _MONTHS[value.month - 1]
    form = Markup('<time datetime="{}-{:02}-{:02}">{} {} {}</time>')
    parts = (value.year, value.month, value.day)
    return form.format(*parts, value.day, month, value.year)


def absolute(html: str, url: str) -> Markup:
    """Return HTML with its links made absolute, as seen from the address `url`."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    root.make_links_absolute(url, handle_failures="ignore")
    inner = [lxml.html.tostring(child, encoding="unicode") for child in root]
    return Markup((root.text or "") + "".join(inner))


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


def contact_link(contact: str) -> str:
    """Return an e-mail address as mailto: (RFC 6068), and any address as it is."""
    is_bare = "@" in contact and "/" not in contact and ":" not in contact
    return f"mailto:{contact}" if is_bare else contact
