"""Findings and references are read whole, or what is wrong with them is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitebuild.model import Finding, Reference
from sitebuild.read.evidence import Read, read_evidence, read_synonyms
from sitebuild.read.fields import fields_of
from sitebuild.read.references import read_references

YAML = """- id: one
  question: Is it so?
  statement: It is so
  verdict: mixed
  explanation: It depends.
  references: [b, a]
  checked: 2026-01-02
"""
BIB = """@article{a,
  author = {de la Mare, Walter John and Baker, Bea-Ann and others},
  title = {{On 50\\% of bread}},
  journal = {Bread},
  year = {1900},
  doi = {10.1000/182},
  verified = {yes},
}

@book{b,
  title = {{Bread}},
  institution = {Mill},
  verified = {partly},
}
"""


def read_both(findings: str, references: str) -> Read:
    """What two files give."""
    cited = read_references("r.bib", references.encode())
    return read_evidence("e.yaml", findings.encode(), cited)


def read(
    findings: str = YAML, references: str = BIB
) -> tuple[dict[str, Finding], dict[str, Reference]]:
    """Findings and references of two files without faults."""
    evidence, faults = read_both(findings, references)
    assert faults == ()
    assert evidence is not None
    return dict(evidence[0]), dict(evidence[1])


def faults(findings: str = YAML, references: str = BIB) -> list[str]:
    """What is wrong with two files, as an editor reads it, without what to do."""
    _, found = read_both(findings, references)
    return [str(fault).rpartition("; ")[0].split("; ")[0] for fault in found]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_make_no_difference(end: str) -> None:
    """Files from Windows or an old Mac are read as those from elsewhere."""
    assert read(YAML.replace("\n", end), BIB.replace("\n", end)) == read()
    synonyms = "# Words\nache: [pain]\n"
    written = synonyms.replace("\n", end).encode()
    assert read_synonyms("s.yaml", written) == read_synonyms(
        "s.yaml", synonyms.encode()
    )
    assert faults(findings=YAML.replace("[b, a]", "[b, c]").replace("\n", end)) == [
        'e.yaml:6: the finding "one" names the reference "c"'
    ]


def test_authors_are_written_as_medical_journals_do() -> None:
    """Family name with what comes before it, initials, and "et al." for others."""
    _, references = read()
    assert references["a"].authors == ("de la Mare WJ", "Baker BA", "et al.")
    assert references["a"].byline == "de la Mare WJ, et al."
    assert references["b"].byline == "Authors not known."


def test_a_byline_names_two_authors_or_one_and_others() -> None:
    """A list of three authors or more is cut after the first."""
    for count, byline in enumerate(["A0 B.", "A0 B, A1 B.", "A0 B, et al."], 1):
        names = " and ".join(f"A{number}, Bo" for number in range(count))
        entry = f"@book{{b, author={{{names}}}, title={{T}}, verified={{yes}}}}"
        assert read("[]\n", entry)[1]["b"].byline == byline


def test_a_site_may_have_no_findings() -> None:
    """An empty list is a list, and so is a file of comments."""
    assert read("[]\n", "% none\n") == ({}, {})
    assert read("# none yet\n", "% none\n")[0] == {}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("It is #1: *so", "It is #1: *so"),
        ("%so & [so", "%so & [so"),
        ('"It is: ""so"""', 'It is: "so"'),
        ("'It''s # so'", "It's # so"),
        ('"It" is "so"', '"It" is "so"'),
        (">-\n    It: is\n\n    # so\n    kind: x", "It: is # so kind: x"),
        ("It is\n    # not sure\n      so", "It is so"),
        (">5 say\n    # not sure\n    so", ">5 say so"),
    ],
)
def test_what_stands_behind_the_colon_is_the_value(written: str, value: str) -> None:
    """No sign cuts or stops a text; what stands further in goes on with it."""
    findings, _ = read(YAML.replace("It is so", written))
    assert findings["one"].statement == value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  verdict", "\tverdict"),
        ("  verdict", "       verdict"),
        ("[b, a]", "\n    - b\n    - a"),
        ("[b, a]", "[b,\n    a]"),
        ("- id", "id"),
        ("- id", "---\n-\n  id"),
        ("\n", "\n\n"),
    ],
)
def test_how_lines_are_indented_makes_no_difference(old: str, new: str) -> None:
    """A known name begins a field wherever it stands; a list may stand in lines."""
    assert read(YAML.replace(old, new)) == read()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (YAML, "", "e.yaml:1: the file is missing or empty"),
        (YAML, f"- word\n{YAML}", 'e.yaml:1: "word" is no `name: value` line'),
        (YAML, f"{YAML}x: y\n", 'e.yaml:8: "x: y" is no `name: value` line'),
        ("[b, a]", "[b, a", 'e.yaml:6: the finding "one" has the references "[b'),
        ("It is so", '"It is so', 'e.yaml:3: "statement" opens a quotation mark'),
        ("It is so", "It is so # why", 'e.yaml:3: "statement" holds " # "'),
        ("[b, a]", "[b, c]", 'e.yaml:6: the finding "one" names the reference "c"'),
        ("  checked", "- checked", 'e.yaml:1: the finding "one" has no "checked"'),
        ("checked", "cheked", 'e.yaml:7: the finding "one" has the unknown field'),
        ("statement", "sttement", 'e.yaml:3: the finding "one" has the unknown field'),
        ("- id: one\n  ", "- ", 'e.yaml:1: the finding "?" has no "id"'),
        ("  verdict", "  question: x\n  verdict", 'e.yaml:4: the field "question"'),
        (YAML, f"{YAML}  lasting: [x]", 'e.yaml:8: the finding "one" has the lasting'),
        (YAML, f"{YAML}{YAML}", 'e.yaml:8: the finding "one" stands twice'),
        ("mixed", "sure", 'e.yaml:4: the finding "one" has the verdict "sure"'),
        ("2026-01-02", "soon", 'e.yaml:7: the finding "one" has the checked "soon"'),
        ("[b, a]", "", 'e.yaml:6: the finding "one" has the references ""'),
        ("Is it so?", "~", 'e.yaml:2: the finding "one" has the question ""'),
        (YAML, f"{YAML}  id: two", 'e.yaml:8: the finding "two" has no "question"'),
    ],
)
def test_a_slip_in_the_findings_names_its_line(old: str, new: str, said: str) -> None:
    """A slip in evidence.yaml is a fault at the line that holds it."""
    found = faults(findings=YAML.replace(old, new, 1))
    assert any(fault.startswith(said) for fault in found), found


