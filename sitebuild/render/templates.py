"""The theme's templates: compiled once, checked before anything is written, their failures traced to a line."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from sitebuild.build import Build
from sitebuild.model import SourceLine
from sitebuild.read.markdown import Typesetter
from sitebuild.render import feeds, figures, machines
from sitebuild.render.css import read_style


@cache
def environment(templates: Path, setter: Typesetter) -> jinja2.Environment:
    """The templates of a theme, compiled once; Jinja compiles again what was edited."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates, "utf-8-sig"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["absolute"] = feeds.absolute
    env.filters["day"] = figures.day
    env.globals["figures"] = figures
    env.filters["typeset"] = lambda text: Markup(setter.line(str(text)))
    return env


def check(
    wanted: Iterable[tuple[str, SourceLine]], env: jinja2.Environment, build: Build
) -> None:
    """Compile the templates that are wanted, each given with the place that asks for it; faults go to the report."""
    for name, asked in wanted:
        try:
            env.get_template(name)
            if asked.line > 1 and "{% extends" not in Path(
                env.get_template(name).filename or ""
            ).read_text("utf-8"):
                found = f'the template "{name}" is a part of others'
                build.report.add(
                    asked,
                    found,
                    "a page names a template that extends another",
                    "name one of those",
                )
        except jinja2.TemplateNotFound as error:
            found = f'there is no template "{error.name}"'
            allowed = f"the theme has {', '.join(name for name in env.list_templates() if name.endswith('.html'))}"
            build.report.add(asked, found, allowed, "name one of these or add it")
        except jinja2.TemplateSyntaxError as error:
            place = place_of(error, build)
            build.report.add(
                place,
                str(error.message),
                "templates are written in Jinja",
                "mend the line",
            )


def place_of(error: Exception, build: Build) -> SourceLine:
    """The innermost template line of a failure: Jinja rewrites tracebacks to name template files."""
    place = SourceLine(build.name(build.settings["THEME"]), 1)
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        return SourceLine(build.name(error.filename), error.lineno)
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith(
            (".html", ".xml", ".txt", ".json")
        ):
            place = SourceLine(
                build.name(trace.tb_frame.f_code.co_filename), trace.tb_lineno
            )
        trace = trace.tb_next
    return place


def theme_context(theme: Path) -> dict[str, Any]:
    """What the theme gives to every page beside its templates, and the stamp by which an edit of those is noticed."""
    files = sorted((theme / "templates").iterdir())
    return {
        "theme_stamp": [
            (path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files
        ],
        "SEARCH_SCRIPT": f"/{machines.script(theme)[0]}",
        "STYLE": Markup(read_style(theme / "css")),
        "MARK": Markup((theme / "mark.svg").read_text("utf-8")),
    }
