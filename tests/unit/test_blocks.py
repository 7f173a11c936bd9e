"""A source file is cut into blocks line by line: every line is accounted for."""

from __future__ import annotations

import pytest
from markdown.extensions.toc import slugify_unicode

from sitebuild.model import Block, Heading, PassageOptions, Prose
from sitebuild.read.document import Reading, read_document
from sitebuild.read.markdown import Typesetter

MARKDOWN = {"extensions": ["extra", "sane_lists"], "output_format": "html"}
FILTERS_OFF = ["amp", "caps", "initial_quotes", "widont"]
SETTINGS = {
    "MARKDOWN": MARKDOWN,
    "TYPOGRIFY": True,
    "TYPOGRIFY_OMIT_FILTERS": FILTERS_OFF,
}
SETTER = Typesetter(SETTINGS)
HEAD = {
    "article": "title: A\nslug: a\nsummary: S.\nstatus: published\ndate: 2026-01-02\n",
    "topic": "title: T\nslug: t\nsummary: S.\nstatus: published\nname: T\norder: 1\n",
    "page": "title: P\nslug: p\nsummary: S.\nstatus: published\n",
}
# The line on which the text of an article begins: five fields and a blank line.
FIRST = 7


def read(body: str, kind: str = "article") -> Reading:
    """Read a file of one kind with this text below its front matter."""
    text = f"{HEAD[kind]}\n{body}"
    return read_document(f"content/{kind}.md", kind, text.encode(), SETTER)


def found(body: str, kind: str = "article") -> list[tuple[int, str]]:
    """What is wrong with such a file, as line and what was found."""
    faults = read(body, kind).faults
    return sorted((fault.place.line, fault.found) for fault in faults)


def passage(body: str) -> Block:
    """The one passage of an article without faults."""
    reading = read(body)
    assert reading.faults == ()
    (block,) = reading.document.blocks("passage")
    return block


@pytest.mark.parametrize("marker", ["///", "/// passage | b", "////", "/// note | N"])
@pytest.mark.parametrize("fence", ["```", "~~~", "````", "~~~~~"])
def test_a_marker_in_fenced_code_is_code(fence: str, marker: str) -> None:
    """Inside a fenced code block a marker neither opens nor closes a block."""
    body = f"/// passage | a\n\n{fence}\n{marker}\n{fence}\n\nMore.\n///\n"
    html = passage(body).html
    assert f"<code>{marker}\n</code>" in html
    assert "<p>More.</p>" in html


def test_a_marker_after_fenced_code_closes_the_block() -> None:
    """A fence ends at its second line: the markers after it are markers again."""
    body = "/// passage | a\n\n```\ncode\n```\n///\n\n/// passage | b\n\nText.\n///\n"
    reading = read(body)
    assert reading.faults == ()
    assert [block.id for block in reading.document.blocks("passage")] == ["a", "b"]


@pytest.mark.parametrize("inner", ["```", "~~~~", "````python", "```` x"])
def test_code_ends_at_a_fence_of_its_own_kind(inner: str) -> None:
    """A shorter fence, one of the other character, or one with words ends no code."""
    body = f"/// passage | a\n\n````\n{inner}\n///\n````\n///\n"
    assert f"{inner}\n///" in passage(body).html


def test_a_longer_fence_is_a_fault_and_ends_code() -> None:
    """Python-Markdown ends code at as many characters as began it, and no more."""
    body = "/// passage | a\n\n```\ncode\n`````\n///\n\n/// passage | b\n\nText.\n///\n"
    (fault,) = found(body)
    assert fault == (
        FIRST + 4,
        'the code that line 9 opens with "```" is closed with "`````"',
    )


@pytest.mark.parametrize("kind", ["article", "page"])
def test_code_that_does_not_end_is_a_fault_at_its_fence(kind: str) -> None:
    """Code that would swallow the rest of the file is a fault where it begins."""
    block = {"article": "/// passage | a", "page": "/// term | a"}[kind]
    first = HEAD[kind].count("\n") + 2
    (fault,) = found(f"{block}\n\nText.\n\n~~~\ncode\n///\n", kind)
    assert fault == (first + 4, 'the code that begins with "~~~" does not end')


