"""Slips in what passages name: topics, passages, findings and references."""

from __future__ import annotations

import pytest
from addresses import REDIRECTS
from projects import Project
from slips import (
    ABOUT,
    ARTICLE_HEAD,
    EVIDENCE,
    REFERENCES,
    RISING,
    SLIP_ARTICLE,
    SOUR,
    Slip,
    article,
    assert_sound,
    changed,
    each,
    option,
)

SECOND_FINDING = """
- id: starter-rises
  question: Does it?
  statement: It does
  verdict: supported
  explanation: Yes.
  references: [baker1900]
  checked: 2026-01-01
"""


NAMES = {
    "topic": option(
        "topics: rsing", "rsing", 'the topic "rsing".*did you mean "rising"'
    ),
    "finding": option(
        "evidence: starter-rise", "starter-rise", 'did you mean "starter-rises"'
    ),
    "reference": article(
        "/// note | N\n    references: baker1901\n\nWords.\n///\n",
        "references: baker1901",
        'did you mean "baker1900"',
    ),
    "passage of its own article": option(
        "requires: wel", "requires:", 'required passage "slip-.*/wel"'
    ),
    "passage of another": option(
        "requires: sour/hot", "requires:", 'required passage "sour/hot"'
    ),
}

ENTRIES = {
    "verdict that is none": Slip(
        EVIDENCE,
        "verdict: supported",
        "verdict: certain",
        "certain",
        'verdict "certain".*supported, limited, mixed',
    ),
    "finding without a question": Slip(
        EVIDENCE,
        "  question: Does a starter raise bread?\n",
        "",
        1,
        'has no "question"',
    ),
    "reference that is unknown": Slip(
        EVIDENCE, "[baker1900]", "[bakr1900]", "bakr", 'mean "baker1900"'
    ),
    "reference without a title": Slip(
        REFERENCES, " title={{Bread}},", "", 1, '"baker1900" has no "title"'
    ),
    "field of a reference that is misspelt": Slip(
        REFERENCES, "year={1900}", "yaer={1900}", "yaer", 'did you mean "year"'
    ),
    "on the line where another ends": Slip(
        REFERENCES,
        "verified={yes}}",
        "verified={yes}}@book{miller1901,\n  verified={yes}}",
        "miller1901",
        '"miller1901" has no "title"',
    ),
    "a passage of its own caution": option(
        "requires: here", "requires: here", 'the required passage "slip/here"'
    ),
}


test_a_name_leads_to_something = each(
    "A topic, passage, finding or reference that is unknown is a fault where named.",
    NAMES,
)


test_an_entry_is_whole = each(
    "A finding and a reference have what they need, under its name.", ENTRIES
)


def test_a_question_draws_what_a_finding_has(bread_site: Project) -> None:
    """A finding without times or scales may not be named for them."""
    options = "    lasting: starter-rises\n    scales: starter-rises\n"
    asks = bread_site.read(RISING).replace("    evidence: starter-rises\n", options, 1)
    with changed(bread_site, {RISING: asks}):
        first, second = bread_site.faults()
    assert "rising.md" in first
    assert 'names the finding with times "starter-rises"' in first
    assert 'names the finding with scales "starter-rises"' in second


def test_a_long_list_of_names_is_cut(bread_site: Project) -> None:
    """Known names are sorted; of many the nearest are shown, so that the suggestion is seen."""
    text = bread_site.read(EVIDENCE)
    slip = NAMES["finding"]
    other = SECOND_FINDING.replace("starter-rises", "a-crust-keeps")
    with changed(bread_site, {EVIDENCE: text + other, slip.file: slip.new}):
        (fault,) = bread_site.faults()
    assert "known are a-crust-keeps, starter-rises; " in fault
    for number in range(40):
        text += SECOND_FINDING.replace("starter-rises", f"some-finding-{number}")
    with changed(bread_site, {EVIDENCE: text, slip.file: slip.new}):
        (fault,) = bread_site.faults()
    assert len(fault) < 300
    assert 'more; did you mean "starter-rises"' in fault


def test_names_without_a_slip_have_no_fault(bread_site: Project) -> None:
    """What the rows break is sound, so that each fault is the slip's own."""
    options = "topics: rising\n    evidence: starter-rises\n    requires: sour/hot-oven"
    assert_sound({SLIP_ARTICLE: option(options, 1, "").new}, bread_site)


def test_what_follows_from_one_slip_is_held_back(bread_site: Project) -> None:
    """A name whose block, or entry, could not be read is unknown to nobody."""
    sour = bread_site.read(SOUR)
    caution = sour.replace("/// passage | hot-oven", "/// pasage | hot-oven")
    with changed(bread_site, {SOUR: caution}):
        (fault,) = bread_site.faults()
    assert 'did you mean "passage"' in fault
    open_quote = bread_site.read(EVIDENCE).replace("A starter raises", '"A starter')
    with changed(bread_site, {EVIDENCE: open_quote}):
        (fault,) = bread_site.faults()
    assert fault.startswith(f"{EVIDENCE}:3: ")
    open_brace = bread_site.read(REFERENCES).replace("{{Bread}}", "{{Bread}")
    with changed(bread_site, {REFERENCES: open_brace}):
        (fault,) = bread_site.faults()
    assert '"baker1900" cannot be read' in fault


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SOUR, "    topics: rising", "    topcs: rising"),
        (SOUR, "    topics: rising", "    topics: risng"),
        (SOUR, "    requires: hot-oven", "    require: hot-oven"),
        (SOUR, "    requires: hot-oven", "    requires: hot-ovn"),
        (ABOUT, "slug: about", "slug: a bout!"),
        (EVIDENCE, "[baker1900]", "[bakr1900]\n  studied: [3 people in baker1900]"),
    ],
)
def test_what_may_be_meant_is_no_fault_elsewhere(
    file: str, old: str, new: str, bread_site: Project
) -> None:
    """A topic, a caution or a page that one line does not give is missed by no other."""
    edits = {
        file: bread_site.read(file).replace(old, new),
        RISING: bread_site.read(RISING).replace(
            "summary:", "lead: sour/wild-yeast\nsummary:"
        ),
        REDIRECTS: "/old/ /about/\n",
    }
    with changed(bread_site, edits):
        (fault,) = bread_site.faults(CAUTION="sour/hot-oven")
    assert fault.startswith(f"{file}:")


def test_one_unknown_name_in_many_places_is_one_fault(bread_site: Project) -> None:
    """A topic that was renamed is told once, with the lines that name it."""
    blocks = [
        f"/// passage | p{n}\n    topics: risng\n\nWords.\n///\n" for n in range(3)
    ]
    with changed(bread_site, {SLIP_ARTICLE: ARTICLE_HEAD + "\n".join(blocks)}):
        (fault,) = bread_site.faults()
    assert fault.startswith(f"{SLIP_ARTICLE}:8: ")
    assert f"as at {SLIP_ARTICLE}:14, {SLIP_ARTICLE}:20" in fault
