"""The editor's server: a real process on real files, seen by a real browser."""

from __future__ import annotations

import http.client
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
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Condition, Thread

import pytest
from conftest import ROOT, Project, copy_project
from playwright.sync_api import Browser, Page, expect

ARTICLE = "content/articles/weekly-massages.md"
ADDRESS = "/articles/weekly-massages/"
OLD, NEW = "all over the world", "on every continent there is"
START = "import sys; from pathlib import Path; from sitebuild.preview import serve; serve(Path('pelicanconf.py'), {})"


class Live:
    """A preview of a project in a process of its own, and the lines that it prints."""

    def __init__(self, project: Project, arguments: str = "port=0") -> None:
        self.project = project
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", START.format(arguments)],
            cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._news = Condition()
        Thread(target=self._listen, daemon=True).start()
        self.url = re.search(r"http://\S+", self.wait("serving "))[0]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def _listen(self) -> None:
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()

    def wait(self, text: str, first: int = 0, seconds: float = 30) -> str:
        """The first line from number `first` on that holds a text, once it is printed."""
        with self._news:
            found = self._news.wait_for(lambda: next((li for li in self.lines[first:] if text in li), ""), seconds)
            assert found, f"{text!r} was not printed but {self.lines[first:]}"
            return found

    def builds(self) -> int:
        """How many builds have been reported."""
        return sum(bool(re.search(r"built in \d|fault", line)) and line[0] != " " for line in self.lines)

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of one answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as link:
            link.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            reply = link.getresponse()
            return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode()

    def raw(self, data: bytes) -> bytes:
        """What comes back for some bytes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as link:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: link.recv(65536), b""))

    def close(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def whole_project(folder: Path) -> Project:
    """A copy of the project with the code copied too, so that it can be edited."""
    project = copy_project(folder)
    (folder / "sitebuild").unlink()
    shutil.copytree(ROOT / "sitebuild", folder / "sitebuild")
    return project


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Starts previews of one project; they end with the test."""
    project = whole_project(tmp_path / "project")
    with ExitStack() as stack:

        def start(arguments: str = "port=0") -> Live:
            preview = Live(project, arguments)
            stack.callback(preview.close)
            return preview

        yield start


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One preview whose sources no test changes."""
    preview = Live(whole_project(tmp_path_factory.mktemp("steady") / "project"))
    preview.wait("built in")
    yield preview
    preview.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A browser tab that fails the test when a script fails or breaches the policy of its page."""
    page = chromium.new_page(viewport={"width": 1000, "height": 700})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    page.close()
    assert not [error for error in errors if "Failed to load resource" not in error]


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
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def clean_build(project: Project) -> dict[str, bytes]:
    """What a new process builds from the sources as they stand."""
    code = "from pathlib import Path; from sitebuild.plugin import build; build(Path('pelicanconf.py').resolve(), OUTPUT_PATH='{}')"
    subprocess.run([sys.executable, "-c", code.format(project.root / "clean")], cwd=project.root, check=True)
    return tree_of(project.root / "clean")


@pytest.mark.parametrize("save", WAYS)
def test_a_request_after_a_save_shows_it(live: Callable[..., Live], save: Callable[[Path, str], None]) -> None:
    """However an editor saves, the first request after the save gets the new text, and the save causes one build."""
    preview = live()
    assert OLD in preview.ask(ADDRESS)[2]
    path = preview.project.root / ARTICLE
    save(path, path.read_text("utf-8").replace(OLD, NEW))
    assert NEW in preview.ask(ADDRESS)[2]
    preview.wait("changed /articles/weekly-massages/: passage common-everywhere: ")


def test_an_edit_comes_to_the_open_page(live: Callable[..., Live], tab: Page) -> None:
    """The browser shows the new text without a reload and scrolls to the passage; opened details stay open."""
    preview = live()
    tab.goto(preview.url + ADDRESS[1:])
    tab.evaluate("window.kept = true")
    tab.locator("details summary").first.click()
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator("#common-everywhere")).to_contain_text(NEW)
    expect(tab.locator("#common-everywhere")).to_be_in_viewport()
    assert tab.evaluate("window.kept")
    assert tab.locator("main details[open]").count() == 1
    note = tab.locator("preview-notes details")
    assert note.get_attribute("open") is None
    note.locator("summary").click()
    expect(note).to_contain_text("passage common-everywhere")


