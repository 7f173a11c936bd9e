"""The editor's server: a real process on real files."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import ROOT, Project
from helpers import rounds
from previews import ADDRESS, ARTICLE, NEW, OLD, Live, whole_project


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One preview whose sources no test changes."""
    preview = Live(whole_project(tmp_path_factory.mktemp("steady") / "project"))
    preview.wait("built in")
    yield preview
    preview.close()


def save_in_place(path: Path, text: str) -> None:
    """Truncate and write, as nano and scripts do."""
    path.write_text(text, "utf-8")


def save_by_rename(path: Path, text: str) -> None:
    """Write beside and rename, as most editors do."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def save_anew(path: Path, text: str) -> None:
    """Delete and create, as git and some editors do; vim leaves its back-up a moment."""
    path.rename(f"{path}~")
    path.write_text(text, "utf-8")
    Path(f"{path}~").unlink()


WAYS = (save_in_place, save_by_rename, save_anew)


def tree_of(folder: Path) -> dict[str, bytes]:
    """The files of a built tree."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def clean_build(project: Project) -> dict[str, bytes]:
    """What a new process builds from the sources as they stand."""
    code = "from pathlib import Path; from sitebuild.plugin import build; build(Path('pelicanconf.py').resolve(), OUTPUT_PATH='{}')"
    subprocess.run(
        [sys.executable, "-c", code.format(project.root / "clean")],
        cwd=project.root,
        check=True,
    )
    return tree_of(project.root / "clean")


@pytest.mark.parametrize("save", WAYS)
def test_a_request_after_a_save_shows_it(
    live: Callable[..., Live], save: Callable[[Path, str], None]
) -> None:
    """However an editor saves, the first request after the save gets the new text, and the save causes one build."""
    preview = live()
    assert OLD in preview.ask(ADDRESS)[2]
    path = preview.project.root / ARTICLE
    save(path, path.read_text("utf-8").replace(OLD, NEW))
    assert NEW in preview.ask(ADDRESS)[2]
    preview.wait("changed /articles/weekly-massages/: passage common-everywhere: ")


@pytest.mark.parametrize(
    ("path", "old", "new", "sign"),
    [
        ("pelicanconf.py", 'SITENAME = "', 'SITENAME = "Renamed ', "Renamed "),
        ("pelicanconf.py", '"sane_lists"]', '"sane_lists", "nl2br"]', "<br>"),
        (
            "theme/templates/base.html",
            "</main>",
            "<p>template edited</p></main>",
            "template edited",
        ),
        (
            "sitebuild/read/markdown.py",
            "return str(typogrify(",
            "return 'code edited' + str(typogrify(",
            "code edited",
        ),
        (
            "content/evidence.yaml",
            "statement: Massage eases",
            "statement: Massage truly eases",
            "Massage truly eases",
        ),
    ],
)
def test_every_kind_of_source_takes_effect(
    live: Callable[..., Live], path: str, old: str, new: str, sign: str
) -> None:
    """Settings, templates, plugin code and data take effect without a restart."""
    preview = live()
    assert sign not in preview.ask("/evidence/")[2]
    preview.project.edit(path, (old, new))
    assert sign in preview.ask("/evidence/")[2]


def test_a_numbered_page_comes_and_goes(live: Callable[..., Live]) -> None:
    """A page of a topic that a save makes is served and reported, until one removes it."""
    preview = live()
    topics = (preview.project.root / "content/topics").glob("*.md")
    pages = [f"/topics/{path.stem}/" for path in sorted(topics)]
    address = next(it for it in pages if 'id="more"' in preview.ask(it)[2]) + "1/"
    assert preview.ask(address)[0] == 404
    few, many = "TOPIC_PAGE_PASSAGES = 1\n", "TOPIC_PAGE_PASSAGES = 50\n"
    preview.project.edit("pelicanconf.py", (many, few))
    assert preview.ask(address)[0] == 200
    preview.wait(f"added {address}")
    preview.project.edit("pelicanconf.py", (few, many))
    assert preview.ask(address)[0] == 404
    preview.wait(f"removed {address}")


