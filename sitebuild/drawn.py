"""What pictures draw of a finding: how long an effect was seen, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple


def required(default: Any) -> Any:
    """Return a field that an editor must set; the default lets a build go on."""
    return field(default=default, metadata={"required": True})


class Time(NamedTuple):
    """How long after it began: in words, and in minutes; 0 is right after."""

    words: str
    minutes: int


class Difference(NamedTuple):
    """By how much a group did better on a scale, and its 95 % interval."""

    group: str
    better: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Lasting:
    """How long a study saw an effect.

    It was seen from one time until another, and at `gone_by` no longer. A time that
    no source gives is None; `note` says in words what is known then. `size` is what
    the source calls the effect.
    """

    effect: str = required("")
    against: str = required("")
    people: str = required("")
    source: str = required("")
    seen_from: Time | None = None
    seen_until: Time | None = None
    gone_by: Time | None = None
    size: Literal["", "small"] = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for times out of order."""
        times = [self.seen_from, self.seen_until, self.gone_by]
        _check_order(
            [it.minutes for it in times if it],
            "a time from which, until which, and by which it was gone, in that order",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A scale from 0 to `most` on which a trial measured differences.

    `worthwhile` is the difference that the trial team call so.
    """

    measured: str = required("")
    against: str = required("")
    source: str = required("")
    after: str = required("")
    most: int = required(1)
    worthwhile: Decimal = required(Decimal(0))
    differences: tuple[Difference, ...] = required(())

    def __post_init__(self) -> None:
        """Raise ValueError for numbers that are off the scale."""
        _check_order([self.worthwhile, self.most], "what is worthwhile on the scale")
        for it in self.differences:
            _check_order(
                [it.low, it.better, it.high, self.most],
                "a difference in its interval, and both on the scale",
            )


def _check_order(numbers: list[Decimal | int], allowed: str) -> None:
    if numbers != sorted(numbers):
        raise ValueError(f"allowed is {allowed}")


class Count(NamedTuple):
    """How many people a source studied, or trials where it counts no people."""

    number: int
    unit: str
    source: str
