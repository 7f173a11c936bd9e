"""A fault says where, what, what is allowed and what to do."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from sitebuild.faults import (
    Report,
    Warnings,
    allowed_names,
    place_of,
)
from sitebuild.model import SourceLine


def test_without_any_name_nothing_is_listed() -> None:
    """Empty names are none."""
    assert allowed_names("rye", ["", ""]) == ("there are none yet", "")


@pytest.mark.parametrize(("count", "listed"), [(12, 12), (13, 4)])
def test_a_long_list_of_names_is_cut_to_the_nearest(count: int, listed: int) -> None:
    """Twelve names are listed; of more than that three, and how many more."""
    names = [f"name-{number}" for number in range(count)]
    allowed, _ = allowed_names("name-9", names)
    words = allowed.removeprefix("known are ").split(", ")
    assert len(words) == listed
    assert "name-9" in words
    assert count == 12 or words[-1] == "10 more"


def test_an_error_in_python_is_placed_at_its_line(tmp_path: Path) -> None:
    """The innermost line of the project is named, be it run or only read."""
    script = tmp_path / "conf.py"
    script.write_text("x = 1\ny = int('z')\n")
    with pytest.raises(ValueError, match="invalid") as raised:
        exec(compile(script.read_text(), script, "exec"), {})
    assert place_of(raised.value, tmp_path) == SourceLine("conf.py", 2)
    with pytest.raises(SyntaxError) as unread:
        compile("x = 1\nx =\n", script, "exec")
    assert place_of(unread.value, tmp_path) == SourceLine("conf.py", 2)
    elsewhere = place_of(raised.value, tmp_path / "other")
    assert elsewhere == SourceLine("pelicanconf.py", 1)


def test_a_warning_of_a_library_is_a_fault(tmp_path: Path) -> None:
    """A build succeeds without a warning; no path of the machine is shown."""
    report = Report()
    logger = logging.getLogger("sitebuild.tests")
    logger.propagate = False
    handler = Warnings(report, tmp_path)
    logger.addHandler(handler)
    try:
        logger.info("all is well")
        logger.warning("bad %s", tmp_path / "a.md")
        try:
            {}["x"]
        except KeyError:
            logger.exception("worse")
    finally:
        logger.removeHandler(handler)
    assert [fault.found for fault in report.faults] == [
        "sitebuild.tests warns: bad a.md",
        "sitebuild.tests warns: worse (KeyError)",
    ]