def test_broken_code_is_a_fault_and_mends(live: Callable[..., Live]) -> None:
    """An error in settings or plugin code is a fault with its line; the server goes on and does not spin."""
    preview = live()
    preview.wait("built in")
    preview.project.edit(
        "sitebuild/derive/assemble.py", ("def assemble(", "def assemble((")
    )
    preview.wait("sitebuild/derive/assemble.py:")
    preview.project.edit(
        "sitebuild/derive/assemble.py", ("def assemble((", "def assemble(")
    )
    assert preview.ask("/")[0] == 200
    first = len(preview.lines)
    preview.project.edit(
        "sitebuild/derive/assemble.py",
        ("from datetime import date", "import os\n\nos._exit(3)"),
    )
    preview.wait("the build process ended", first)
    count = preview.builds()
    preview.project.edit("content/pages/about.md", ("title:", "title: Now"))
    preview.wait("content/pages/about.md: 1 fault", first)
    assert preview.builds() == count + 1
    assert preview.ask("/")[0] == 200


def test_many_files_saved_at_once_make_one_build(live: Callable[..., Live]) -> None:
    """A burst of saves is one build, litter of editors none."""
    preview = live()
    preview.wait("built in")
    for path in sorted((preview.project.root / "content").rglob("*.md")):
        path.write_text(path.read_text("utf-8").replace(" may ", " might "), "utf-8")
    preview.wait("more: built in")
    count = preview.builds()
    for name in (
        ".weekly-massages.md.swp",
        "4913",
        "weekly-massages.md~",
        ".#weekly-massages.md",
        "#weekly-massages.md#",
        "weekly-massages.md.orig",
        "weekly-massages.md.rej",
        "weekly-massages.md___jb_tmp___",
        "~$weekly-massages.md",
        "Thumbs.db",
        "desktop.ini",
    ):
        preview.project.write(f"content/articles/{name}", "litter")
    preview.project.edit(
        "content/topics/stress.md",
        ("Distress makes it more likely", "Distress makes it likelier"),
    )
    preview.wait("content/topics/stress.md: built in")
    assert preview.builds() == count + 1


def test_a_folder_switched_whole_is_seen(live: Callable[..., Live]) -> None:
    """Git's way: files and folders renamed, removed and put back all show, and later edits in them too."""
    preview = live()
    preview.wait("built in")
    content, other = preview.project.root / "content", preview.project.root / ".other"
    shutil.copytree(content, other)
    (other / "pages/about.md").write_text(
        (other / "pages/about.md").read_text("utf-8") + "\nA branch of its own.\n",
        "utf-8",
    )
    content.rename(preview.project.root / ".main")
    other.rename(content)
    assert "A branch of" in preview.ask("/about/")[2]
    preview.project.edit("content/pages/about.md", ("A branch", "A twig"))
    preview.wait("[-branch-] {+twig+}")
    (content / "pages/new.md").write_text(
        (content / "pages/about.md")
        .read_text("utf-8")
        .replace("slug: about", "slug: new"),
        "utf-8",
    )
    assert preview.ask("/new/")[0] == 200
    (content / "pages/new.md").unlink()
    assert preview.ask("/new/")[0] == 404
    preview.wait("removed /new/")


@rounds(12, 200)
def test_many_edits_lose_nothing(live: Callable[..., Live], rounds: int) -> None:
    """Edits at random moments, faults among them: each later request is whole, and the end equals a clean build."""
    preview, rng = live(), random.Random(4)
    preview.wait("built in")
    root = preview.project.root
    good = {
        path: path.read_text("utf-8")
        for path in sorted((root / "content").rglob("*.md"))
    }
    files = [path for path in good if path.parent.name in ("articles", "topics")]
    breaks = [
        ("\n///\n", "\n"),
        ("slug: ", "slugg: "),
        ("status: published", "status: pub"),
        ("/// ", "/// x | "),
        (":", ""),
    ]
    for number in range(rounds):
        path = rng.choice(files)
        if rng.random() < 0.25:
            text = good[path].replace(*rng.choice(breaks), 1)
        else:
            text = good[path] = re.sub(
                r"\b(It|The) (\w+ )?", rf"\1 edit{number} ", good[path], count=1
            )
        rng.choice(WAYS)(path, text)
        if rng.random() < 0.3:
            assert (
                preview.ask(rng.choice(["/", ADDRESS, "/topics/stress/"]))[2]
                .rstrip()
                .endswith("</html>")
            )
        time.sleep(rng.random() * 0.06)
    for path, text in good.items():
        rng.choice(WAYS)(path, text)
    first = len(preview.lines)
    served = preview.ask("/topics/stress/")[2]
    preview.wait("search index", first)
    output = tree_of(root / "output")
    assert output == clean_build(preview.project)
    assert (
        re.sub(r"<script src=\"/__preview.*?</script>", "", served)
        == output["topics/stress/index.html"].decode()
    )


