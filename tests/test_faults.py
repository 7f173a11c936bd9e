"""Every slip of an editor is a fault with its line, and the last good output stays."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from conftest import Project

ARTICLE = "content/articles/weekly-massages.md"
TOPIC = "content/topics/stress.md"
EVIDENCE = "content/evidence.yaml"
BIB = "content/references.bib"
ABOUT = "content/pages/about.md"
PASSAGE = "/// passage | endorphins\n"

# What is broken, as (file, text, what it becomes), and what the message must say.
SLIPS = {
    "unknown topic": (
        ARTICLE,
        "topics: flexibility\n",
        "topics: flexiblity\n",
        r'topic "flexiblity".*did you mean "flexibility"',
    ),
    "unknown option": (
        ARTICLE,
        "    claims: w23\n",
        "    clams: w23\n",
        r'unknown field "clams".*claims.*did you mean "claims"',
    ),
    "bad option value": (
        TOPIC,
        "order: 3",
        "order: third",
        r'order "third".*whole number',
    ),
    "name twice in a list": (
        ARTICLE,
        "claims: w23\n",
        "claims: w23, w23\n",
        r"each name once",
    ),
    "option twice": (
        ARTICLE,
        "    claims: w23\n",
        "    claims: w23\n    claims: w24\n",
        r'"claims" stands twice',
    ),
    "line that is no option": (
        ARTICLE,
        "    claims: w23\n",
        "    claims w23\n",
        r"is not an option",
    ),
    "missing passage id": (
        ARTICLE,
        PASSAGE,
        "/// passage\n",
        r'a passage has the name "".*lower-case',
    ),
    "bad passage id": (
        ARTICLE,
        PASSAGE,
        "/// passage | End Orphins\n",
        r'"End Orphins"',
    ),
    "doubled passage id": (
        ARTICLE,
        PASSAGE,
        "/// passage | fascia\n",
        r'"fascia" already stands at line \d+',
    ),
    "unclosed block": (
        ARTICLE,
        "///\n\n/// passage | three-kinds",
        "\n/// passage | three-kinds",
        r"is not closed",
    ),
    "stray marker": (
        ARTICLE,
        "## Conclusion",
        "///\n\n## Conclusion",
        r"closes nothing",
    ),
    "unknown block": (
        ARTICLE,
        PASSAGE,
        "/// pasage | endorphins\n",
        r'did you mean "passage"',
    ),
    "block of another kind of file": (
        ARTICLE,
        PASSAGE,
        "/// box | Endorphins\n",
        r'block "box" is none of those',
    ),
    "heading inside a passage": (
        ARTICLE,
        PASSAGE,
        PASSAGE + "\n### Inside\n\n",
        r'holds the heading "Inside"',
    ),
    "text outside a passage": (
        ARTICLE,
        "## Conclusion",
        "Loose words.\n\n## Conclusion",
        r'"Loose words\." stands outside',
    ),
    "main heading in an article": (
        ARTICLE,
        "## Conclusion",
        "# Conclusion",
        r"outside a block",
    ),
    "unknown finding": (
        ARTICLE,
        "evidence: how-common",
        "evidence: how-comon",
        r'did you mean "how-common"',
    ),
    "unknown required passage": (
        ARTICLE,
        "requires: wrong-tool",
        "requires: wrong-tol",
        r'required passage "weekly-massages/wrong-tol"',
    ),
    "circle of requires": (
        ARTICLE,
        "    claims: w17",
        "    requires: wrong-tool\n    claims: w17",
        r"requires itself by way of",
    ),
    "passage that requires itself": (
        ARTICLE,
        "requires: wrong-tool",
        "requires: three-kinds-of-cause",
        r"requires itself",
    ),
    "unknown reference": (
        EVIDENCE,
        "[furlan2015,",
        "[furlan2051,",
        r'did you mean "furlan2015"',
    ),
    "unknown verdict": (
        EVIDENCE,
        "verdict: limited",
        "verdict: certain",
        r'verdict "certain".*supported, limited, mixed',
    ),
    "finding without a question": (
        EVIDENCE,
        "  question: Does massage relieve low back pain?\n",
        "",
        r'has no "question"',
    ),
    "finding twice": (
        EVIDENCE,
        "- id: best-style",
        "- id: pain-relief",
        r'"pain-relief" stands twice',
    ),
    "bad date of a finding": (
        EVIDENCE,
        "checked: 2026-11-20",
        "checked: yesterday",
        r"written as 2026-01-31",
    ),
    "reference unused": (
        BIB,
        "@article{walach2003,",
        "@article{walach2004,",
        r'"walach2004" is not used',
    ),
    "reference unverified": (
        BIB,
        "verified = {yes}",
        "verified = {no}",
        r'verified "no".*yes, partly',
    ),
    "reference without a title": (
        BIB,
        "  title = {{Massage for low-back pain}},\n",
        "",
        r'"furlan2015" has no "title"',
    ),
    "reference twice": (
        BIB,
        "@article{mak2024,",
        "@article{furlan2015,",
        r"BibTeX cannot be read.*furlan2015",
    ),
    "missing title": (ARTICLE, "title: ", "headline: ", r'has no "title"'),
    "empty title": (ARTICLE, re.compile(r"^title:.*$", re.M), "title:", r'title ""'),
    "missing date": (ARTICLE, re.compile(r"^date:.*\n", re.M), "", r'has no "date"'),
    "bad date": (
        ARTICLE,
        re.compile(r"^date:.*$", re.M),
        "date: 2026-02-30",
        r'date "2026-02-30".*2026-01-31',
    ),
    "missing summary": (
        ABOUT,
        re.compile(r"^summary:.*\n", re.M),
        "",
        r'has no "summary"',
    ),
    "missing slug": (TOPIC, "slug: stress\n", "", r'has no "slug"'),
    "bad slug": (
        ARTICLE,
        "slug: weekly-massages",
        "slug: Weekly Massages",
        r'slug "Weekly Massages"',
    ),
    "bad status": (
        ARTICLE,
        "status: published",
        "status: publised",
        r'status "publised".*published, draft',
    ),
    "unknown field": (
        ABOUT,
        "summary:",
        "sumary: x\nsummary:",
        r'did you mean "summary"',
    ),
    "field twice": (
        ABOUT,
        "slug: about\n",
        "slug: about\nslug: about\n",
        r'"slug" stands twice',
    ),
    "line that is no field": (
        ABOUT,
        "slug: about\n",
        "slug: about\nno field here\n",
        r"is not a field",
    ),
    "lead that is not tagged": (
        TOPIC,
        "lead: ",
        "lead: weekly-massages/fascia, ",
        r'passage "weekly-massages/fascia"',
    ),
    "broken link": (
        ABOUT,
        "(/disclaimer/)",
        "(/disclamer/)",
        r'"/disclamer/": nothing stands',
    ),
    "broken fragment": (
        TOPIC,
        "(/evidence/#calm-and-anxiety)",
        "(/evidence/#calm)",
        r"the page has no such id",
    ),
    "link to an unknown file": (
        ABOUT,
        "(/disclaimer/)",
        "({filename}disclamer.md)",
        r'names the file "disclamer.md"',
    ),
    "link to nothing": (ABOUT, "(/disclaimer/)", "()", r"it is empty"),
    "link that runs a script": (
        ABOUT,
        "(/disclaimer/)",
        "(javascript:alert(1))",
        r"javascript:",
    ),
    "missing image": (
        ABOUT,
        "## Why",
        "![A mark](/images/none.png)\n\n## Why",
        r'"/images/none.png": nothing stands',
    ),
    "image without a text": (
        ABOUT,
        "## Why",
        "![](/images/none.png)\n\n## Why",
        r"no alternative text",
    ),
    "link that nothing defines": (
        ARTICLE,
        "Low back pain is common all over the world.",
        "See [this][that].",
        r'holds "\[this\]\[that\]"',
    ),
    "address without a host": (
        ABOUT,
        "(/disclaimer/)",
        "(https:/disclaimer)",
        r'"https:" is nothing that a reader can open',
    ),
    "id of the page itself": (
        ARTICLE,
        "/// note | Most new back pain settles",
        "/// note | Main",
        r'"main": the id stands twice',
    ),
    "DOI that is an address": (
        BIB,
        "doi = {10.",
        "doi = {https://doi.org/10.",
        r"allowed is a DOI",
    ),
    "references nested": (
        EVIDENCE,
        "[furlan2015,",
        "[[furlan2015],",
        r"names the reference",
    ),
    "template that adds apples and pears": (
        "theme/templates/page.html",
        "{% block main %}",
        "{% block main %}{{ 1 + 'a' }}",
        r"a template failed",
    ),
    "safety topic that is none": (
        "pelicanconf.py",
        'SAFETY_TOPIC = "contraindications"',
        'SAFETY_TOPIC = "safety"',
        r'SAFETY_TOPIC names the topic "safety"',
    ),
    "raw script": (
        ABOUT,
        "## Why",
        "<script>alert(1)</script>\n\n## Why",
        r'holds "script"',
    ),
    "event handler": (
        ABOUT,
        "## Why",
        '<p onclick="alert(1)">x</p>\n\n## Why',
        r'holds "onclick"',
    ),
    "unknown name in a template": (
        "theme/templates/page.html",
        "{% block main %}",
        "{% block main %}{{ nonsense }}",
        r"'nonsense' is undefined",
    ),
    "template that is not Jinja": (
        "theme/templates/page.html",
        "{% block main %}",
        "{% blok main %}",
        r"blok",
    ),
    "missing template": (
        ABOUT,
        "slug: about\n",
        "slug: about\ntemplate: archives\n",
        r'no template "archives.html"',
    ),
    "missing part of a template": (
        "theme/templates/base.html",
        "_site_footer.html",
        "_sight_footer.html",
        r"_sight_footer.html",
    ),
    "settings that fail": (
        "pelicanconf.py",
        "SITENAME =",
        "SITENAME = nonsense +",
        r"the settings failed.*nonsense",
    ),
    "marks of a merge": (
        ABOUT,
        "## Why",
        "<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> other\n\n## Why",
        r'"<<<<<<< HEAD" is left from a merge',
    ),
    "marks of a merge in a template": (
        "theme/templates/page.html",
        "{% block main %}",
        "{% block main %}\n<<<<<<< HEAD\n",
        r"left from a merge",
    ),
    "option without its indent": (
        ARTICLE,
        "    requires: benefits-of-massage/ask-first\n",
        "   requires: benefits-of-massage/ask-first\n",
        r'option "requires" stands in the text',
    ),
    "option after a blank line": (
        ARTICLE,
        "    requires: benefits-of-massage/ask-first\n",
        "\n    requires: benefits-of-massage/ask-first\n",
        r'option "requires" stands in the text',
    ),
    "heading without letters": (
        ARTICLE,
        "## Conclusion",
        "## 腰痛",
        r'"## 腰痛" stands outside',
    ),
    "comment in BibTeX": (
        BIB,
        "{{Massage for low-back pain}}",
        "{50% of massage}",
        r"holds a comment",
    ),
    "braces in BibTeX": (
        BIB,
        "{{Massage for low-back pain}}",
        "{{50% of massage}}",
        r'"furlan2015" cannot be read',
    ),
    "command in BibTeX": (
        BIB,
        "{{Massage for low-back pain}}",
        r"{\\foo{Massage}}",
        r"command that is not known",
    ),
    "authors in one": (
        BIB,
        "author = {Furlan",
        "author = {Giraldo M; Furlan",
        r"more than one name",
    ),
    "references left empty": (
        EVIDENCE,
        re.compile(r"  references: .*"),
        "  references:",
        r"\[\] where there are none",
    ),
    "question that is null": (
        EVIDENCE,
        re.compile(r"  question: .*"),
        "  question: ~",
        r'question ""',
    ),
    "element without its end": (
        ABOUT,
        "## Why",
        "<div>\n\n## Why",
        r'holds "<div>" without its other half',
    ),
    "element that closes itself": (
        ABOUT,
        "## Why",
        "<div/>\n\n## Why",
        r'holds "<div>" without its other half',
    ),
    "image without a scheme": (
        ABOUT,
        "## Why",
        "![x](//example.com/x.png)\n\n## Why",
        r"files of its own site only",
    ),
    "end without its element": (
        ABOUT,
        "## Why",
        "</section>\n\n## Why",
        r'holds "</section>" without',
    ),
    "form": (ABOUT, "## Why", '<form action="/x/"></form>\n\n## Why', r'holds "form"'),
    "second main heading": (ABOUT, "## Why", "# Why", r'holds "h1"'),
    "image of another site": (
        ABOUT,
        "## Why",
        "![x](https://example.com/x.png)\n\n## Why",
        r"files of its own site only",
    ),
    "link to the preview": (
        ABOUT,
        "(/disclaimer/)",
        "(http://localhost:8000/disclaimer/)",
        r'"http:localhost:8000" is nothing that a reader can open',
    ),
    "link without a text": (
        ABOUT,
        "[the disclaimer](/disclaimer/)",
        "[](/disclaimer/)",
        r"the link has no text",
    ),
    "reference that nothing defines, on a page": (
        ABOUT,
        "[the disclaimer](/disclaimer/)",
        "[the disclaimer][that]",
        r'holds "\[the disclaimer\]\[that\]"',
    ),
    "link with a space": (
        ABOUT,
        "[the disclaimer](/disclaimer/)",
        "[the disclaimer] (/disclaimer/)",
        r"a link that does not work",
    ),
    "NUL": (ABOUT, "## Why", "a\0b\n\n## Why", r"U\+0000 stands at column 2"),
    "safety topic gone": (
        "pelicanconf.py",
        re.compile(r"^SAFETY_TOPIC.*\n", re.M),
        "",
        r"KeyError: 'SAFETY_TOPIC'",
    ),
    "plugin gone": (
        "pelicanconf.py",
        '"sitebuild.plugin"',
        '"sitebuild.plug"',
        r"PLUGINS does not name",
    ),
    "extension that is none": (
        "pelicanconf.py",
        '"sane_lists"',
        '"sane_list"',
        r"sane_list",
    ),
    "address of an index": (
        ABOUT,
        "slug: about\n",
        "slug: about\naddress: /about/index.html\n",
        r'address "/about/index.html"',
    ),
    "template that is a part": (
        ABOUT,
        "slug: about\n",
        "slug: about\ntemplate: base\n",
        r'"base.html" is a part of others',
    ),
    "title in quotes": (
        ABOUT,
        "title: About and editorial policy",
        'title: "About"',
        r"without quotes",
    ),
    "date by weeks": (
        ARTICLE,
        re.compile(r"^date:.*$", re.M),
        "date: 2026-W47-6",
        r"written as 2026-01-31",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slip_is_a_worded_fault(slip: str, project: Project) -> None:
    """A slip fails the build with its line, what is wrong, allowed and to be done."""
    file, old, new, message = SLIPS[slip]
    text = project.read(file)
    changed = (
        old.sub(new, text, count=1)
        if isinstance(old, re.Pattern)
        else text.replace(old, new, 1)
    )
    assert changed != text, "the test must change something"
    project.write(file, changed)
    faults = project.faults()
    assert any(re.search(message, fault) for fault in faults), faults
    found = next(fault for fault in faults if re.search(message, fault))
    assert re.match(r"[\w./-]+:\d+: .+; .+; .+", found), found


LINES = {
    "unknown topic": (ARTICLE, "flexiblity"),
    "unknown finding": (ARTICLE, "how-comon"),
    "heading inside a passage": (ARTICLE, "### Inside"),
    "text outside a passage": (ARTICLE, "Loose words"),
    "unknown reference": (EVIDENCE, "furlan2051"),
    "bad date": (ARTICLE, "2026-02-30"),
    "broken link": (ABOUT, "/disclamer/"),
    "unknown name in a template": ("theme/templates/page.html", "nonsense"),
    "reference unused": (BIB, "walach2004"),
}


@pytest.mark.parametrize("slip", LINES)
def test_fault_names_the_line(slip: str, project: Project) -> None:
    """The line that a fault names is the one that holds the slip."""
    file, old, new, _ = SLIPS[slip]
    text = project.read(file)
    project.write(
        file,
        old.sub(new, text, count=1)
        if isinstance(old, re.Pattern)
        else text.replace(old, new, 1),
    )
    file, needle = LINES[slip]
    line = next(
        n for n, text in enumerate(project.read(file).split("\n"), 1) if needle in text
    )
    assert any(fault.startswith(f"{file}:{line}: ") for fault in project.faults())


def test_a_page_without_html_is_a_fault(project: Project) -> None:
    """A template that writes nothing, or only a comment, is named by its empty page."""
    never = '{% if 0 %}{% extends "page.html" %}{% endif %}'
    project.write("theme/templates/glossary.html", never)
    project.write("theme/templates/search.html", f"<!-- later -->{never}")
    told = [fault for fault in project.faults() if "the page is empty" in fault]
    assert [fault.partition(":")[0] for fault in told] == [
        "glossary/index.html",
        "search/index.html",
    ]


def test_a_page_that_fails_breaks_no_links(project: Project) -> None:
    """Where a template fails, its line is named, not the links to the missing pages."""
    project.edit(
        "theme/templates/article.html",
        ("{% block main %}", "{% block main %}{{ 1 + 'a' }}"),
    )
    assert {fault.partition(":")[0] for fault in project.faults()} == {
        "theme/templates/article.html"
    }


@pytest.mark.parametrize(
    ("path", "change", "most"),
    [
        (EVIDENCE, lambda _: b"", 1),
        (BIB, lambda _: b"", 1),
        (ARTICLE, lambda data: data.decode().encode("utf-16"), 2),
        (TOPIC, lambda data: data.decode().encode("utf-16"), 2),
        (ARTICLE, lambda _: b"", 5),
        (ARTICLE, lambda data: b"+++\n" + data, 14),
        ("theme/css/base.css", lambda data: data + b"\xff", 1),
    ],
)
def test_an_accident_to_a_file_is_few_faults(
    path: str, change: Callable[[bytes], bytes], most: int, project: Project
) -> None:
    """A file that is emptied or garbled is named, and not all that depends on it."""
    project.write(path, change((project.root / path).read_bytes()))
    faults = project.faults()
    assert 0 < len(faults) <= most, faults
    assert all(fault.startswith(f"{path}:") for fault in faults)


def test_a_draft_beside_what_it_copies(project: Project) -> None:
    """A copy with the same slug is named, and does not take the article's place."""
    project.write(
        "content/articles/copy.md",
        project.read(ARTICLE).replace("status: published", "status: draft"),
    )
    assert any(
        fault.startswith("content/articles/copy.md:")
        and "claims the address /articles/weekly-massages/" in fault
        for fault in project.faults()
    )


