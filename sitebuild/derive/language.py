"""Language tags as pages, feeds and machines write them."""

from __future__ import annotations

_REGION = 2  # letters


def usual_form(tag: str) -> str:
    """Return a language tag as RFC 5646, 2.1.1, writes it: en-GB, not en-gb."""
    first, *rest = tag.split("-")
    parts = [first.lower()]
    for part in rest:
        parts.append(part.upper() if len(part) == _REGION else part)
    return "-".join(parts)