def test_backticks_within_a_line_begin_no_code_block() -> None:
    """A line that opens and closes three backticks is code within the line."""
    assert "<code>" in passage("/// passage | a\n\n```x``` is code.\n///\n").html


@pytest.mark.parametrize(("opened", "closed"), [("///", "////"), ("////", "///")])
def test_a_block_closes_with_as_many_slashes_as_it_opens(
    opened: str, closed: str
) -> None:
    """A marker of another length closes nothing, so that blocks could be nested."""
    stray = (FIRST + 3, f'the block marker "{closed}" closes nothing')
    assert found(f"{opened} passage | a\n\nText.\n{closed}\n{opened}\n") == [stray]


def test_markers_of_four_slashes_make_a_block() -> None:
    """Any number of slashes from three on opens a block, and as many close it."""
    assert passage("//// passage | a\n\nText.\n////\n").html == "<p>Text.</p>"


def test_an_escaped_marker_is_text() -> None:
    """A backslash before its first slash makes a marker what it says."""
    body = "/// passage | a\n\nText.\n\n\\/// passage | b\n\n\\// x | y\n///\n"
    html = passage(body).html
    assert "<p>/// passage | b</p>" in html
    assert "<p>// x | y</p>" in html


def test_a_block_that_the_file_does_not_close_is_a_fault_where_it_opens() -> None:
    """The last block of a file needs its end as any other does."""
    body = "/// passage | a\n\nText.\n///\n\n/// passage | b\n\nText.\n"
    assert found(body) == [(FIRST + 5, 'the block "passage | b" is not closed')]


def test_a_block_that_the_next_one_cuts_off_is_a_fault_where_it_opens() -> None:
    """A block ends before the next begins; both are read all the same."""
    reading = read("/// passage | a\n\nText.\n\n/// passage | b\n\nText.\n///\n")
    assert [str(fault).split(": ")[0] for fault in reading.faults] == [
        f"content/article.md:{FIRST}"
    ]
    assert [block.id for block in reading.document.blocks("passage")] == ["a", "b"]


def test_a_marker_that_closes_nothing_is_a_fault_and_shifts_no_line() -> None:
    """A stray marker is a fault at its line, and what follows keeps its own line."""
    faults = found("///\n\nLoose.\n\n/// passage | a\n\nText.\n///\n")
    assert faults == [
        (FIRST, 'the block marker "///" closes nothing'),
    ]


@pytest.mark.parametrize(
    ("before", "remedy"),
    [
        ("", "remove it"),
        (
            "//// passage | a\n\nText.\n",
            "close the open block with `////`, or remove it",
        ),
    ],
)
def test_a_stray_marker_says_what_would_close_the_block(
    before: str, remedy: str
) -> None:
    """Where a block is open, the fault names the marker that it waits for."""
    faults = read(f"{before}///\n").faults
    assert remedy in [fault.remedy for fault in faults]


def test_a_block_is_named_by_its_title_as_it_is_written() -> None:
    """A title is set like any line; a passage's name is its id and stays as it is."""
    (note,) = read('/// note | A "good" note\n\nText.\n///\n').document.blocks("note")
    assert (note.name, note.id) == ("A &#8220;good&#8221; note", "a-good-note")
    assert passage("/// passage | a-1\n\nText.\n///\n").name == "a-1"


@pytest.mark.parametrize(
    ("data", "count"), [(b"", 1), (b"\xff", 1), (b"\n", 1), (b"title: A\n", 2)]
)
def test_an_empty_file_lacks_fields_and_an_unreadable_one_is_one_fault(
    data: bytes, count: int
) -> None:
    """Each required field is missed, unless no byte of the file can be read."""
    assert len(read_document("content/p.md", "page", data, SETTER).faults) == count


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        ("/// notice | x\n\nT.\n///\n", 'did you mean "note"?'),
        ("/// gallery | x\n\nT.\n///\n", "use one of these"),
        ("/// note | X\n    zzz: a\n\nT.\n///\n", "use one of these or remove it"),
        ("/// note | X\n\n<style>\n\n</style>\n///\n", "`allow: style`"),
        ("/// note | X\n\n[a](javascript:b)\n///\n", "link to an address instead"),
    ],
)
def test_a_fault_says_what_works(body: str, remedy: str) -> None:
    """What a fault tells the editor to do is something that the build accepts."""
    assert any(remedy in fault.remedy for fault in read(body).faults)


