"""Headers as few rules, and rules and redirects in the words of each host: _headers, _redirects, nginx, Caddy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sitebuild.faults import Report
from sitebuild.model import SourceLine

HEADERS, REDIRECTS, NGINX, CADDY = "_headers", "_redirects", "_nginx.conf", "_Caddyfile"
# Cloudflare Pages drops what goes beyond; Netlify names no limits. Rules (or lines) a file, characters a line.
_LIMITS = {HEADERS: (100, 2000), REDIRECTS: (2000, 1000)}


@dataclass(frozen=True)
class Rule:
    """Headers of the file `path`, or of all below it where it ends in `*`.

    `added` is what no rule above says, so that no header is set by two rules; `full` is all of them.
    """

    path: str
    added: Mapping[str, str]
    full: Mapping[str, str]


def find_rules(
    headers: Mapping[str, Mapping[str, str]],
    folder: str = "",
    known: Mapping[str, str] = {},
) -> Iterator[Rule]:
    """The fewest rules that give each file its headers: what all files below a folder share is said once, there."""
    here = {path: values for path, values in headers.items() if path.startswith(folder)}
    first = next(iter(here.values()), {})
    full = {
        name: value
        for name, value in sorted(first.items())
        if all(h.get(name) == value for h in here.values())
    }
    if added := {name: value for name, value in full.items() if name not in known}:
        yield Rule(f"{folder}*", added, full)
    for child in sorted(
        {folder + "".join(path[len(folder) :].partition("/")[:2]) for path in here}
    ):
        if child.endswith("/"):
            yield from find_rules(here, child, full)
        elif own := {
            name: value
            for name, value in sorted(here[child].items())
            if name not in full
        }:
            yield Rule(child, own, {**full, **own})


def address(path: str) -> str:
    """The address of a file of the tree."""
    return (
        ("/" + path)[: -len("index.html")]
        if path.rpartition("/")[2] == "index.html"
        else "/" + path
    )


def _moves(redirects: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each redirect with and without the slash at its end."""
    return [
        (form, new)
        for old, new in redirects.items()
        for form in dict.fromkeys((old, old.rstrip("/") or old))
    ]


def write_headers(rules: Iterable[Rule]) -> str:
    """`_headers` of Cloudflare Pages and Netlify."""
    blocks = (
        [address(r.path), *(f"  {name}: {value}" for name, value in r.added.items())]
        for r in rules
    )
    return "".join("\n".join(block) + "\n" for block in blocks)


def write_redirects(redirects: Mapping[str, str]) -> str:
    """`_redirects` of Cloudflare Pages and Netlify."""
    return "".join(f"{old} {new} 301\n" for old, new in _moves(redirects))


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _nginx_headers(values: Mapping[str, str], indent: str) -> list[str]:
    # A response has one Content-Type, which nginx takes from its own table.
    kind = values.get("Content-Type")
    lines = [f"{indent}types {{}}", f"{indent}default_type {kind};"] if kind else []
    others = ((name, value) for name, value in values.items() if name != "Content-Type")
    return lines + [
        f"{indent}add_header {name} {_quoted(value)} always;" for name, value in others
    ]


def write_nginx(rules: Sequence[Rule], redirects: Mapping[str, str]) -> str:
    """What a server block of nginx includes. A location that adds a header inherits none, so each has them all."""
    lines = [
        "# Made by the build. In a server block with its own listen, server_name and root: include /path/_nginx.conf;",
        "charset utf-8;",
        "charset_types text/xml text/plain text/css application/javascript application/json image/svg+xml;",
        "server_tokens off;",
        "absolute_redirect off;",
        "index index.html;",
        "error_page 403 404 =404 /404.html;",  # 403 is a folder without a page
        "brotli_static on;",
        "gzip_static on;",
        "gzip_vary on;",
        "location ~ ^/_ { return 404; }",
    ]
    for rule in rules:
        if rule.path == "*":
            lines += _nginx_headers(rule.full, "")
        else:
            where = (
                f"/{rule.path[:-1]}" if rule.path.endswith("*") else f"= /{rule.path}"
            )
            lines += [f"location {where} {{", *_nginx_headers(rule.full, "  "), "}"]
    lines += [
        f"location = {old} {{ return 301 {new}; }}" for old, new in _moves(redirects)
    ]
    return "\n".join(lines) + "\n"


def write_caddy(rules: Sequence[Rule], redirects: Mapping[str, str], host: str) -> str:
    """What a site block of Caddy imports; the order of lines does not matter to Caddy."""
    missing = next((rule.full for rule in rules if rule.path == "404.html"), {})
    lines = [
        f"# Made by the build. In the block of {host}, beside its root: import /path/_Caddyfile"
    ]
    lines += [f"redir {old} {new} 301" for old, new in _moves(redirects)]
    for rule in rules:
        forms = (
            [""]
            if rule.path == "*"
            else [f"{form} " for form in sorted({address(rule.path), f"/{rule.path}"})]
        )
        lines += [
            f"header {form}{name} {_quoted(value)}"
            for form in forms
            for name, value in rule.added.items()
        ]
    lines += [
        "@hosts path /_*",
        "error @hosts 404",
        "file_server {",
        "  precompressed br gzip",
        "}",
    ]
    lines += ["handle_errors {", "  rewrite * /404.html"]
    lines += [f"  header {name} {_quoted(value)}" for name, value in missing.items()]
    return "\n".join([*lines, "  file_server", "}"]) + "\n"


def write(
    rules: Sequence[Rule], redirects: Mapping[str, str], host: str
) -> dict[str, str]:
    """Every file by its name."""
    return {
        HEADERS: write_headers(rules),
        REDIRECTS: write_redirects(redirects),
        NGINX: write_nginx(rules, redirects),
        CADDY: write_caddy(rules, redirects, host),
    }


def check(name: str, text: str, report: Report) -> None:
    """A file that a host would cut short without a word is a fault."""
    most, longest = _LIMITS.get(name, (10**9, 10**9))
    lines = text.splitlines()
    if sum(not line.startswith(" ") for line in lines) > most:
        allowed = "Cloudflare Pages drops the rest"
        report.add(
            SourceLine(name, 1),
            f"more than {most} rules",
            allowed,
            "group files in folders",
        )
    for number, line in enumerate(lines, 1):
        if len(line) > longest:
            found = f"a line of {len(line)} characters"
            report.add(
                SourceLine(name, number),
                found,
                f"Cloudflare Pages drops more than {longest}",
                "shorten it",
            )