def test_the_page_keeps_its_place_when_the_change_is_elsewhere(live: Callable[..., Live], tab: Page) -> None:
    """A page that does not show the edited passage is left alone; one that moves keeps its scroll position."""
    preview = live()
    tab.goto(preview.url + "glossary/")
    tab.evaluate("scrollTo(0, 300)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    expect(tab.locator("preview-notes details")).to_contain_text("weekly-massages")
    assert tab.evaluate("scrollY") == 300


def test_follow_goes_to_the_edited_page(live: Callable[..., Live], tab: Page) -> None:
    """With follow the browser opens the page that was edited, at the passage."""
    preview = live("port=0, follow=True")
    tab.goto(preview.url)
    preview.project.edit(ARTICLE, (OLD, NEW))
    tab.wait_for_url(f"**{ADDRESS}#common-everywhere")
    expect(tab.locator("#common-everywhere")).to_contain_text(NEW)


def test_a_style_is_swapped_without_a_reload(live: Callable[..., Live], tab: Page) -> None:
    """A changed style takes effect in the open page under the policy of the page, and nothing else of it moves."""
    preview = live()
    template = "theme/templates/base.html"
    preview.project.edit(
        template, lambda text: re.sub(r"(?=</head>)", "<style>h1 {color: rgb(1, 2, 3)}</style>\n", text)
    )
    tab.goto(preview.url)
    tab.evaluate("window.kept = true; scrollTo(0, 50)")
    preview.project.edit(template, ("rgb(1, 2, 3)", "rgb(9, 8, 7)"))
    expect(tab.locator("h1")).to_have_css("color", "rgb(9, 8, 7)")
    assert tab.evaluate("window.kept && scrollY") == 50
    preview.wait("changed /about/: style")


def test_faults_lie_over_the_last_good_page(live: Callable[..., Live], tab: Page) -> None:
    """A slip shows all faults with links to their lines, announced to screen readers; mending takes them away."""
    preview = live("port=0, editor='vscode'")
    tab.goto(preview.url + ADDRESS[1:])
    alert = tab.get_by_role("alert")
    preview.project.edit(ARTICLE, ("topics: tension", "topics: tensoin"))
    expect(alert).to_contain_text('did you mean "tension"?')
    link = alert.get_by_role("link").first
    assert re.fullmatch(rf"vscode://file/.*/{ARTICLE}:\d+", link.get_attribute("href"))
    expect(tab.locator("#common-everywhere")).to_contain_text(OLD)
    assert preview.ask(ADDRESS)[0] == 200
    preview.wait("did you mean")
    preview.project.edit(ARTICLE, ("topics: tensoin", "topics: tension"))
    expect(alert).to_be_empty()


def test_a_page_opened_amid_faults_shows_them(live: Callable[..., Live], tab: Page) -> None:
    """Faults are shown to a page opened later, and before any build was good there is a page that says so."""
    project_file = "content/topics/stress.md"
    preview = live()
    preview.wait("built in")
    preview.project.edit(project_file, ("title:", "titel:"))
    tab.goto(preview.url)
    expect(tab.get_by_role("alert")).to_contain_text("titel")
    shutil.rmtree(preview.project.root / "output")
    preview.close()
    again = live()
    assert again.ask("/")[0] == 503
    tab.goto(again.url)
    expect(tab.get_by_role("alert")).to_contain_text("titel")
    again.project.edit(project_file, ("titel:", "title:"))
    expect(tab.locator("h1")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "old", "new", "sign"),
    [
        ("pelicanconf.py", 'SITENAME = "', 'SITENAME = "Renamed ', "Renamed "),
        ("pelicanconf.py", '"sane_lists"]', '"sane_lists", "nl2br"]', "<br>"),
        ("theme/templates/base.html", "</main>", "<p>template edited</p></main>", "template edited"),
        ("sitebuild/typeset.py", "return str(typogrify(", "return 'code edited' + str(typogrify(", "code edited"),
        ("content/evidence.yaml", "question: Does massage", "question: Does the massage", "Does the massage"),
    ],
)
def test_every_kind_of_source_takes_effect(live: Callable[..., Live], path: str, old: str, new: str, sign: str) -> None:
    """Settings, templates, plugin code and data take effect without a restart."""
    preview = live()
    assert sign not in preview.ask("/evidence/")[2]
    preview.project.edit(path, (old, new))
    assert sign in preview.ask("/evidence/")[2]