def test_two_blocks_without_ids_do_not_share_one() -> None:
    """Titles that make no id are one fault each, and not a repeated id as well."""
    faults = read("/// note | 腰\n\nT.\n///\n\n/// note | 痛\n\nT.\n///\n").faults
    assert [fault.found for fault in faults] == [
        'a note has the name "腰"',
        'a note has the name "痛"',
    ]


def test_a_line_of_spaces_ends_the_front_matter() -> None:
    """A blank line may hold spaces."""
    text = f"{HEAD['page']}  \nWords: here.\n".encode()
    assert read_document("content/p.md", "page", text, SETTER).faults == ()


def test_options_are_read_up_to_the_first_blank_line() -> None:
    """Indented `name: value` lines are options; below a blank line they are text."""
    block = passage(
        "/// passage | a\n    topics: one, two\n    requires: b\n\n    time: 10\n///\n"
    )
    assert block.options == PassageOptions(topics=("one", "two"), requires=("b",))
    assert block.lines == {"topics": FIRST + 1, "requires": FIRST + 2}
    assert "time: 10" in block.html


def test_a_line_of_spaces_is_a_blank_line() -> None:
    """Spaces that an editor leaves on a blank line are no option."""
    assert passage("/// passage | a\n    topics: one\n    \nText.\n///\n").html


def test_options_of_a_block_without_text_end_with_it() -> None:
    """An indented line below a closed block is no option of anything."""
    faults = found("/// passage | a\n    topics: one\n///\n    topics: two\n")
    assert (FIRST + 3, '"topics:" stands in the text') in faults
    assert (FIRST, 'passage "a" is empty') in faults


@pytest.mark.parametrize(
    ("lines", "number", "message"),
    [
        (
            "    topics: a\n    topics: b\n\nText.",
            2,
            'the option "topics" stands twice',
        ),
        ("    topics\n\nText.", 1, '"topics" is not an option'),
        ("topics: a\n\nText.", 1, 'the option "topics" stands in the text'),
        ("\n    topics: a\nText.", 1, "a blank line stands above the options"),
        ("\nText.\n\n## Heading", 4, 'passage "a" holds the heading "Heading"'),
        ("    topics: a\n    topics: b\n\n# H", 4, 'passage "a" holds the heading "H"'),
    ],
)
def test_a_slip_in_a_block_names_its_line(
    lines: str, number: int, message: str
) -> None:
    """A slip in options or text is a fault at the very line that holds it."""
    assert (FIRST + number, message) in found(f"/// passage | a\n{lines}\n///\n")


@pytest.mark.parametrize("name", ["topics", "Topics", "Topic", "evidnce"])
def test_an_escaped_option_is_text(name: str) -> None:
    """A backslash before its colon makes a line what it says."""
    html = passage(f"/// passage | a\n\n{name}\\: a\n///\n").html
    assert html == f"<p>{name}: a</p>"


def test_headings_stand_between_the_blocks_of_an_article() -> None:
    """Levels two and three, each with the id that its words make; others are text."""
    reading = read("## One thing\n\n### Two ###\n\n#### Four\n")
    assert reading.faults == ()
    headings = [part for part in reading.document.parts if isinstance(part, Heading)]
    assert [(h.level, h.title, h.id, h.place.line) for h in headings] == [
        (2, "One thing", "one-thing", FIRST),
        (3, "Two", "two", FIRST + 2),
    ]
    assert isinstance(reading.document.parts[-1], Prose)
    assert reading.document.parts[-1].html == "<h4>Four</h4>"


