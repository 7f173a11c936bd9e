"""The difference of two runs of words, as a line that an editor reads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_CONTEXT_WORDS = 3
_MAX_WORDS = 80
_GAP = "…"


def clip(words: Sequence[str]) -> str:
    """Return the words as a text of at most 80 words."""
    if len(words) <= _MAX_WORDS:
        return " ".join(words)
    return " ".join([*words[:_MAX_WORDS], _GAP])


def difference(old: Sequence[str], new: Sequence[str]) -> str:
    """Return where two runs of words differ, with the words around each place.

    For example `… may [-rarely-] {+often+} help …`; "" if they are equal.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    parts: list[str] = []
    for group in matcher.get_grouped_opcodes(_CONTEXT_WORDS):
        parts.extend(_group(group, old, new))
    text = " ".join(parts).replace(f"{_GAP} {_GAP}", _GAP)
    return clip(text.split())


def _group(
    group: Sequence[tuple[str, int, int, int, int]],
    old: Sequence[str],
    new: Sequence[str],
) -> Iterator[str]:
    """Yield the words of one place; see `SequenceMatcher.get_opcodes`."""
    first_start = group[0][1]
    last_end = group[-1][2]
    if first_start > 0:
        yield _GAP
    for kind, old_start, old_end, new_start, new_end in group:
        removed = old[old_start:old_end]
        added = new[new_start:new_end]
        if kind == "equal":
            yield from removed
            continue
        if removed:
            yield f"[-{' '.join(removed)}-]"
        if added:
            yield f"{{+{' '.join(added)}+}}"
    if last_end < len(old):
        yield _GAP
