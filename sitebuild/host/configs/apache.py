"""The `.htaccess` of a site on Apache 2.4, which reads it without being asked.

It needs no override but FileInfo, mod_rewrite and mod_headers, as shared hosts allow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sitebuild.host.configs.nginx import quote
from sitebuild.host.files import COMPRESSED
from sitebuild.host.rules import Rule, Site

NAME = ".htaccess"
_CODINGS = dict(zip(COMPRESSED, ("br", "gzip"), strict=True))
_COPY = f"({'|'.join(map(re.escape, COMPRESSED))})?"
_HEAD = (
    "# Made by the build. Apache reads it by itself where AllowOverride is All.",
    "ErrorDocument 404 /404.html",
    "AddCharset utf-8 .html .xml .txt .css .js .json .svg",
    "AddType text/html .html",
    "AddType image/svg+xml .svg",
    "RemoveType .br .gz",
    "AddEncoding br .br",
    "AddEncoding gzip .gz",
    "RewriteEngine On",
    "RewriteRule ^_ - [R=404,L]",
    # A folder without a page is not found, and not listed.
    "RewriteCond %{REQUEST_FILENAME} -d",
    "RewriteCond %{REQUEST_FILENAME}/index.html !-f",
    "RewriteRule ^ - [R=404,L]",
)


def write(site: Site) -> str:
    """Return the file."""
    lines = [*_HEAD]
    for old, new in site.redirects.items():
        lines.append(f"RewriteRule ^{_pattern(old)}$ {new} [R=301,NE,L]")
    lines += _copies()
    for rule in site.rules:
        lines += _rule(rule)
    return "\n".join(lines) + "\n"


def _pattern(old: str) -> str:
    """An address without its first slash, as a pattern that takes both its forms."""
    path = re.escape(old.removeprefix("/"))
    return f"{path}?" if path.endswith("/") else path


def _copies() -> Iterator[str]:
    """Send the compressed copy to whoever takes it, where there is one."""
    for suffix, coding in _CODINGS.items():
        yield f"RewriteCond %{{HTTP:Accept-Encoding}} \\b{coding}\\b"
        yield f"RewriteCond %{{REQUEST_FILENAME}}{suffix} -f"
        yield f"RewriteRule ^(.+)$ $1{suffix} [E=no-gzip:1,E=no-brotli:1,L]"
    yield 'Header always merge Vary "Accept-Encoding"'


def _rule(rule: Rule) -> list[str]:
    if rule.path == "*":
        return [*_headers(rule.added)]
    inner = [f"  {line}" for line in _headers(rule.added)]
    return [f'<If "%{{REQUEST_URI}} =~ m#^/{_where(rule.path)}#">', *inner, "</If>"]


def _where(path: str) -> str:
    if path.endswith("*"):
        return re.escape(path.removesuffix("*"))
    name = re.escape(path) + _COPY
    folder, _, file = path.rpartition("/")
    if file == "index.html":  # asked for as the folder
        beginning = re.escape(f"{folder}/" if folder else "")
        return f"{beginning}(index\\.html{_COPY})?$"
    return f"{name}$"


def _headers(values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if name == "Content-Type":
            yield f"ForceType {value}"
        else:
            yield f"Header always set {name} {quote(value)}"
