"""The states of a preview: which builds are shown, and which requests wait for them.

The sources, the server and its messages are real; the builds come out as a test says.
"""

from __future__ import annotations

import json
from queue import SimpleQueue
from threading import Event, Thread

import pytest
from playwright.sync_api import Page, expect
from scripted import Scripted, site

from sitebuild.faults import Fault
from sitebuild.model import SourceLine
from sitebuild.preview import session, tree
from sitebuild.preview.builder import BuilderDiedError, Result
from sitebuild.preview.progress import Progress
from sitebuild.preview.watcher import Stamp

FAULTY = Result((Fault(SourceLine("content/a.md", 3), "found", "allowed", "fix"),))
ONE = {"/project/a": Stamp(1, 1, 1)}
TWO = {"/project/a": Stamp(2, 1, 1)}


def waits(progress: Progress, state: dict[str, Stamp]) -> tuple[bool, bool]:
    """Return whether a request that saw this state would wait, and asks for a build."""
    asked = []
    is_current = progress.wait_until_current(state, lambda: asked.append(1), 0)
    return not is_current, bool(asked)


def test_a_request_waits_for_no_build_where_nothing_was_saved() -> None:
    """What is built and served is answered at once."""
    progress = Progress()
    progress.begin(ONE)
    progress.finish()
    assert waits(progress, ONE) == (False, False)


def test_a_request_waits_for_the_running_build_of_its_save() -> None:
    """A build that has read the save is waited for, and no other is asked for."""
    progress = Progress()
    progress.begin(ONE)
    assert waits(progress, ONE) == (True, False)
    progress.finish()
    assert waits(progress, ONE) == (False, False)


def test_a_running_build_is_not_enough_for_a_later_save() -> None:
    """A save after the build began needs the next one, which is asked for."""
    progress = Progress()
    progress.begin(ONE)
    assert waits(progress, TWO) == (True, True)
    progress.finish()
    assert waits(progress, TWO) == (True, True)
    progress.begin(TWO)
    assert waits(progress, TWO) == (True, False)
    progress.finish()
    assert waits(progress, TWO) == (False, False)


def test_a_dropped_build_lets_nobody_go() -> None:
    """Who waits for a build that is dropped goes with the one that follows it."""
    progress = Progress()
    progress.begin(ONE)
    progress.begin(TWO)
    assert waits(progress, TWO) == (True, False)
    progress.finish()
    assert waits(progress, TWO) == (False, False)


def test_who_waits_goes_with_the_build() -> None:
    """A request that waits is let go by the end of its build, and knows that it is."""
    progress = Progress()
    asked, done = Event(), SimpleQueue[bool]()

    def wait() -> None:
        done.put(progress.wait_until_current(ONE, asked.set, 60))

    Thread(target=wait).start()
    asked.wait()
    progress.begin(ONE)
    progress.finish()
    assert done.get()


def test_a_preview_that_ends_lets_everyone_go() -> None:
    """A request does not wait for a preview that has ended, and knows that it has."""
    progress = Progress()
    progress.close()
    assert not progress.wait_until_current(ONE, lambda: None, 60)


def test_a_good_build_is_served(scripted: Scripted) -> None:
    """The tree is the build's, and the terminal names the saved file."""
    scripted.show(home="one")
    scripted.save("content/b.md")
    scripted.build(site(home="two"))
    assert b"two" in scripted.session.tree.files["index.html"]
    assert scripted.requests[-1] == (["content/b.md"], True)
    assert scripted.lines[-2].startswith("content/b.md: built in ")
    scripted.save("content/c.md")
    scripted.build(site(home="three"))
    assert scripted.requests[-1] == (["content/c.md"], True)


def test_nothing_saved_builds_nothing(scripted: Scripted) -> None:
    """A look that finds the sources as they were built asks for no build."""
    scripted.show(home="one")
    scripted.session.step()
    assert len(scripted.requests) == 1


def test_what_no_build_reads_builds_nothing(scripted: Scripted) -> None:
    """Beside the folders of sources, code and settings are read, and no README."""
    scripted.show(home="one")
    scripted.save("README.md")
    scripted.session.step()
    assert len(scripted.requests) == 1


