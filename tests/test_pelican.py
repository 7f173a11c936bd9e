"""What the plugin leans on in Pelican: an upgrade that takes it away fails here first."""

from __future__ import annotations

import inspect
from importlib.metadata import version
from pathlib import Path

import pelican
import pytest
from bread import bake
from pelican import Pelican, generators, readers, signals, utils, writers
from pelican.contents import Content
from pelican.log import console
from pelican.settings import read_settings

from sitebuild.plugin import SiteWriter, SourceReader

# Read the release notes, run the tests, then write the new version here.
TRIED = "4.12.0"


def parameters(function: object) -> list[str]:
    """The names of the parameters of a function."""
    return list(inspect.signature(function).parameters)


def test_the_version_is_one_that_was_tried() -> None:
    """The plugin works by Pelican's order of steps, which only a trial can vouch for."""
    assert version("pelican") == pelican.__version__ == TRIED


@pytest.mark.parametrize(
    "name",
    [
        "readers_init",
        "generator_init",
        "get_generators",
        "static_generator_finalized",
        "get_writer",
        "finalized",
    ],
)
def test_signals_are_there(name: str) -> None:
    """Every signal that the plugin connects to exists."""
    assert hasattr(signals, name)


@pytest.mark.parametrize(
    "name", ["period_archives", "tags", "categories", "authors", "drafts"]
)
def test_archives_are_made_by_one_method_each(name: str) -> None:
    """ArticlesGenerator writes its archives by methods that can be replaced."""
    made = parameters(getattr(generators.ArticlesGenerator, f"generate_{name}"))
    assert made == ["self", "write"]


def test_hooks_of_the_cache_are_there() -> None:
    """Articles and pages are asked for by get_cached_data and kept by cache_data."""
    for generator in (generators.ArticlesGenerator, generators.PagesGenerator):
        assert parameters(generator.get_cached_data) == [
            "self",
            "filename",
            "default",
        ]
        assert parameters(generator.cache_data) == ["self", "filename", "data"]
        source = inspect.getsource(generator.generate_context)
        assert "self.get_cached_data(f, None)" in source
        assert "self.cache_data(f, " in source


def test_templates_are_asked_for_by_name() -> None:
    """Generators get a template by get_template(name) and hand it to write_file."""
    assert parameters(generators.Generator.get_template) == ["self", "name"]
    pinned = parameters(writers.Writer.write_file)[:4]
    assert pinned == ["self", "name", "template", "context"]


def test_a_run_goes_in_the_order_that_the_plugin_needs() -> None:
    """Generators, then what they read, then the writer, then `finalized`."""
    source = inspect.getsource(Pelican.run)
    steps = (
        "self._get_generator_classes()",
        "p.generate_context()",
        "self._get_writer()",
        "p.generate_output(writer)",
        "signals.finalized.send(self)",
    )
    places = [source.index(step) for step in steps]
    assert places == sorted(places)


def test_readers_are_chosen_by_extension() -> None:
    """Readers takes its classes from reader_classes after readers_init."""
    source = inspect.getsource(readers.Readers.__init__)
    assert source.index("signals.readers_init.send(self)") < source.rindex(
        "self.reader_classes"
    )
    assert issubclass(SourceReader, readers.BaseReader)
    assert issubclass(SiteWriter, writers.Writer)


def test_small_names_are_there() -> None:
    """The console can be quiet, dates are combined, metadata become attributes."""
    assert isinstance(console.quiet, bool)
    assert hasattr(utils.SafeDatetime, "combine")
    assert "setattr(self, key.lower(), value)" in inspect.getsource(Content.__init__)


def test_pelicans_own_command_builds_the_site(tmp_path: Path) -> None:
    """`pelican` alone, without the function that the tasks call, makes the whole site."""
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    settings = read_settings(str(project.root / "pelicanconf.py"))
    one = Pelican(settings)
    one.run()
    assert "wild yeast" in project.page("/topics/rising/")
    project.edit("content/articles/sour.md", ("wild yeast", "tame yeast"))
    one.run()  # as `pelican -r` does
    assert "tame yeast" in project.page("/topics/rising/")