def test_a_long_list_of_names_is_cut(project: Project) -> None:
    """Of many known names the nearest are shown, so that the suggestion is seen."""
    project.edit(ARTICLE, ("evidence: how-common", "evidence: how-comon"))
    (fault,) = project.faults()
    assert len(fault) < 300
    assert "more; did you mean" in fault


def test_a_heading_among_the_terms(project: Project) -> None:
    """Text and headings may stand between the terms of the glossary."""
    project.edit(
        "content/pages/glossary.md",
        ("/// term | cortisol", "## C\n\nWords with C.\n\n/// term | cortisol"),
    )
    page = (project.build() / "glossary" / "index.html").read_text("utf-8")
    assert "Words with C." in page


def test_file_faults(project: Project) -> None:
    """Files that are not read, share an address or cannot be decoded are faults."""
    project.write("content/articles/notes.txt", "loose")
    project.write("content/pages/twin.md", project.read(ABOUT))
    project.write(
        "content/pages/latin.md",
        "title: Caf\xe9\nslug: latin\nstatus: published\nsummary: x\n\nText.\n".encode(
            "latin-1"
        ),
    )
    project.edit(EVIDENCE, ("- id: pain-relief", "- id: [pain"))
    project.edit(BIB, ("@article{mak2024,", "@article mak2024,"))
    faults = "\n".join(project.faults())
    for message in (
        r"content/articles/notes\.txt:1: no part of the build reads",
        r"content/pages/twin\.md:\d+: .* the address /about/, which .*about\.md has",
        r"content/pages/latin\.md:1: byte 0xe9 is not UTF-8",
        r"content/evidence\.yaml:\d+: YAML cannot be read",
        r"content/references\.bib:\d+: BibTeX cannot be read",
    ):
        assert re.search(message, faults), (message, faults)


