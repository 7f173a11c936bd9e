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
    assert_one_fault,
    assert_sound,
    changed,
    each,
    option,
)

BOOK = "title={{Bread}}"
REFERENCE = "references: [baker1900]"
SECOND_FINDING = """
- id: starter-rises
  question: Does it?
  statement: It does
  verdict: supported
  explanation: Yes.
  references: [baker1900]
  checked: 2026-01-01
"""


def finding(old: str, new: str, at: str | int, says: str) -> Slip:
    """Return a slip in the one finding."""
    return Slip(EVIDENCE, old, new, at, says)


def reference(old: str, new: str, at: str | int, says: str) -> Slip:
    """Return a slip in the one reference."""
    return Slip(REFERENCES, old, new, at, says)


LASTING = """checked: 2026-01-01
  lasting:
    - effect: It rises
      against: than without
      people: 9 people
      source: baker1900
      seen_from: 2 hours
      seen_until: 3 hours
"""
SCALES = """checked: 2026-01-01
  scales:
    - measured: Height
      against: no starter
      source: baker1900
      after: 2 hours
      most: 20
      worthwhile: 2
      differences: [rye 2.5 (1.4 to 3.5)]
"""

COUNTS = """checked: 2026-01-01
  studied: [9 people in baker1900]
"""


def drawn(rows: str, old: str, new: str, at: str | int, says: str) -> Slip:
    """Return a slip in what a picture draws of the one finding."""
    assert old in rows
    return finding("checked: 2026-01-01\n", rows.replace(old, new), at, says)


DRAWN = {
    "time that is none": drawn(
        LASTING, "3 hours", "3 mornings", "mornings", "minutes, hours, days, weeks"
    ),
    "time beyond the axis": drawn(LASTING, "3 hours", "2 years", "2 y", "a year at"),
    "times out of order": drawn(
        LASTING, "3 hours", "1 hour", "It rises", "out of order"
    ),
    "source that the finding has not": drawn(
        LASTING, "source: baker1900", "source: bakr1900", "bakr", 'mean "baker1900"'
    ),
    "row without a comparison": drawn(
        LASTING, "      against: than without\n", "", "It rises", 'row 1.*no "against"'
    ),
    "field that is unknown": drawn(LASTING, "seen_from", "seen_form", "form", "row 1"),
    "field twice": drawn(
        LASTING, "seen_until", "people: 8\n      seen_until", "people: 8", "twice"
    ),
    "no rows": drawn(
        "checked: 2026-01-01\n",
        "01-01\n",
        "01-01\n  lasting: long\n",
        "long",
        "list of rows",
    ),
    "count that is none": drawn(COUNTS, "9 people", "nine", "nine", "30 people in"),
    "count of a source that the finding has not": drawn(
        COUNTS, "in baker1900", "in bakr1900", "bakr", 'mean "baker1900"'
    ),
    "interval beside its difference": drawn(
        SCALES, "1.4 to", "2.6 to", "Height", "in its interval"
    ),
    "difference off the scale": drawn(
        SCALES, "most: 20", "most: 3", "Height", "both on the scale"
    ),
    "difference without its interval": drawn(
        SCALES, " (1.4 to 3.5)", "", "rye", r"group 2\.5 \(1\.4 to 3\.5\)"
    ),
    "worthwhile that is no number": drawn(
        SCALES, "worthwhile: 2", "worthwhile: two", "two", "number such as"
    ),
}

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

FINDINGS = {
    "verdict that is none": finding(
        "verdict: supported",
        "verdict: certain",
        "certain",
        'verdict "certain".*supported, limited, mixed',
    ),
    "without a question": finding(
        "  question: Does a starter raise bread?\n", "", 1, 'has no "question"'
    ),
    "question that is null": finding(
        "question: Does a starter raise bread?", "question: ~", 2, 'question ""'
    ),
    "twice": finding(
        "checked: 2026-01-01\n",
        f"checked: 2026-01-01\n{SECOND_FINDING}",
        9,
        '"starter-rises" stands twice',
    ),
    "date in words": finding(
        "checked: 2026-01-01",
        "checked: yesterday",
        "yesterday",
        "written as 2026-01-31",
    ),
    "reference that is unknown": finding(
        REFERENCE, "references: [bakr1900]", "bakr", 'mean "baker1900"'
    ),
    "references in lists": finding(
        REFERENCE, "references: [baker1900, [x]]", "[x]", "names the reference"
    ),
    "below one whose dash stands alone": finding(
        "checked: 2026-01-01\n",
        "checked: 2026-01-01\n"
        + SECOND_FINDING.replace("- id: starter-", "-\n  id: dough-").replace(
            "supported", "certain"
        ),
        "certain",
        'verdict "certain" of the finding "dough-rises"|"dough-rises".*"certain"',
    ),
    "references left empty": finding(
        "checked: 2026-01-01\n",
        "checked: 2026-01-01\n"
        + SECOND_FINDING.replace("starter-", "dough-").replace("[baker1900]", ""),
        14,
        r"\[\] where there are none",
    ),
}