ROWS = f"""{YAML}  studied: [9 people in a, 2 trials]
  lasting:
    - effect: It rises
      against: than without
      people: 9 people
      source: a
      seen_from: 2 hours
      seen_until: 3 hours
  scales:
    - measured: Height
      against: no starter
      source: a
      after: 2 hours
      most: 20
      worthwhile: 2
      differences: [rye 2.5 (1.4 to 3.5)]
"""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("- id: one", "-id: one", 1),
        ("- id: one", "- idd: one", 1),
        ("  verdict: mixed", "  verdict = mixed", 4),
        ("  verdict", "Look\n  verdict", 4),
        ("  statement", "    statment", 3),
        ("[b, a]", "b a", 6),
        ("  lasting:\n", "", 8),
        ("  lasting:", "  lastng:", 9),
        ("    - effect", "    -effect", 9),
        ("      seen_from", "        seen_form", 14),
        ("  scales", "    - effect: It falls\n      people: x\n  scales", 16),
    ],
)
def test_one_slip_of_a_line_is_one_fault(old: str, new: str, line: int) -> None:
    """What follows from it is held back, and the entry below is whole."""
    below = YAML.replace("one", "two")
    _, (fault,) = read_both(ROWS.replace(old, new, 1) + below, BIB)
    assert fault.place.line == line


def test_what_is_drawn_is_read() -> None:
    """Rows are of their lists, and numbers are numbers."""
    finding = read(ROWS)[0]["one"]
    assert finding.people == 9
    ((minutes,), (scale,)) = finding.lasting, finding.scales
    assert (minutes.seen_until, scale.worthwhile) == (("3 hours", 180), 2)
    assert scale.differences == (("rye", 2.5, Decimal("1.4"), 3.5),)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("3 hours", "3 mornings", 15, "a number of minutes, hours, days, weeks"),
        ("3 hours", "2 years", 15, "a year at most"),
        ("3 hours", "1 hour", 10, "row 1 of lasting has numbers out of order"),
        ("source: a", "source: c", 13, 'the finding "one" names the source "c"'),
        ("in a", "in c", 8, 'the finding "one" names the source "c"'),
        ("      against: than without\n", "", 10, 'row 1 of lasting has no "against"'),
        ("seen_from", "seen_form", 14, 'row 1 of lasting has the unknown field "seen_'),
        (
            "seen_until",
            "people: 8\n      seen_until",
            15,
            'the field "people" stands tw',
        ),
        ("9 people in", "nine people in", 8, "a list of `30 people in key`, or [0 peo"),
        ("1.4 to", "2.6 to", 17, "a difference in its interval, and both on the scale"),
        ("most: 20", "most: 3", 17, "a difference in its interval, and both on the sc"),
        ("worthwhile: 2", "worthwhile: 21", 17, "what is worthwhile on the scale"),
        ("worthwhile: 2", "worthwhile: two", 22, "a number such as 1.5"),
        (" (1.4 to 3.5)", "", 23, "a list of `group 2.5 (1.4 to 3.5)`"),
    ],
)
def test_what_is_drawn_is_whole(old: str, new: str, line: int, said: str) -> None:
    """Times are on the axis and in order, differences in their intervals on the scale, and each row says against what and from which source."""
    _, (fault,) = read_both(ROWS.replace(old, new, 1), BIB)
    assert fault.place.line == line
    assert said in str(fault)


def test_rows_have_other_names_than_entries() -> None:
    """So a name says whether a line is of the entry or of a row in it."""
    entry = fields_of(Finding)
    rows = [fields_of(it.row) for it in entry.values() if it.row]
    assert len(rows) == 2
    assert not [row.keys() & entry for row in rows if row.keys() & entry]


def test_one_slip_is_one_fault() -> None:
    """References that cannot be read are not missed by the findings that cite them."""
    assert faults(references=" \n") == ["r.bib:1: the file is missing or empty"]
    assert len(faults(references="@book{")) == 1
    assert len(faults(findings="- [")) == 1


@pytest.mark.parametrize(("findings", "references"), [("", BIB), (YAML, ""), ("", "")])
def test_a_file_that_is_gone_takes_the_other_along(
    findings: str, references: str
) -> None:
    """With one of the two unread there is no evidence to check names against."""
    evidence, _ = read_both(findings, references)
    assert evidence is None
