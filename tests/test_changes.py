"""What differs between two builds, and why: exact, and in the editor's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Project, copy_project
from hypothesis import given
from hypothesis import strategies as st

from sitebuild.diff import changes
from sitebuild.diff.reasons import Reason
from sitebuild.diff.words import difference
from sitebuild.host.files import address

ARTICLE = "content/articles/weekly-massages.md"
PAGE = "/articles/weekly-massages/"
Report = Callable[..., list[str]]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it was."""
    return copy_project(tmp_path_factory.mktemp("before") / "project").build()


@pytest.fixture
def report(project: Project, before: Path) -> Report:
    """Makes edits to a copy, builds it and reports; each edit is a file with what to replace by what."""

    def run(*edits: tuple[str, str, str]) -> list[str]:
        for path, old, new in edits:
            project.edit(path, (old, new))
        return changes.report(before, project.build())

    return run


def test_equal_builds_differ_in_nothing(report: Report) -> None:
    """Two builds of the same sources are the same bytes, so nothing is listed."""
    assert report() == ["nothing changed"]


def test_a_passage_is_named_with_its_words_on_every_page_that_shows_it(
    report: Report, before: Path
) -> None:
    """An edited passage is the reason on its article and on each of its topics, and no other page is listed."""
    lines = report(
        (ARTICLE, "Regular massage is one way", "Regular massage is another way")
    )
    shown = [
        p for p in before.rglob("*.html") if b"Regular massage is one" in p.read_bytes()
    ]
    pages = [line for line in lines if not line.startswith("other files: ")]
    assert len(pages) == len(shown) > 3
    words = "… massage is [-one-] {+another+} way to ease"
    assert all(words.split("… ")[1] in line for line in pages)
    assert f"changed {PAGE}: passage one-approach: " in "\n".join(pages)
    assert (
        "changed /topics/stress/: passage weekly-massages-one-approach: "
        in "\n".join(pages)
    )


def test_a_finding_is_the_reason_beside_every_passage(report: Report) -> None:
    """An edited finding is named on the evidence page and on the pages where it stands beside a passage."""
    lines = report(
        (
            "content/evidence.yaml",
            "Massage can ease low back pain and",
            "Massage might ease low back pain and",
        )
    )
    assert any(
        line.startswith("changed /evidence/: finding pain-relief: … ") for line in lines
    )
    assert any(
        line.startswith(f"changed {PAGE}: finding pain-relief: … ") for line in lines
    )
    assert all(
        "finding pain-relief: " in line
        for line in lines
        if line.startswith("changed /topics/") and ".xml" not in line
    )


def test_pages_added_and_removed_are_listed(project: Project, before: Path) -> None:
    """A page that is new or gone is listed as such."""
    project.edit("content/pages/search.md", ("title:", "title: Now"))
    project.write(
        "content/pages/new.md",
        project.read("content/pages/disclaimer.md").replace(
            "slug: disclaimer", "slug: new"
        ),
    )
    after = project.build()
    assert "added /new/" in changes.report(before, after)
    assert "removed /new/" in changes.report(after, before)


def test_a_passage_added_and_one_moved(report: Report) -> None:
    """A new passage is quoted; a passage that moved is a change of order."""
    new = "/// passage | brand-new\n\nA passage of its own.\n///\n\n/// passage | one-approach"
    lines = report((ARTICLE, "/// passage | one-approach", new))
    assert any("passage brand-new added: A passage of its" in line for line in lines)


def test_style_and_template_are_told_from_words(report: Report) -> None:
    """A change of style is called style, a change of the template around the words template, on every page."""
    lines = report(
        ("theme/templates/base.html", '<main id="main"', '<main data-x="1" id="main"')
    )
    pages = [line for line in lines if not line.startswith("other files: ")]
    assert len(pages) > 10
    assert all(line.endswith(": template") for line in pages)


def test_style_alone() -> None:
    """A page whose style alone differs is not said to have other words."""
    page = b"<html><head><style>%s</style></head><body><section id=a>Words</section></body></html>"
    assert changes.compare(
        {"index.html": page % b"a{}"}, {"index.html": page % b"b{}"}
    ) == [changes.Change("/", "changed", (Reason("style", "", ""),))]


def test_links_of_a_passage_alone() -> None:
    """A passage whose link changed and whose words did not is named, and the others are not."""
    page = '<html><body><section id="a"><a href="{}">Words</a></section><section id="b">More</section></body></html>'
    (change,) = changes.compare(
        {"x.html": page.format("/1").encode()}, {"x.html": page.format("/2").encode()}
    )
    assert str(change) == "changed /x.html: section a: links [-/1-] {+/2+}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("/a/#x", "/b/#y", "[-/a/-] {+/b/+}"),
        ("/a/#x", "/a/#y", "[-/a/#x-] {+/a/#y+}"),
        ("#x", "/a/", "[-#x-] {+/a/+}"),
    ],
)
def test_a_link_is_shown_by_its_page(old: str, new: str, said: str) -> None:
    """Fragments are shown where only they differ, and in links within a page."""
    page = '<html><body><section id="a"><a href="{}">Words</a></section></body></html>'
    (change,) = changes.compare(
        {"x.html": page.format(old).encode()}, {"x.html": page.format(new).encode()}
    )
    assert str(change) == f"changed /x.html: section a: links {said}"


