"""What differs between the files of two builds: exact, and each with a reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sitebuild import diff
from sitebuild.diff import Reason, difference
from sitebuild.release import address_of


def test_style_alone() -> None:
    """A page whose style alone differs is not said to have other words."""
    page = (
        b"<html><head><style>%s</style></head>"
        b"<body><section id=a>Words</section></body></html>"
    )
    assert diff.compare(
        {"index.html": page % b"a{}"}, {"index.html": page % b"b{}"}
    ) == [diff.Change("/", "changed", (Reason("style", "", ""),))]


def test_other_files_are_named() -> None:
    """What is no page is named by what became of it; of many files the first."""
    few = diff.compare(
        {"a.png": b"1", "feed.xml": b"1"},
        {"a.png": b"2", "feed.xml": b"2", "b.png": b"1", "c": b"", "d": b""},
    )
    assert diff.describe(few) == [
        "other files: added /b.png, /c, /d; changed /a.png, /feed.xml"
    ]
    (many,) = diff.describe(diff.compare({}, {f"{it}.png": b"" for it in range(50)}))
    assert many.startswith("other files: added /0.png, /1.png, ")
    assert many.count(",") < 10
    assert many.endswith(" more")


@given(st.lists(st.sampled_from("abcde")), st.lists(st.sampled_from("abcde")))
def test_a_difference_loses_no_changed_word(old: list[str], new: list[str]) -> None:
    """Each word added or taken away is in the difference; equal texts have none."""
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
    """A file is listed if and only if it differs, and every change has a reason."""
    listed = diff.compare(old, new)
    assert {c.address for c in listed} == {
        address_of(n) for n in {**old, **new} if old.get(n) != new.get(n)
    }
    assert all(c.reasons for c in listed if c.kind == "changed")


def test_a_gap_stands_only_where_words_are_left_out() -> None:
    """Words around a difference are shown; an ellipsis stands for those further off."""
    assert difference(list("abcdX"), list("abcdY")) == "… b c d [-X-] {+Y+}"
    assert difference(list("abcX"), list("abcY")) == "a b c [-X-] {+Y+}"
    assert difference(list("Xabcd"), list("Yabcd")) == "[-X-] {+Y+} a b c …"


def reasons(old: str, new: str) -> list[Reason]:
    """Why a page differs, given as what its body holds before and after."""
    before, after = ({"x.html": f"<body>{it}".encode()} for it in (old, new))
    (change,) = diff.compare(before, after)
    return list(change.reasons)


def test_markup_of_one_section_is_its_own() -> None:
    """One section with other mark-up is named, where no others show a template."""
    page = '<section id="a"><{0}>Words</{0}></section>'
    (reason,) = reasons(page.format("p"), page.format("h5"))
    assert str(reason) == "section a: mark-up, no words"


def test_sections_may_come_in_another_order() -> None:
    """Sections that changed places are a change of order; references follow their citations."""
    first, second = '<section id="a">One</section>', '<section id="b">Two</section>'
    (reason,) = reasons(first + second, second + first)
    assert reason.what == "order"
    first, second = '<li><a href="https://x/1">1</a>', '<li><a href="https://x/2">2</a>'
    page = '<ol class="references">{}{}</ol>'
    found = reasons(page.format(first, second), page.format(second, first))
    assert "order" not in [reason.what for reason in found]


def test_ids_and_what_many_sections_share_are_the_templates() -> None:
    """Another id inside a section is no mark-up of its own, nor is what six have."""
    one = '<section id="a"><p id="{}">Words</p></section>'
    assert reasons(one.format("x"), one.format("y")) == [Reason("template")]
    six = "".join(f'<section id="s{it}"><{{0}}>W</{{0}}></section>' for it in range(6))
    assert reasons(six.format("p"), six.format("h5")) == [Reason("template")]


def test_all_notes_beside_a_section_are_one() -> None:
    """Whichever note changed, its words are named with the section that it is beside."""
    page = '<section id="a">Text <aside>One</aside> <aside>{}</aside></section>'
    (reason,) = reasons(page.format("two"), page.format("three"))
    assert reason == Reason("notes", "a", "beside a: One [-two-] {+three+}")


def test_a_section_that_is_gone_is_nowhere_to_be_shown() -> None:
    """It is quoted with its first words, and no element shows it."""
    (reason,) = reasons('<section id="a">It was</section>', "")
    assert reason == Reason("section", "", "a removed: It was")