@rounds(2, 6)
def test_killed_at_any_moment_and_started_again(
    live: Callable[..., Live], rounds: int
) -> None:
    """Killing the server or its build process loses nothing: the output stays whole and the next start is right."""
    rng = random.Random(8)
    preview = live()
    preview.wait("search index")  # the first output is on the disk by then
    for number in range(rounds):
        preview.ask("/")
        before = (preview.project.root / ARTICLE).read_text("utf-8")
        save_by_rename(
            preview.project.root / ARTICLE,
            re.sub(r"Low back pain\w*", f"Low back pain{number}", before),
        )
        time.sleep(rng.random() * 0.1)
        child = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(preview.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        victim = (
            preview.process.pid
            if number % 2
            else int((child.stdout.split() or [preview.process.pid])[0])
        )
        os.kill(victim, signal.SIGKILL)
        assert (preview.project.root / "output/404.html").is_file()
        if victim == preview.process.pid:
            preview = live()
        assert f"Low back pain{number}" in preview.ask(ADDRESS)[2]
    preview.wait("search index", len(preview.lines) - 1)
    assert tree_of(preview.project.root / "output") == clean_build(preview.project)
    assert not list(preview.project.root.glob(".output-*"))


def test_ctrl_c_ends_quietly(live: Callable[..., Live]) -> None:
    """Ctrl-C ends server and build process without a traceback."""
    preview = live()
    preview.wait("built in")
    os.killpg(preview.process.pid, signal.SIGINT)
    assert preview.process.wait(10) == 0
    assert not any("Traceback" in line for line in preview.lines)


def test_a_taken_port_is_left_alone(live: Callable[..., Live]) -> None:
    """When the port is taken the next free one serves, and a line says so."""
    first = live()
    second = live(f"port={first.port}")
    assert second.port != first.port
    second.wait(f"port {first.port} is taken")


def test_addresses_are_those_of_a_host(steady: Live) -> None:
    """Folders, slashes, unknown pages, HEAD, conditional requests and types are answered as a static host would."""
    assert steady.ask("/about?x=1")[:2][1]["location"] == "/about/?x=1"
    assert steady.ask("/about")[0] == 301
    status, headers, body = steady.ask("/nothing/")
    assert (status, "<title>" in body) == (404, True)
    status, headers, body = steady.ask("/about/", "HEAD")
    assert (status, body, headers["content-type"]) == (
        200,
        "",
        "text/html; charset=utf-8",
    )
    assert headers["cache-control"] == "no-store"
    assert steady.ask("/about/", If_None_Match=headers["etag"])[0] == 304
    assert steady.ask("/about/", If_None_Match='"other"')[0] == 200
    assert steady.ask("/about/", "POST")[:2][1]["allow"] == "GET, HEAD"


def test_redirects_lead_on_as_on_a_host(live: Callable[..., Live]) -> None:
    """An address in redirects.txt answers 301 as soon as the line is saved."""
    preview = live()
    assert preview.ask("/former/")[0] == 404
    preview.project.edit(
        "content/redirects.txt", lambda text: f"{text}\n/former/ /about/\n"
    )
    status, headers, _ = preview.ask("/former/")
    assert (status, headers["location"]) == (301, "/about/")


def test_the_policy_of_production_holds(steady: Live) -> None:
    """Pages carry the production policy; a script runs from this host only."""
    policy = steady.ask("/")[1]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "__preview" not in "".join(
        p.read_text("utf-8") for p in (steady.project.root / "output").rglob("*.html")
    )


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
        ("[", 421),
    ],
)
def test_only_loopback_names_are_answered(steady: Live, host: str, status: int) -> None:
    """A foreign Host header is refused (DNS rebinding)."""
    assert steady.ask("/", Host=host)[0] == status
    assert steady.raw(
        b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(
    "path",
    [
        "/../pelicanconf.py",
        "/%2e%2e/pelicanconf.py",
        "/..%2fpelicanconf.py",
        "//etc/passwd",
        "/articles/../../pelicanconf.py",
        "/%00",
        "/.output/",
        "/about/../../../etc/passwd",
        "/..\\pelicanconf.py",
    ],
)
def test_nothing_outside_the_site_is_served(steady: Live, path: str) -> None:
    """Dots and encodings in an address are not found."""
    assert steady.ask(path)[0] == 404


def test_links_in_the_output_are_not_followed(live: Callable[..., Live]) -> None:
    """What an earlier build left is served, and nothing that a link there names."""
    preview = live()
    preview.wait("built in")
    preview.ask("/")
    preview.close()
    output = preview.project.root / "output"
    (output / "link.txt").symlink_to("/etc/passwd")
    (output / "linked").symlink_to("/etc")
    preview.project.edit("content/pages/about.md", ("title:", "titel:"))
    again = live()
    again.wait("fault")
    assert again.ask("/")[0] == 200
    assert again.ask("/link.txt")[0] == 404
    assert again.ask("/linked/passwd")[0] == 404


def test_malformed_requests_and_a_thousand_connections_are_survived(
    steady: Live,
) -> None:
    """Rubbish is refused or dropped, idle connections hold nothing up, and the next request is answered."""
    rng = random.Random(2)
    for data in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"G" * 70000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
        *(rng.randbytes(300) for _ in range(20)),
    ):
        answer = steady.raw(data)
        assert answer.count(b"HTTP/1.1 ") < 2
        assert (
            not answer.startswith(b"HTTP/1.1 5") or b" 505 " in answer.split(b"\r\n")[0]
        )
    with ExitStack() as stack:
        for number in range(1000):
            link = stack.enter_context(
                socket.create_connection(("127.0.0.1", steady.port), 30)
            )
            link.sendall(
                (
                    b"",
                    b"GET / HT",
                    b"GET /__events HTTP/1.1\r\nHost: localhost\r\n\r\n",
                )[number % 3]
            )
        assert steady.ask("/")[0] == 200
    assert steady.ask("/")[0] == 200


