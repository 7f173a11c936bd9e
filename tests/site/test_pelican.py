"""What the plugin leans on in Pelican: an upgrade that takes it away fails here first."""

from __future__ import annotations

import inspect
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from queue import Empty, Queue
from threading import Thread
from urllib.request import urlopen

import pelican
import pytest
import warm
from helpers import RECORD, document, words
from pelican import Pelican, readers, writers
from pelican.contents import Content
from pelican.log import LimitFilter, console
from projects import Project
from tools import free_port

# Read the release notes, run the tests, then write the new version here.
TRIED = "4.12.0"


def parameters(function: object) -> list[str]:
    """The names of the parameters of a function."""
    return list(inspect.signature(function).parameters)


def test_the_version_is_one_that_was_tried() -> None:
    """The plugin works by Pelican's order of steps, which only a trial can vouch for."""
    assert version("pelican") == pelican.__version__ == TRIED


def test_names_that_pelican_does_not_document_are_there() -> None:
    """What the plugin uses of Pelican's insides, all of it.

    A writer opens every file by _open_w; an object asks for its text by _get_content;
    the address of an object is kept as override_url; the folder of a run is output_path;
    an image without a text is named by find_empty_alt. The console can be quiet, and
    metadata become attributes; a filter keeps a logger from giving a warning twice.
    """
    opened = ["self", "filename", "encoding", "override"]
    assert parameters(writers.Writer._open_w) == opened
    for write in (writers.Writer.write_file, writers.Writer.write_feed):
        assert "self._open_w(" in inspect.getsource(write)
    assert "self._get_content()" in inspect.getsource(Content)
    assert '"override_" + key' in inspect.getsource(Content.get_url_setting)
    assert "output_path=self.output_path" in inspect.getsource(Pelican.run)
    assert readers.find_empty_alt.__name__ == "find_empty_alt"
    assert isinstance(console.quiet, bool)
    assert "setattr(self, key.lower(), value)" in inspect.getsource(Content.__init__)
    assert isinstance(logging.getLogger("pelican.new").filters[0], LimitFilter)


PLUGIN = """
import logging
from pelican import signals

def warn(generators):
    logging.getLogger("pelican.plugins.mine").warning("a small matter")

def lose(generators):
    logging.getLogger("pelican.plugins.mine").error("a file is left out")

def write(generator, writer):
    template = generator.get_template("page")
    page = generator.context["pages"][0]
    writer.write_file("articles/sour/index.html", template, generator.context, page=page)

def stamp(path, context):
    with open(path, "a") as file:
        file.write("<!-- stamped -->")

def register():
    {}
"""


def add_plugin(project: Project, connect: str) -> None:
    """Give a project a plugin of its own that does one thing."""
    project.write("mine.py", PLUGIN.format(connect))
    project.edit(
        "pelicanconf.py", ('["sitebuild.plugin"]', '["sitebuild.plugin", "mine"]')
    )


PELICAN = [sys.executable, "-m", "pelican"]
ARTICLE = "content/articles/sour.md"
SLIP = ("topics: rising", "topics: risng")
TRIES = 1200  # of a tenth of a second each, or a line


def run(project: Project, *arguments: str) -> warm.Done:
    """Run Pelican's own command in a project until it ends."""
    return warm.run("pelican", *arguments, cwd=project.root, apart=True)


