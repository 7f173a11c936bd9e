"""What pages draw, at build time: small pictures as inline SVG, and days. Pure: values in.

The words of a picture are HTML beside it, so that they grow with the reader's type and can be links; its rows are as
high as theirs, whatever these hold. Strokes keep their width (`vector-effect`) while the picture stretches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from markupsafe import Markup

from sitebuild.derive.outline import Section
from sitebuild.derive.views import TopicLink

# strftime follows the machine's locale; pages do not.
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def day(value: date) -> Markup:
    """A day as readers write it, for machines too."""
    return Markup('<time datetime="{}">{} {} {}</time>').format(
        value, value.day, _MONTHS[value.month - 1], value.year
    )


def _svg(width: str, box: tuple[int, int], label: str, body: str) -> Markup:
    head = '<svg role="img" aria-label="{}" width="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">'
    return Markup(head).format(label, width, *box) + Markup(f"{body}</svg>")


def _path(width: str, way: str) -> str:
    return (
        f'<path vector-effect="non-scaling-stroke" stroke-width="{width}" d="{way}"/>'
    )


def _dots(rows: Sequence[Iterable[int]]) -> str:
    """A path of dots: lines without length, whose round ends show."""
    return "".join(
        f"M{column}.5 {row}.5h0" for row, places in enumerate(rows) for column in places
    )


def tally_picture(counts: Sequence[tuple[str, int]]) -> Markup:
    """A row of dots for each verdict, one dot a finding."""
    most = max(1, *(count for _, count in counts))
    label = ", ".join(f"{count} {verdict}" for verdict, count in counts)
    body = _path(".6em", _dots([range(count) for _, count in counts]))
    return _svg(f"{most * 0.8:g}em", (most, len(counts)), label, body)


def outline_picture(sections: Sequence[Section], topics: Sequence[TopicLink]) -> Markup:
    """A row for each section and a column of 1.6 em for each topic; a dot where the one speaks of the other."""
    rows = [
        [column for column, topic in enumerate(topics) if topic.slug in section.topics]
        for section in sections
    ]
    where = {
        topic.name: [str(number) for number, row in enumerate(rows, 1) if column in row]
        for column, topic in enumerate(topics)
    }
    label = "; ".join(
        f"{name}: {', '.join(numbers)}" for name, numbers in where.items()
    )
    return _svg(
        f"{len(topics) * 1.6:g}em",
        (len(topics), len(sections)),
        label,
        _path(".6em", _dots(rows)),
    )


def strands(rows: Sequence[Section], topics: Sequence[TopicLink]) -> Markup:
    """A strand from each row on the left to each topic on the right that it speaks of, thicker for more passages."""
    ties = [
        (
            round(100 * (row + 0.5) / len(rows)),
            round(100 * (column + 0.5) / len(topics)),
            section.topics[topic.slug],
        )
        for row, section in enumerate(rows)
        for column, topic in enumerate(topics)
        if topic.slug in section.topics
    ]
    paths = (
        _path(f"{many}", f"M0 {y}C50 {y} 50 {end} 100 {end}") for y, end, many in ties
    )
    label = "Strands from the sections on the left to the topics on the right"
    return _svg("100%", (100, 100), label, "".join(paths))