def test_a_build_that_never_ends_is_ended_by_the_next_save(
    live: Callable[..., Live],
) -> None:
    """A slip in code that loops for ever is said after some patience, and mending it serves what was saved since."""
    preview = live(before="builds.LONG_BUILD_S = 0.5")
    preview.wait("built in")
    start = "def day(value: date) -> Markup:\n"
    preview.project.edit(
        "sitebuild/render/figures.py",
        (start, f"{start}    while True:\n        pass\n"),
    )
    preview.wait("the next save ends it")
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.project.edit(
        "sitebuild/render/figures.py", ("    while True:\n        pass\n", "")
    )
    assert NEW in preview.ask(ADDRESS)[2]


def test_an_edit_of_the_headers_reaches_the_answers(live: Callable[..., Live]) -> None:
    """What headers.py says is what the next answer has, though the server itself goes on."""
    preview = live()
    preview.wait("built in")
    preview.project.edit(
        "sitebuild/host/headers.py", ('"microphone", ', '"microphone", "usb", ')
    )
    assert "usb=()" in preview.ask("/")[1]["permissions-policy"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_whole(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C and a plain `kill` of the command end server and build process too, without a traceback."""
    project = whole_project(tmp_path / "project")
    shutil.copy(ROOT / "tasks.py", project.root)
    start = (
        "import runpy, signal, sys; from sitebuild.dev import bootstrap;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"  # ignored where the tests run in the background
        "bootstrap.environment = lambda files: sys.executable;"
        "runpy.run_path('tasks.py', run_name='__main__')"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", start, "serve", "--port", "0"],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = ""
    while "built in" not in said:
        said += command.stdout.readline()
    os.kill(command.pid, number)
    said += command.communicate(timeout=10)[
        0
    ]  # which waits for every process that holds the pipe
    assert "Traceback" not in said