def test_broken_code_is_a_fault_and_mends(live: Callable[..., Live]) -> None:
    """An error in settings or plugin code is a fault with its line; the server goes on and does not spin."""
    preview = live()
    preview.wait("built in")
    preview.project.edit("sitebuild/topics.py", ("def derive(", "def derive(("))
    preview.wait("sitebuild/topics.py:")
    preview.project.edit("sitebuild/topics.py", ("def derive((", "def derive("))
    assert preview.ask("/")[0] == 200
    first = len(preview.lines)
    preview.project.edit("sitebuild/topics.py", ("import posixpath", "import os, posixpath\n\nos._exit(3)"))
    preview.wait("the build process ended", first)
    count = preview.builds()
    time.sleep(1.2)  # nothing may happen: two ticks of the watcher
    assert preview.builds() == count
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
    ):
        preview.project.write(f"content/articles/{name}", "litter")
    preview.project.edit("content/topics/stress.md", ("So it is unlikely", "It is unlikely"))
    preview.wait("content/topics/stress.md: built in")
    assert preview.builds() == count + 1


def test_a_folder_switched_whole_is_seen(live: Callable[..., Live]) -> None:
    """Git's way: files and folders renamed, removed and put back all show, and later edits in them too."""
    preview = live()
    preview.wait("built in")
    content, other = preview.project.root / "content", preview.project.root / ".other"
    shutil.copytree(content, other)
    (other / "pages/about.md").write_text(
        (other / "pages/about.md").read_text("utf-8") + "\nA branch of its own.\n", "utf-8"
    )
    content.rename(preview.project.root / ".main")
    other.rename(content)
    assert "A branch of" in preview.ask("/about/")[2]
    preview.project.edit("content/pages/about.md", ("A branch", "A twig"))
    preview.wait("[-branch-] {+twig+}")
    (content / "pages/new.md").write_text(
        (content / "pages/about.md").read_text("utf-8").replace("slug: about", "slug: new"), "utf-8"
    )
    assert preview.ask("/new/")[0] == 200
    (content / "pages/new.md").unlink()
    assert preview.ask("/new/")[0] == 404
    preview.wait("removed /new/")


def test_two_hundred_edits_lose_nothing(live: Callable[..., Live]) -> None:
    """Edits at random moments, faults among them: each later request is whole, and the end equals a clean build."""
    preview, rng = live(), random.Random(4)
    preview.wait("built in")
    root = preview.project.root
    good = {path: path.read_text("utf-8") for path in sorted((root / "content").rglob("*.md"))}
    files = [path for path in good if path.parent.name in ("articles", "topics")]
    breaks = [
        ("\n///\n", "\n"),
        ("slug: ", "slugg: "),
        ("status: published", "status: pub"),
        ("/// ", "/// x | "),
        (":", ""),
    ]
    for number in range(200):
        path = rng.choice(files)
        if rng.random() < 0.25:
            text = good[path].replace(*rng.choice(breaks), 1)
        else:
            text = good[path] = re.sub(r"\b(It|The) (\w+ )?", rf"\1 edit{number} ", good[path], count=1)
        rng.choice(WAYS)(path, text)
        if rng.random() < 0.3:
            assert preview.ask(rng.choice(["/", ADDRESS, "/topics/stress/"]))[2].rstrip().endswith("</html>")
        time.sleep(rng.random() * 0.06)
    for path, text in good.items():
        rng.choice(WAYS)(path, text)
    first = len(preview.lines)
    served = preview.ask("/topics/stress/")[2]
    preview.wait("search index", first)
    output = tree_of(root / "output")
    assert output == clean_build(preview.project)
    assert re.sub(r"<script src=\"/__preview.*?</script>", "", served) == output["topics/stress/index.html"].decode()


