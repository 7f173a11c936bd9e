"""A build is left out only where it would make what already stands there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bread import bake
from projects import ROOT, SITEURL, Project

from sitebuild.plugin import build
from sitebuild.publish import publish
from sitebuild.unchanged import Watch

ARTICLE = "content/articles/sour.md"


def make(project: Project) -> None:
    """Build a project as the task does."""
    watch = Watch(project.root / "pelicanconf.py")
    watch.keep(build(project.root / "pelicanconf.py"))


def is_current(project: Project, settings: str = "pelicanconf.py") -> bool:
    """Return whether a build would be left out."""
    return Watch(project.root / settings).is_current()


def is_current_in_a_new_process(project: Project) -> bool:
    """Return the same as a process sees it that begins now."""
    code = "from sitebuild.unchanged import Watch; from pathlib import Path; import sys"
    code += "; sys.exit(not Watch(Path('pelicanconf.py').resolve()).is_current())"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=project.root, check=False).returncode == 0


@pytest.fixture
def made(tmp_path: Path) -> Project:
    """The site on bread, built."""
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    make(project)
    return project


def test_nothing_changed(made: Project) -> None:
    """After a build there is nothing to do, in this process and in the next."""
    assert is_current(made)
    assert is_current_in_a_new_process(made)


def test_a_site_that_was_never_built_is_not_there(tmp_path: Path) -> None:
    """Without a build before there is something to do."""
    assert not is_current(bake(tmp_path / "project"))


def edit(path: str, old: str, new: str) -> Callable[[Project], None]:
    """Return what replaces a text in a file."""
    return lambda project: project.edit(path, (old, new))


def link_in_output(project: Project) -> None:
    """Put a link beside the pages."""
    (project.output / "more.html").symlink_to(project.root / "pelicanconf.py")


def linked_source(project: Project) -> None:
    """Put a link at the place of a source, to the same bytes."""
    article = project.root / ARTICLE
    article.rename(project.root / "elsewhere.md")
    article.symlink_to(project.root / "elsewhere.md")


def no_record(project: Project) -> None:
    """Remove what says that a build made the output."""
    (project.output / ".site-build").unlink()


CHANGES: dict[str, Callable[[Project], None]] = {
    "a source": edit(ARTICLE, "wild", "tame"),
    "a new source": lambda it: it.write("content/pages/new.md", "title: New"),
    "a source that is gone": lambda it: (it.root / ARTICLE).unlink(),
    "a source of another name": lambda it: (it.root / ARTICLE).rename(it.root / "content/articles/x.md"),
    "a source that is a link": linked_source,
    "a data file": edit("content/evidence.yaml", "slowly", "surely"),
    "an image": lambda it: it.write("content/images/x.png", "x"),
    "the record of addresses": edit("content/addresses.txt", "", "/about/\n"),
    "a template": edit("theme/templates/page.html", "<h1>", "<h1 dir=ltr>"),
    "a style sheet": edit("theme/css/base.css", "}", "color:red}"),
    "a setting": edit("pelicanconf.py", 'OWNER = ""', 'OWNER = "Bea"'),
    "a value of another type": edit("pelicanconf.py", 'OWNER = ""', "OWNER = ()"),
    "a value that marks itself": edit("pelicanconf.py", 'OWNER = ""', 'from markupsafe import Markup\nOWNER = Markup("")'),
    "a plugin": edit("pelicanconf.py", 'PLUGINS = ["sitebuild.plugin"]', 'PLUGINS = ["sitebuild.plugin", "os"]'),
    "settings that fail": edit("pelicanconf.py", 'OWNER = ""', "OWNER = 1 / 0"),
    "a page that was altered": edit("output/index.html", "<", "< "),
    "a page that is gone": lambda it: (it.output / "index.html").unlink(),
    "a file more": lambda it: it.write("output/more.html", ""),
    "a folder more": lambda it: (it.output / "more").mkdir(),
    "a page of another name": lambda it: (it.output / "index.html").rename(it.output / "start.html"),
    "a page in another folder": lambda it: (it.output / "404.html").rename(it.output / "about/404.html"),
    "a link more": link_in_output,
    "an output without its record": no_record,
    "a cache that is gone": lambda it: (it.root / ".cache/builds.sqlite").unlink(),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed(made: Project, change: Callable[[Project], None]) -> None:
    """Whatever a build reads or writes: where it differs, the build is done."""
    change(made)
    assert not is_current(made)


@pytest.mark.parametrize("path", ["content/articles/.sour.md.swp", ".cache/note", "x"])
def test_what_no_build_reads_is_no_change(made: Project, path: str) -> None:
    """What editors leave, and files beside the sources, are not the site's."""
    made.write(path, "x")
    assert is_current(made)