@pytest.mark.parametrize("kind", ["page", "article"])
def test_text_stands_between_the_blocks_of_all_but_topics(kind: str) -> None:
    """In a page and an article text may stand anywhere, in a topic it is in blocks."""
    (prose,) = read("Words.\n", kind).document.parts
    assert isinstance(prose, Prose)
    assert prose.html == "<p>Words.</p>"
    assert found("Words.\n", "topic") == [(8, '"Words." stands outside a block')]


def test_what_the_front_matter_allows_hides_nothing_else() -> None:
    """An allowed attribute does not let a script pass that stands after it."""
    body = '<p style="color: red">Red</p>\n\n<script>alert(1)</script>\n'
    text = f"{HEAD['page']}allow: style\n\n{body}".encode()
    (fault,) = read_document("content/page.md", "page", text, SETTER).faults
    assert 'holds "script"' in fault.found


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ("title: One\n    two\n", "One two"),
        ("TITLE:  One  \n", "One"),
        ("---\ntitle: One\n", "One"),
    ],
)
def test_front_matter_may_be_written_in_several_ways(head: str, kept: str) -> None:
    """A long value goes on in an indented line; case and `---` do not matter."""
    end = "---\n" if head.startswith("---") else "\n"
    rest = HEAD["page"].partition("\n")[2]
    text = f"{head}{rest}{end}Words.\n".encode()
    reading = read_document("content/page.md", "page", text, SETTER)
    assert reading.faults == ()
    assert reading.document.fields.title == kept
    (prose,) = reading.document.parts
    assert isinstance(prose, Prose)
    assert prose.html == "<p>Words.</p>"


@pytest.mark.parametrize("line", ["    indented", "no field", ": x", "1: x"])
def test_a_file_that_begins_with_no_field_is_a_fault(line: str) -> None:
    """The first line is a field, and is not the rest of one."""
    reading = read_document("content/p.md", "page", f"{line}\n".encode(), SETTER)
    assert f'"{line}" is not a field' in [fault.found for fault in reading.faults]


def test_a_line_that_is_no_field_begins_the_text() -> None:
    """Nothing of the text is lost where the blank line was forgotten."""
    text = f"{HEAD['page']}Words without a colon.\n".encode()
    reading = read_document("content/page.md", "page", text, SETTER)
    assert [fault.place.line for fault in reading.faults] == [5]
    (prose,) = reading.document.parts
    assert isinstance(prose, Prose)
    assert prose.html == "<p>Words without a colon.</p>"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_make_no_difference(end: str) -> None:
    """A file from Windows or an old Mac reads as one from elsewhere."""
    text = f"{HEAD['article']}\n/// passage | a\n    topics: b\n\nText.\n///\n"
    unix = read_document("content/a.md", "article", text.encode(), SETTER)
    other = text.replace("\n", end).encode()
    reading = read_document("content/a.md", "article", other, SETTER)
    assert reading.faults == ()
    assert reading.document.parts == unix.document.parts


def test_settings_of_markdown_may_hold_functions() -> None:
    """`extension_configs` of toc takes a slugify function, as Python-Markdown says."""
    toc = {"toc": {"slugify": slugify_unicode}}
    markdown = {"extensions": ["toc"], "extension_configs": toc}
    setter = Typesetter({**SETTINGS, "MARKDOWN": markdown})
    assert setter.block("# Ünï") == '<h1 id="ünï">Ünï</h1>'


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 10_000, "<" * 10_000, "> " * 9_000, "<!-- " * 9_000, "*a " * 5_000),
        *("`" * 10_001, "## H\n\nx\n\n" * 300, "x" * 100_000, "[^1]: a\n\n" * 300),
    ],
    ids=lambda text: repr(text[:6]),
)
def test_a_large_or_odd_text_ends(text: str) -> None:
    """It is read, or it is a fault; five hundred headings alike have five hundred ids."""
    reading = read(text)
    ids = [part.id for part in reading.document.parts if isinstance(part, Heading)]
    assert len(set(ids)) == len(ids) == text.count("## H")