def test_killed_at_any_moment_and_started_again(live: Callable[..., Live]) -> None:
    """Killing the server or its build process loses nothing: the output stays whole and the next start is right."""
    rng = random.Random(8)
    preview = live()
    for number in range(6):
        preview.ask("/")
        before = (preview.project.root / ARTICLE).read_text("utf-8")
        save_by_rename(preview.project.root / ARTICLE, re.sub(r"Low back pain\w*", f"Low back pain{number}", before))
        time.sleep(rng.random() * 0.1)
        child = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(preview.process.pid)], capture_output=True, text=True, check=False
        )
        victim = preview.process.pid if number % 2 else int((child.stdout.split() or [preview.process.pid])[0])
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
    assert (status, body, headers["content-type"]) == (200, "", "text/html; charset=utf-8")
    assert headers["cache-control"] == "no-store"
    assert steady.ask("/about/", If_None_Match=headers["etag"])[0] == 304
    assert steady.ask("/about/", If_None_Match='"other"')[0] == 200
    assert steady.ask("/about/", "POST")[:2][1]["allow"] == "GET, HEAD"


def test_redirects_lead_on_as_on_a_host(live: Callable[..., Live]) -> None:
    """An address in redirects.txt answers 301 as soon as the line is saved."""
    preview = live()
    assert preview.ask("/former/")[0] == 404
    preview.project.edit("content/redirects.txt", lambda text: f"{text}\n/former/ /about/\n")
    status, headers, _ = preview.ask("/former/")
    assert (status, headers["location"]) == (301, "/about/")


def test_the_policy_of_production_holds(steady: Live) -> None:
    """Pages carry the production policy; a script runs from this host only."""
    policy = steady.ask("/")[1]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "__preview" not in "".join(p.read_text("utf-8") for p in (steady.project.root / "output").rglob("*.html"))


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:1", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421), ("[", 421)],
)  # fmt: skip
def test_only_loopback_names_are_answered(steady: Live, host: str, status: int) -> None:
    """A foreign Host header is refused (DNS rebinding)."""
    assert steady.ask("/", Host=host)[0] == status
    assert steady.raw(b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(
    "path",
    ["/../pelicanconf.py", "/%2e%2e/pelicanconf.py", "/..%2fpelicanconf.py", "//etc/passwd", "/articles/../../pelicanconf.py",
     "/link.txt", "/%00", "/.output/", "/about/../../../etc/passwd", "/..\\pelicanconf.py"],
)  # fmt: skip
def test_nothing_outside_the_site_is_served(live: Callable[..., Live], steady: Live, path: str) -> None:
    """Dots, encodings and symbolic links lead nowhere."""
    link = steady.project.root / "output/link.txt"
    link.unlink(missing_ok=True)
    link.symlink_to("/etc/passwd")
    assert steady.ask(path)[0] == 404


def test_malformed_requests_and_a_thousand_connections_are_survived(steady: Live) -> None:
    """Rubbish is refused or dropped, idle connections hold nothing up, and the next request is answered."""
    rng = random.Random(2)
    for data in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", b"G" * 70000, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
                 b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 *(rng.randbytes(300) for _ in range(20))):  # fmt: skip
        answer = steady.raw(data)
        assert answer.count(b"HTTP/1.1 ") < 2
        assert not answer.startswith(b"HTTP/1.1 5") or b" 505 " in answer.split(b"\r\n")[0]
    with ExitStack() as stack:
        for number in range(1000):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", steady.port), 30))
            link.sendall((b"", b"GET / HT", b"GET /__events HTTP/1.1\r\nHost: localhost\r\n\r\n")[number % 3])
        assert steady.ask("/")[0] == 200
    assert steady.ask("/")[0] == 200