def test_faults_keep_the_last_good_pages(scripted: Scripted) -> None:
    """A faulty build is printed with its faults and leaves the tree as it was."""
    scripted.show(home="one")
    good = scripted.session.tree
    scripted.save()
    scripted.build(FAULTY)
    assert scripted.session.tree is good
    assert scripted.lines[-2:] == [
        "content/a.md: 1 fault; the last good pages stay",
        "  content/a.md:3: found; allowed; fix",
    ]
    scripted.show(home="one")
    assert scripted.session.faults == ()


def test_faults_before_any_page(scripted: Scripted) -> None:
    """Where no build was good the terminal says that nothing is built."""
    scripted.build(FAULTY)
    assert scripted.lines[-2] == "the site: 1 fault; nothing is built yet"


@pytest.mark.parametrize("result", [site(home="two"), FAULTY], ids=["good", "faulty"])
def test_a_build_that_was_overtaken_is_dropped(
    scripted: Scripted, result: Result
) -> None:
    """If another file is saved meanwhile, what came out is not shown; the next is."""
    scripted.show(home="one")
    lines = list(scripted.lines)
    scripted.save("content/b.md")
    scripted.build(result, overtaken_by="content/c.md")
    assert b"one" in scripted.session.tree.files["index.html"]
    assert scripted.lines == lines
    assert scripted.session.wake.is_set()
    scripted.build(site(home="three"))
    assert b"three" in scripted.session.tree.files["index.html"]
    assert scripted.requests[-1] == (["content/b.md", "content/c.md"], True)


def test_a_fault_met_while_a_file_was_half_written_is_dropped(
    scripted: Scripted,
) -> None:
    """A fault is not shown if its file was saved again after the build read it."""
    scripted.show(home="one")
    lines = list(scripted.lines)

    def fault_then_save(state: object) -> session.Attempt:
        scripted.save()
        return session.Attempt(FAULTY, state)

    scripted.save()
    scripted._results.append(fault_then_save)
    scripted.session.step()
    assert scripted.session.faults == ()
    assert scripted.lines == lines
    scripted.build(site(home="two"))
    assert b"two" in scripted.session.tree.files["index.html"]


def test_saves_without_end_hold_nothing_up(scripted: Scripted) -> None:
    """Three builds in a row may be dropped; the fourth is shown in any case."""
    scripted.show(home="one")
    scripted.save()
    for text in ("two", "three", "four"):
        scripted.build(site(home=text), overtaken_by="content/b.md")
        assert b"one" in scripted.session.tree.files["index.html"]
    scripted.build(site(home="five"), overtaken_by="content/b.md")
    assert b"five" in scripted.session.tree.files["index.html"]
    scripted.build(site(home="six"), overtaken_by="content/b.md")
    assert b"five" in scripted.session.tree.files["index.html"]


def test_bytes_that_were_sent_with_a_dropped_build_are_kept(
    scripted: Scripted,
) -> None:
    """A build sends only new bytes, so those of a dropped build are not lost."""
    scripted.show(home="one")
    scripted.save()
    scripted.build(site(home="two"), overtaken_by="content/b.md")
    scripted.build(Result(files={"index.html": None}))
    assert b"two" in scripted.session.tree.files["index.html"]