def test_topic_without_passages(project: Project) -> None:
    """A published topic that no passage carries is a fault; as a draft it is not."""
    text = re.sub(r"^lead:.*$", "lead:", project.read(TOPIC), flags=re.M).split("\n\n")[
        0
    ]
    text = text.replace("slug: stress", "slug: empty\nsummary: Nothing yet.")
    project.write(
        "content/topics/empty.md", text + "\n\n/// note | A note\n\nWords.\n///\n"
    )
    assert any(
        'no passage carries the topic "empty"' in fault for fault in project.faults()
    )
    project.edit("content/topics/empty.md", ("status: published", "status: draft"))
    assert project.faults() == []


def test_all_faults_at_once_sorted(project: Project) -> None:
    """One build shows every fault, sorted by file and line."""
    for slip in (
        "unknown topic",
        "unknown verdict",
        "bad date",
        "reference unverified",
        "field twice",
    ):
        file, old, new, _ = SLIPS[slip]
        project.edit(
            file,
            lambda text, o=old, n=new: (
                re.sub(o, n, text, count=1)
                if isinstance(o, re.Pattern)
                else text.replace(o, n, 1)
            ),
        )
    faults = project.faults()
    assert len(faults) >= 5
    places = [re.match(r"([^:]+):(\d+):", fault).groups() for fault in faults]
    assert places == sorted(places, key=lambda place: (place[0], int(place[1])))


def test_failed_build_leaves_the_output(project: Project) -> None:
    """A failed build leaves the output as it was, times too, and no staging folder."""
    output = project.build()
    before = {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in output.rglob("*")
        if path.is_file()
    }
    project.edit(ARTICLE, ("topics: flexibility\n", "topics: nonsense\n"))
    assert project.faults()
    assert before == {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in output.rglob("*")
        if path.is_file()
    }
    assert not list(project.root.glob(".output*"))


def test_pelican_itself_says_the_same(project: Project) -> None:
    """The `pelican` command fails with code 1 and no traceback, and writes nothing."""
    project.edit(ARTICLE, ("topics: flexibility\n", "topics: flexiblity\n"))
    run = subprocess.run(
        [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    said = " ".join((run.stdout + run.stderr).split())
    assert run.returncode == 1
    assert 'did you mean "flexibility"' in said
    assert "Traceback" not in said
    assert not project.output.exists()


def test_other_peoples_folder_is_not_replaced(project: Project) -> None:
    """An output folder with files that no build made is left alone, with a fault."""
    project.output.mkdir()
    (project.output / "thesis.txt").write_text("ten years of work")
    assert any("holds files that no build made" in fault for fault in project.faults())
    assert (project.output / "thesis.txt").exists()