class Running:
    """Pelican's own command while it runs, and the lines that it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: Queue[str] = Queue()
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line)

    def wait_for(self, text: str, project: Project) -> None:
        """Wait for a line with a text, saving the article until it is noticed."""
        for _ in range(TRIES):
            assert self.process.poll() is None
            try:
                if text in self.lines.get(timeout=0.1):
                    return
            except Empty:
                project.edit(ARTICLE, lambda before: before)
        raise AssertionError(f"no line with {text!r}")


@contextmanager
def running(project: Project, *arguments: str) -> Iterator[Running]:
    """Run Pelican's own command in a project for as long as a test needs it."""
    process = subprocess.Popen(
        [*PELICAN, *arguments],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        pelican = Running(process)
        try:
            yield pelican
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            pelican.reader.join()


def test_pelican_in_a_terminal_builds_the_site(bread: Project) -> None:
    """The command `pelican` makes the site, and needs no option."""
    done = run(bread)
    assert (done.returncode, done.stderr) == (0, "")
    assert "wild yeast" in bread.page("/topics/rising/")


def test_a_fault_ends_a_single_build_with_one(bread: Project) -> None:
    """The fault is printed once, without a traceback, and nothing else is."""
    bread.edit(ARTICLE, SLIP)
    done = run(bread)
    assert done.returncode == 1
    assert done.stderr.count("risng") == 1
    assert "did you mean" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "CRITICAL" not in done.stdout + done.stderr
    assert not bread.output.exists()


def test_a_folder_that_no_build_made_is_deleted_by_hand(bread: Project) -> None:
    """An output without a record is refused, once deleted it is made; a fault deletes none."""
    assert run(bread).returncode == 0
    (bread.output / RECORD).unlink()
    done = run(bread)
    assert done.returncode == 1
    assert "move output away, or delete it" in done.stderr
    shutil.rmtree(bread.output)
    assert run(bread).returncode == 0
    bread.edit(ARTICLE, SLIP)
    assert run(bread, "--delete-output-directory").returncode == 1
    assert "wild yeast" in bread.page("/topics/rising/")


def test_a_fault_does_not_end_autoreload(bread: Project) -> None:
    """The run with a fault says it, waits for an edit and builds again; the site is served."""
    port = str(free_port())
    bread.edit(ARTICLE, SLIP)
    with running(bread, "-l", "-r", "-p", port) as pelican:
        pelican.wait_for("risng", bread)
        bread.edit(ARTICLE, SLIP[::-1])
        pelican.wait_for("Done: Processed", bread)
        assert "wild yeast" in bread.page("/topics/rising/")
        bread.edit(ARTICLE, SLIP)
        pelican.wait_for("risng", bread)
        address = f"http://127.0.0.1:{port}/topics/rising/"
        with urlopen(address, timeout=60) as answer:
            assert b"wild yeast" in answer.read()


@pytest.mark.parametrize("name", ["404.html", ".git/HEAD", "thesis.txt"])
@pytest.mark.parametrize("options", [[], ["--delete-output-directory"]])
def test_a_folder_named_on_the_command_line_is_safe(
    bread: Project, name: str, options: list[str]
) -> None:
    """`pelican content -o DIR` leaves a folder alone that no build made."""
    bread.write(f"mine/{name}", "ten years of work")
    done = run(bread, "content", "-s", "pelicanconf.py", "-o", "mine", *options)
    assert done.returncode == 1
    assert "the output folder mine holds" in done.stderr
    assert bread.read(f"mine/{name}") == "ten years of work"


def test_the_project_itself_is_no_output(bread: Project) -> None:
    """`-o .` and `-o content` leave everything as it is."""
    for folder in (".", "content"):
        assert run(bread, "content", "-o", folder).returncode == 1
    assert "wild yeast" in bread.read(ARTICLE)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("TIMEZONE", "Europe/Berln", 'did you mean "Europe/Berlin"?'),
        ("TIMEZONE", "", 'the setting TIMEZONE is "";'),
        ("TIMEZONE", "../x", 'the setting TIMEZONE is "../x";'),
        ("TIMEZONE", "Europe", 'the setting TIMEZONE is "Europe";'),
        ("TIMEZONE", 1, 'the setting TIMEZONE is "1";'),
        ("MARKDOWN", {"extensions": ["extra", "extr"]}, "No module named 'extr'"),
        ("MARKDOWN", {"output_format": "pdf"}, "the setting MARKDOWN does not load"),
        ("MARKDOWN", 1, "the setting MARKDOWN does not load"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    bread: Project, setting: str, value: object, message: str
) -> None:
    """The cause is named at the line of the setting, whatever it breaks later."""
    (fault,) = bread.faults(**{setting: value})
    assert message in fault
    text = bread.read("pelicanconf.py").splitlines()
    number = int(fault.split(":")[1])
    assert text[number - 1].startswith(f"{setting} =")


def test_a_stock_plugin_runs_beside_ours(bread: Project) -> None:
    """A plugin of Pelican's index finds articles as Pelican has them, and a template shows what it gives."""
    older = bread.read(ARTICLE).replace("slug: sour", "slug: rye")
    bread.write("content/articles/rye.md", older.replace("2026-01-02", "2026-01-01"))
    bread.edit(
        "pelicanconf.py",
        ('["sitebuild.plugin"]', '["sitebuild.plugin", "pelican.plugins.neighbors"]'),
    )
    before = "{{ article.prev_article.url if article.prev_article else 'none' }}"
    bread.edit("theme/templates/article.html", ("<h1>", f"<p>Before: {before}</p><h1>"))
    assert run(bread).returncode == 0
    assert "Before: articles/rye/" in bread.page("/articles/sour/")
    assert "Before: none" in bread.page("/articles/rye/")


def test_two_writers_of_one_file_are_a_fault(bread: Project) -> None:
    """A plugin that writes what another page is loses nothing: the fault names both."""
    add_plugin(bread, "signals.page_writer_finalized.connect(write)")
    done = run(bread)
    assert done.returncode == 1
    assert "content/articles/sour.md writes too" in done.stderr
    assert re.search("^content/pages/.* writes articles/sour/index.html", done.stderr)
    assert not bread.output.exists()


def test_a_plugin_may_change_the_pages_that_were_written(bread: Project) -> None:
    """A plugin finds each page in the folder when Pelican says so, and what it makes of it is published."""
    add_plugin(bread, "signals.content_written.connect(stamp)")
    assert run(bread).returncode == 0
    for address in ("/articles/sour/", "/topics/rising/", "/about/"):
        assert bread.page(address).endswith("<!-- stamped -->")


@pytest.mark.parametrize(
    ("does", "code", "said"), [("warn", 0, "a small matter"), ("lose", 1, "left out")]
)
def test_an_error_of_a_plugin_is_a_fault(
    bread: Project, does: str, code: int, said: str
) -> None:
    """What a plugin could not do is missing from the site; a warning is only said."""
    add_plugin(bread, f"signals.all_generators_finalized.connect({does})")
    done = run(bread)
    assert done.returncode == code
    assert said in done.stderr + done.stdout


def test_the_theme_simple_shows_everything(bread: Project) -> None:
    """Pelican's own theme knows nothing of passages; each article and topic is there, with verdicts and cautions."""
    bread.build(THEME="simple")
    article = words(document(bread.page("/articles/sour/")))
    topic = words(document(bread.page("/topics/rising/")))
    for page in (article, topic):
        assert "A starter holds wild yeast." in page
        assert "Supported: A starter raises bread. It does, and slowly." in page
        assert "An oven burns: mind your hands." in page
        assert "Baker, B" in page or "Baker B" in page
    assert "Do I need a packet of yeast?" in topic
    assert "A starter raises bread" in words(document(bread.page("/evidence/")))