def test_the_search_index_follows_a_good_build_once(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the editor pauses the index is built, once, and not after a fault."""
    monkeypatch.setattr(session, "IDLE_S", -1.0)
    scripted.show(home="one")
    scripted.build(site(home="one", search="index"))
    assert scripted.requests[-1] == ([], False)
    assert scripted.lines[-1] == "search index rebuilt"
    assert "search/index.html" in scripted.session.tree.files
    scripted.session.step()
    assert len(scripted.requests) == 2
    scripted.save()
    scripted.build(FAULTY)
    scripted.session.step()
    assert len(scripted.requests) == 3


def test_the_search_index_waits_for_a_pause(scripted: Scripted) -> None:
    """Straight after a build the index is not built."""
    scripted.show(home="one")
    assert scripted.session._index_due_s is not None
    scripted.session._index_due_s += 3600
    scripted.session.step()
    assert len(scripted.requests) == 1


def test_a_disk_that_refuses_is_a_fault(scripted: Scripted) -> None:
    """What cannot be written is served all the same, and is a fault."""
    scripted.disk_faults = FAULTY.faults
    scripted.show(home="one")
    assert b"one" in scripted.session.tree.files["index.html"]
    assert scripted.lines[-1] == "  content/a.md:3: found; allowed; fix"


def test_a_build_process_that_dies_while_it_writes_is_made_up_for(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build for the search index, which writes all, still follows."""

    def die() -> tuple[Fault, ...]:
        raise BuilderDiedError("killed")

    monkeypatch.setattr(scripted, "wait_for_disk", die)
    monkeypatch.setattr(session, "IDLE_S", -1.0)
    scripted.show(home="one")
    assert scripted.session.faults == ()
    scripted.build(site(home="one"))
    assert scripted.requests[-1] == ([], False)


def messages(scripted: Scripted, digest: str) -> list[dict[str, object]]:
    """Return the first two messages for the page of the site that has these bytes."""
    client = scripted.session.subscribe("/", digest)
    return [json.loads(client.get_nowait()) for _ in range(2)]


def test_a_page_that_is_current_is_left_alone(scripted: Scripted) -> None:
    """A browser that has the newest bytes has nothing to fetch and nothing to show."""
    scripted.show(home="one")
    current = tree.digest(scripted.session.tree.files["index.html"])
    first, second = messages(scripted, current)
    assert (first["addresses"], second["first"]) == ([], True)


def test_a_page_that_is_old_is_fetched(scripted: Scripted) -> None:
    """A browser that has other bytes fetches its page and shows what changed."""
    scripted.show(home="one")
    first, second = messages(scripted, "other")
    assert (first["addresses"], second["first"]) == (["/"], False)


def test_every_page_hears_of_a_build_until_it_leaves(scripted: Scripted) -> None:
    """A build sends two messages to each open page, and none to one that has gone."""
    scripted.show(home="one")
    stays = scripted.session.subscribe("/", "")
    leaves = scripted.session.subscribe("/", "")
    scripted.session.unsubscribe(leaves)
    scripted.show(home="two", about="new")
    assert (stays.qsize(), leaves.qsize()) == (4, 2)
    stays.get()
    stays.get()
    outcome = json.loads(stays.get())
    assert outcome["addresses"] == ["/", "/about/"]
    reasons = json.loads(stays.get())
    assert [page["address"] for page in reasons["pages"]] == ["/about/", "/"]


def test_a_draft_that_is_published_changes_its_page(scripted: Scripted) -> None:
    """A page whose bytes are the same is fetched when it is no longer a draft."""
    scripted.save()
    scripted.build(site(frozenset({"/new/"}), home="one", new="a page"))
    client = scripted.session.subscribe("/new/", "")
    assert json.loads(client.get())["faults"] == []
    assert json.loads(client.get())["drafts"] == ["/new/"]
    scripted.show(home="one", new="a page")
    assert json.loads(client.get())["addresses"] == ["/new/"]
    assert json.loads(client.get())["drafts"] == []


def test_a_draft_is_marked(scripted: Scripted, tab: Page) -> None:
    """A page that is not published says so, and only while it is a draft."""
    drafts = frozenset({"/new/"})
    scripted.save()
    scripted.build(site(drafts, home="<h1>Home</h1>", new="<h1>New</h1>"))
    mark = tab.get_by_text("Draft: this page is shown here and is not published.")
    tab.goto(scripted.url)
    expect(mark).to_have_count(0)
    tab.get_by_text("1 draft").click()
    tab.get_by_role("link", name="/new/").click()
    expect(tab.locator("h1")).to_have_text("New")
    expect(mark).to_be_visible()
    scripted.show(home="<h1>Home</h1>", new="<h1>New</h1>")
    expect(mark).to_have_count(0)
    expect(tab.get_by_text("1 draft")).to_have_count(0)