BIBTEX = {
    "unverified": reference(
        "verified={yes}", "verified={no}", "verified", 'verified "no".*yes, partly'
    ),
    "without a title": reference(f" {BOOK},", "", 1, '"baker1900" has no "title"'),
    "on the line where another ends": reference(
        "verified={yes}}",
        "verified={yes}}@book{miller1901,\n  verified={yes}}",
        "miller1901",
        '"miller1901" has no "title"',
    ),
    "DOI that is an address": reference(
        "year={1900}",
        "year={1900}, doi={https://doi.org/10.1/x}",
        "doi.org",
        "allowed is a DOI",
    ),
}


test_a_name_leads_to_something = each(
    "A topic, passage, finding or reference that is unknown is a fault where named.",
    NAMES,
)


def test_no_passage_requires_itself(bread_site: Project) -> None:
    """A passage is no caution of its own."""
    slip = option("requires: here", "requires: here", "names itself")
    assert_one_fault(slip, bread_site)


def test_no_circle_of_cautions(bread_site: Project) -> None:
    """Two passages that require each other are both at fault."""
    blocks = (
        "/// passage | a\n    requires: b\n\nWords.\n///\n\n"
        "/// passage | b\n    requires: a\n\nWords.\n///\n"
    )
    with changed(bread_site, {SLIP_ARTICLE: ARTICLE_HEAD + blocks}):
        first, second = bread_site.faults()
    assert first.startswith(
        f'{SLIP_ARTICLE}:8: passage "a" names itself by way of slip/b; '
    )
    assert second.startswith(
        f'{SLIP_ARTICLE}:14: passage "b" names itself by way of slip/a; '
    )


test_a_finding_is_whole = each(
    "A finding has a question, a verdict that is one, a day and its references.",
    FINDINGS,
)
test_a_reference_is_whole = each(
    "A reference is BibTeX that can be read, is used, and says if it was verified.",
    BIBTEX,
)
test_what_is_drawn_is_whole = each(
    "Times are on the axis and in order, differences in their intervals on the scale, and each row says against what and from which source.",
    DRAWN,
)


def test_what_is_drawn_without_a_slip_has_no_fault(bread_site: Project) -> None:
    """What the rows break is sound, and a question may name the finding; one without times or scales may not be named."""
    options = "    lasting: starter-rises\n    scales: starter-rises\n"
    asks = bread_site.read(RISING).replace("    evidence: starter-rises\n", options, 1)
    finding_text = bread_site.read(EVIDENCE)
    rows = LASTING + SCALES.partition("\n")[2]
    sound = finding_text.replace("checked: 2026-01-01\n", rows)
    with changed(bread_site, {EVIDENCE: sound, RISING: asks}):
        assert bread_site.faults() == []
    with changed(bread_site, {RISING: asks}):
        first, second = bread_site.faults()
    assert "rising.md" in first
    assert 'names the finding with times "starter-rises"' in first
    assert 'names the finding with scales "starter-rises"' in second


def test_a_long_list_of_names_is_cut(bread_site: Project) -> None:
    """Of many known names the nearest are shown, so that the suggestion is seen."""
    text = bread_site.read(EVIDENCE)
    for number in range(40):
        text += SECOND_FINDING.replace("starter-rises", f"some-finding-{number}")
    slip = NAMES["finding"]
    with changed(bread_site, {EVIDENCE: text, slip.file: slip.new}):
        (fault,) = bread_site.faults()
    assert len(fault) < 300
    assert 'more; did you mean "starter-rises"' in fault


def test_known_names_are_sorted(bread_site: Project) -> None:
    """A short list of names is in the order of the alphabet, not of the sources."""
    other = SECOND_FINDING.replace("starter-rises", "a-crust-keeps")
    slip = NAMES["finding"]
    text = bread_site.read(EVIDENCE) + other
    with changed(bread_site, {EVIDENCE: text, slip.file: slip.new}):
        (fault,) = bread_site.faults()
    assert "known are a-crust-keeps, starter-rises; " in fault


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
