"""The file that a server block of nginx includes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitebuild.host.rules import Rule, Site

NAME = "_nginx.conf"
_HEAD = (
    "# Made by the build. In a server block with its own listen, server_name and root: "
    "include /path/_nginx.conf;",
    "charset utf-8;",
    "charset_types text/xml text/plain text/css application/javascript "
    "application/json image/svg+xml;",
    "server_tokens off;",
    "absolute_redirect off;",
    "index index.html;",
    "error_page 403 404 =404 /404.html;",  # 403 is a folder without a page
    "brotli_static on;",
    "gzip_static on;",
    "gzip_vary on;",
    "location ~ ^/_ { return 404; }",
)


def quote(value: str) -> str:
    """Return a value in quotation marks, as nginx and Caddy read it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def write(site: Site) -> str:
    """Return the file; each location has all headers, as it inherits none."""
    lines = [*_HEAD]
    for rule in site.rules:
        lines += _rule(rule)
    lines += [f"location = {old} {{ return 301 {new}; }}" for old, new in site.moves()]
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> list[str]:
    if rule.path == "*":
        return [*_headers(rule.full)]
    where = f"= /{rule.path}"
    if rule.path.endswith("*"):
        where = f"/{rule.path[:-1]}"
    inner = [f"  {line}" for line in _headers(rule.full)]
    return [f"location {where} {{", *inner, "}"]


def _headers(values: Mapping[str, str]) -> Iterator[str]:
    # A response has one Content-Type, which nginx takes from its own table.
    if "Content-Type" in values:
        yield "types {}"
        yield f"default_type {values['Content-Type']};"
    for name, value in values.items():
        if name != "Content-Type":
            yield f"add_header {name} {quote(value)} always;"
