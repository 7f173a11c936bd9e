"""What is wrong with the HTML that an editor's Markdown makes."""

from __future__ import annotations

import re

from sitebuild.read.markdown import text_of

# A link in Markdown that stayed text: its address is not defined, or it stands on the
# wrong side or too far away.
_UNRESOLVED = re.compile(
    r"\[[^][<>]*\][\[(][^][()<>]*[\])]"
    r"|\[[^][<>]*\]\([^\s()<>]*"
    r"|\[\^[\w-]+\]"
    r"|\[[^][<>]*\]\s\((?:/|https?:)[^()<>]*\)"
    r"|\([^()<>]*\)\[(?:/|https?:)[^][<>]*\]"
)
_CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<end>/?)(?P<name>[a-z][\w-]*)"""
    r"""(?P<attributes>(?:"[^"]*"|'[^']*'|[^>"'])*)>""",
    re.DOTALL | re.IGNORECASE,
)
# Elements without an end tag (HTML Living Standard 13.1.2) that Markdown may hold.
_VOID = {"area", "br", "col", "hr", "img", "source", "track", "wbr"}
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)


def without_code(html: str) -> str:
    """Return HTML without what is set as code."""
    return _CODE.sub("", html)


def find_unresolved(html: str) -> str:
    """Return the first Markdown link that stayed text; "" if there is none."""
    found = _UNRESOLVED.search(without_code(html))
    return found[0] if found else ""


def find_unbalanced(html: str) -> str:
    """Return the first tag that has no other half; "" if there is none."""
    opened: list[str] = []
    for tag in _TAG.finditer(html):
        if not tag["name"]:
            continue
        name = tag["name"].lower()
        # Outside SVG the slash of <div/> means nothing (HTML Living Standard 13.1.2.1).
        closes_itself = tag["attributes"].endswith("/") and "svg" in opened
        if name in _VOID or closes_itself:
            continue
        if not tag["end"]:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return f"</{name}>"
    return f"<{opened[0]}>" if opened else ""


def find_heading(html: str) -> str:
    """Return the text of the first heading that has one; "" if there is none."""
    for found in _HEADING.finditer(html):
        text = text_of(found[2])
        if text:
            return text
    return ""
