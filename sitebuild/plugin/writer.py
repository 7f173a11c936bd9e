"""Pelican's writer and templates, as this site needs them.

A page is rendered again only where its template sees something else, and two writers of
one file are a fault.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pelican.contents import Content
from pelican.urlwrappers import URLWrapper
from pelican.writers import Writer

from sitebuild.build import Build

# What a Pelican object holds that no page shows of itself.
_UNSEEN = ("settings", "_context", "document", "_get_content")
# What Pelican says to its writer alone.
_NOT_SEEN = ("relative_urls", "paginated", "template_name", "override_output", "url")
# Types whose equal values templates show alike.
_PLAIN = (str, tuple, type(None))


class SiteTemplate:
    """A template of the site's own theme: it renders again only what it must.

    Where it sees what it saw in the build before, the page has the same text.
    """

    def __init__(self, build: Build, name: str) -> None:
        """Take a template by its file name."""
        self._build = build
        self.name = name

    def render(self, context: Mapping[str, Any]) -> str:
        """Return the page; a template that fails is a fault, and the page is empty."""
        build = self._build
        path = context.get("output_file", self.name)
        make = partial(build.templates.render, self.name, context)
        try:
            seen = self._seen(context) if build.memory.lasts else None
            if seen is None:
                return make()
            return build.memory.take(("page", path, self.name), seen, make)
        except Exception as error:  # whatever a template may raise
            build.templates.report_failure(path, error, build.name, build.report)
            return ""

    def _seen(self, context: Mapping[str, Any]) -> object:
        """Return all that the template sees; None where builds cannot compare it."""
        asked = self._build.templates.asked(self.name)
        if asked is None:
            return None
        values = {it: _value(context[it]) for it in asked if it in context}
        return self._build.templates, values


def _value(value: Any, *, is_inner: bool = False) -> Any:
    """Return what a template can see of a value, so that two builds can compare it.

    An object without an equality of its own, such as another page, is equal to itself
    alone, so what shows it is rendered again.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, list):
        return [_value(it, is_inner=True) for it in value]
    if isinstance(value, dict):
        return {name: _value(it, is_inner=True) for name, it in value.items()}
    if isinstance(value, URLWrapper):
        return (kind, value.name, value.slug)
    if isinstance(value, Content) and not is_inner:
        seen = {name: it for name, it in vars(value).items() if name not in _UNSEEN}
        return _value(seen)
    return kind, value


class SiteWriter(Writer):
    """Pelican's writer, but that two writers of one file are a fault."""

    _build: Build
    _by = ""

    def write_file(
        self,
        name: str,
        template: Any,
        context: Mapping[str, Any],
        *given: Any,
        **named: Any,
    ) -> None:
        """Write what a template makes; where nobody looks for it, keep it instead."""
        self._build = build = context["BUILD"]
        content = named.get("article") or named.get("page")
        self._by = f"the template {template.name}"
        if isinstance(content, Content):
            self._by = build.name(Path(content.source_path))
        is_special = named.get("relative_urls") or named.get("paginated")
        if not (name and build.keeps_pages) or is_special:
            super().write_file(name, template, context, *given, **named)
            return
        seen = {key: it for key, it in named.items() if key not in _NOT_SEEN}
        text = template.render({**context, "output_file": name, **seen})
        if build.claim(name, self._by):
            build.files[name] = text.encode()

    def write_feed(
        self, elements: Any, context: Mapping[str, Any], *given: Any, **named: Any
    ) -> Any:
        """Write a feed as Pelican makes them."""
        self._build = context["BUILD"]
        self._by = "a feed of Pelican's"
        return super().write_feed(elements, context, *given, **named)

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        """Open a file to be written, as Pelican's writer asks for every file."""
        name = Path(filename).relative_to(self.output_path).as_posix()
        if self._build.claim(name, self._by):
            return super()._open_w(filename, encoding, override=override)
        return Path(os.devnull).open("w", encoding=encoding)