def test_words_here_and_emphasis_there_are_both_told(report: Report) -> None:
    """A passage with other emphasis is listed beside one with other words, and emphasis makes no word another."""
    lines = report(
        (ARTICLE, "Regular massage is one way", "Regular massage is another way"),
        (ARTICLE, "over the world.", "over the *world*."),
    )
    (line,) = [line for line in lines if line.startswith(f"changed {PAGE}: ")]
    assert (
        "passage one-approach: Regular massage is [-one-] {+another+} way to ease"
        in line
    )
    assert "passage common-everywhere: mark-up, no words" in line


def test_a_renamed_article_changes_links_elsewhere(
    project: Project, before: Path
) -> None:
    """Where only addresses of links changed, the line says links and the addresses, and not template."""
    project.edit(ARTICLE, ("slug: weekly-massages", "slug: each-week"))
    for path in (project.root / "content").rglob("*.md"):
        path.write_text(
            path.read_text("utf-8").replace("weekly-massages/", "each-week/"), "utf-8"
        )
    project.write("content/redirects.txt", f"{PAGE} /articles/each-week/\n")
    lines = changes.report(before, project.build())
    (home,) = [line for line in lines if line.startswith("changed /: ")]
    assert f"links [-{PAGE}-] {{+/articles/each-week/+}}" in home
    assert not [line for line in lines if "template" in line]


def test_kinds_of_places_have_the_editors_names(report: Report) -> None:
    """A note is called a note, a term a term, and a reference is told by its link."""
    lines = "\n".join(
        report(
            (
                ARTICLE,
                "Most new low back pain gets better",
                "Most new low back pain heals",
            ),
            (
                "content/pages/glossary.md",
                "Acute pain has lasted",
                "Acute pain may have lasted",
            ),
            ("content/references.bib", "{The Lancet}", "{The Other Lancet}"),
        )
    )
    assert f"changed {PAGE}: note most-new-back-pain-settles: " in lines
    assert re.search(r"changed /glossary/: term [a-z-]+: ", lines)
    assert re.search(
        r"reference doi\.org/10\.1016/\S+: … .*\{\+Other\+\} Lancet", lines
    )


def test_few_other_files_are_named() -> None:
    """What is no page is named where it is little, else counted."""
    few = changes.compare(
        {"a.png": b"1", "feed.xml": b"1"},
        {"a.png": b"2", "feed.xml": b"2", "b.png": b"1"},
    )
    assert changes.describe(few) == [
        "other files: added /b.png; changed /a.png, /feed.xml"
    ]
    many = changes.compare({}, {f"{number}.png": b"" for number in range(6)})
    assert changes.describe(many) == ["other files: 6 added"]


@given(st.lists(st.sampled_from("abcde")), st.lists(st.sampled_from("abcde")))
def test_a_difference_loses_no_changed_word(old: list[str], new: list[str]) -> None:
    """Every word that was added or taken away is in the difference; equal texts have none."""
    text = difference(old, new)
    assert (text == "") == (old == new)
    gone = text.count("[-")
    assert gone <= len(old)
    if not old:
        assert text == (f"{{+{' '.join(new)}+}}" if new else "")


@given(
    st.dictionaries(
        st.sampled_from(["index.html", "a/index.html", "b.xml"]), st.binary(max_size=60)
    ),
    st.dictionaries(
        st.sampled_from(["index.html", "a/index.html", "b.xml"]), st.binary(max_size=60)
    ),
)
def test_exactly_the_differing_files_are_listed(
    old: dict[str, bytes], new: dict[str, bytes]
) -> None:
    """Whatever the bytes, a file is listed if and only if it differs, and every change has a reason."""
    listed = changes.compare(old, new)
    assert {c.address for c in listed} == {
        address(n) for n in {**old, **new} if old.get(n) != new.get(n)
    }
    assert all(c.reasons for c in listed if c.kind == "changed")


def test_a_gap_stands_only_where_words_are_left_out() -> None:
    """Words around a difference are shown; an ellipsis stands for those further off."""
    assert difference(list("abcdX"), list("abcdY")) == "… b c d [-X-] {+Y+}"
    assert difference(list("abcX"), list("abcY")) == "a b c [-X-] {+Y+}"
    assert difference(list("Xabcd"), list("Yabcd")) == "[-X-] {+Y+} a b c …"


def test_five_other_files_are_named_and_six_are_counted() -> None:
    """The bound between few and many files is five."""
    five = changes.compare({}, {f"{number}.png": b"" for number in range(5)})
    assert changes.describe(five) == [
        "other files: added /0.png, /1.png, /2.png, /3.png, /4.png"
    ]


def test_markup_of_the_only_section_of_its_kind_is_its_own() -> None:
    """One section with other markup is named, where no other shows a template."""
    page = b'<body><section id="a"><%s>Words</%s></section></body>'
    (change,) = changes.compare(
        {"x.html": page % (b"p", b"p")}, {"x.html": page % (b"h5", b"h5")}
    )
    assert str(change) == "changed /x.html: section a: mark-up, no words"


def test_references_may_come_in_another_order() -> None:
    """References follow their citations, so their order is no reason of its own."""
    first, second = '<li><a href="https://x/1">1</a>', '<li><a href="https://x/2">2</a>'
    page = '<body><ol class="references" id="r"><section class="references" id="s">{}'
    changed = changes.compare(
        {"x.html": page.format(first + second).encode()},
        {"x.html": page.format(second + first).encode()},
    )
    assert "order" not in str(changed[0])
