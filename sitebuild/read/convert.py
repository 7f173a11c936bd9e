"""From what an editor wrote for one field to its value.

Each function takes the text, the list or None that was written, and raises ValueError
with what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NUMBER = re.compile(r"\d{1,4}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ADDRESS = re.compile(r"/([a-z0-9-]+/)*(?!index\.)([a-z0-9-]+\.html)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_WEB = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?(/[^\s<>\"]*)?", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_QUOTES = ('"', "'")
# Markdown and HTML, which a line of plain text would show as they stand.
_MARKUP = re.compile(
    r"(?<![\w*])\*{1,2}[^\s*][^*]*\*|(?<!\w)_{1,2}[^\s_][^_]*_(?!\w)|`[^`]+`"
    r"|!?\[[^]]*\]\(|</?[a-zA-Z][^<>]*>|&(?:#\w+|[a-zA-Z]+);"
)
# YAML's marks for a text of several lines (YAML 1.2, 8.1).
_BLOCK_SCALAR = re.compile(r"[|>][+-]?\d?(?:\s|$)")
_NO_NAME = re.compile(r"""[][{}"<>|;]""")


def text(value: Any) -> str:
    """Return a line of text with its white space folded."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("allowed is a line of text")
    if _BLOCK_SCALAR.match(value):
        raise ValueError(
            "allowed is a line of text right after the colon; a long one goes on in "
            "lines indented by four spaces"
        )
    check_plain(value)
    for quote in _QUOTES:
        in_quotes = value.startswith(quote) and value.endswith(quote)
        if in_quotes and value.count(quote) == 2:
            raise ValueError("allowed is a line of text without quotes around it")
    return " ".join(value.split())


def check_plain(value: str) -> None:
    """Raise ValueError where a line of plain text holds Markdown or HTML."""
    markup = _MARKUP.search(value)
    if markup:
        raise ValueError(
            f'allowed is plain text, without "{markup[0]}" or other Markdown or HTML'
        )


def slug(value: Any) -> str:
    """Return a name that may stand in an address."""
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise ValueError(
            "allowed are lower-case words joined by hyphens, such as one-two"
        )
    return value


def names(value: Any) -> tuple[str, ...]:
    """Return names that were written with commas between them or as a list."""
    items = value
    if not isinstance(value, list):
        items = _parted(str(value or ""))
    found: list[str] = []
    for item in items:
        name = str(item).strip()
        if name in found:
            raise ValueError("allowed is each name once")
        if name:
            found.append(name)
    return tuple(found)


def _parted(text: str) -> list[str]:
    """Return names with commas between them; a comma too many may have lost one."""
    if _NO_NAME.search(text):
        raise ValueError("allowed are names with commas between them and no marks")
    items = text.split(",")
    if len(items) > 1 and not all(item.strip() for item in items):
        raise ValueError("allowed are names on one line with a comma between two")
    return items


def sources(value: Any) -> tuple[str, ...]:
    """Return names that must be written as a list, even where there are none."""
    if not value and value != []:
        raise ValueError("allowed is a list, [] where there are none")
    return names(value)


def day(value: Any) -> date:
    """Return a day of the calendar, written as ISO 8601 writes it in full."""
    try:
        if _DAY.fullmatch(str(value)):
            return date.fromisoformat(str(value))
    except ValueError:
        pass
    raise ValueError("allowed is a day of the calendar written as 2026-01-31")


def number(value: Any) -> int:
    """Return a whole number below 10,000."""
    if not _NUMBER.fullmatch(str(value)):
        raise ValueError("allowed is a whole number from 0 to 9999")
    return int(value)


def choice(*choices: str) -> Callable[[Any], str]:
    """Return a function that takes one of some words and nothing else."""

    def convert(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"allowed is one of {', '.join(choices)}")
        return str(value)

    return convert


def address(value: Any) -> str:
    """Return the address of a page: a folder, or an .html file other than index."""
    if not _ADDRESS.fullmatch(str(value)):
        raise ValueError("allowed is an address such as /about/ or /404.html")
    return str(value)


def web_address(value: Any) -> str:
    """Return an address of the web."""
    if not _WEB.fullmatch(str(value)):
        raise ValueError("allowed is an address such as https://example.org/paper")
    return str(value)


def language(value: Any) -> str:
    """Return the tag of a language (BCP 47), else "": exports write names as well."""
    tag = str(value).strip()
    return tag if _LANGUAGE.fullmatch(tag) else ""


def doi(value: Any) -> str:
    """Return a DOI (ISO 26324) without the address of a resolver before it."""
    if not _DOI.fullmatch(str(value)):
        raise ValueError(
            "allowed is a DOI without an address before it, such as 10.1000/182"
        )
    return str(value)