def test_a_record_that_git_knows_is_noticed(made: Project) -> None:
    """Without a record of addresses, whether there was one decides what is a fault."""
    record = made.root / "content/addresses.txt"
    text = record.read_text("utf-8")
    record.unlink()
    make(made)
    assert is_current(made)
    record.write_text(text)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "content"], ["commit", "-qm", "The site"]):
        subprocess.run(["git", *who, *words], cwd=made.root, check=True)
    record.unlink()
    assert not is_current(made)


def test_a_public_site_without_a_record_is_built(made: Project) -> None:
    """The first build may lack the record of addresses; for the second it is lost."""
    made.edit("pelicanconf.py", lambda text: f"{text}\nHOSTING = True\n")
    made.edit("pelicanconf.py", lambda text: f"{text}\nSITEURL = '{SITEURL}'\n")
    (made.root / "content/addresses.txt").unlink()
    shutil.rmtree(made.output)
    make(made)
    assert not is_current(made)
    assert "the record" in made.faults()[0]


def test_a_setting_from_the_environment_is_noticed(
    made: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The values of settings count, wherever the file takes them from."""
    settings = made.root / "publishconf.py"
    monkeypatch.setenv("SITEURL", SITEURL)
    for _ in range(2):  # the first one adds to the record of addresses
        publish(settings, Watch(settings))
    assert is_current(made, "publishconf.py")
    monkeypatch.setenv("SITEURL", "https://other.example")
    assert not is_current(made, "publishconf.py")
    monkeypatch.setenv("SITEURL", SITEURL)
    monkeypatch.setenv("NOINDEX", "1")
    assert not is_current(made, "publishconf.py")


def test_an_edit_while_a_build_runs_is_built_later(made: Project) -> None:
    """Nobody knows which of two texts a build read that an edit met."""
    settings = made.root / "pelicanconf.py"
    watch = Watch(settings)
    made.edit(ARTICLE, ("wild", "tame"))
    watch.keep(build(settings))
    made.edit(ARTICLE, ("tame", "wild"))
    assert is_current(made) is False
    assert "tame" in made.page("/articles/sour/")


EXTENSION = """
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Own(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Nothing(md), "nothing", 1)

class Nothing(Preprocessor):
    def run(self, lines):
        return lines

def makeExtension(**options):
    return Own(**options)
"""

TAKING = """
from markdown.extensions import Extension

class Own(Extension):
    def extendMarkdown(self, md):
        md.inlinePatterns.deregister("autolink")

def makeExtension(**options):
    return Own(**options)
"""


@pytest.mark.parametrize(
    ("name", "code"), [("own_extension", EXTENSION), ("taking_extension", TAKING)]
)
def test_an_extension_of_ones_own_is_always_built(
    made: Project, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    """Its code may change, and no digest has it; so too if it only takes out."""
    monkeypatch.syspath_prepend(made.root)
    made.write(f"{name}.py", code)
    made.edit("pelicanconf.py", ('["extra",', f'["extra", "{name}",'))
    make(made)
    assert not is_current(made)


def test_a_folder_that_became_a_link_is_noticed(made: Project) -> None:
    """A link out of the sources is a fault, also one to a folder of equal files."""
    made.write("content/images/more/x.svg", DRAWING)
    make(made)
    assert is_current(made)
    folder = made.root / "content/images/more"
    folder.rename(made.root / "more")
    folder.symlink_to(made.root / "more")
    assert not is_current(made)


def test_folders_are_those_that_pelican_finds(
    made: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PATH, THEME and OUTPUT_PATH may be relative: to the settings, from any folder."""
    relative = "PATH, THEME, OUTPUT_PATH = 'content', 'theme', 'output'"
    made.edit("pelicanconf.py", lambda text: f"{text}\n{relative}\n")
    monkeypatch.chdir("/")
    make(made)
    assert is_current(made)
    made.edit(ARTICLE, ("wild", "tame"))
    assert not is_current(made)


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def test_the_tasks_leave_a_build_out(tmp_path: Path) -> None:
    """`build` and `publish` say so, and import nothing that builds."""
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    (project.root / "tasks.py").write_text((ROOT / "tasks.py").read_text("utf-8"))
    assert "added" in run(project.root, "publish")
    run(project.root, "publish")  # the first one added to the record of addresses
    assert run(project.root, "build").startswith("Built")
    assert run(project.root, "build").startswith("Nothing changed")
    assert run(project.root, "publish") == "nothing changed\n"
    assert "| pelican\n" not in run(project.root, "build", "-X", "importtime")


def run(root: Path, task: str, *options: str) -> str:
    """Run a task in a project; return all that it says."""
    done = subprocess.run(
        [sys.executable, *options, "-m", "invoke", task],
        cwd=root,
        env={"SITEURL": SITEURL, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout
