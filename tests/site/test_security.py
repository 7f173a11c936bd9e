"""The published site is safe: its headers' score, what pages may run and ask for, what an editor may write."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from helpers import document, tree
from projects import SITEURL, Project

HALF_A_YEAR = 15_768_000


def directives(policy: str) -> dict[str, list[str]]:
    """A Content-Security-Policy as directive → sources."""
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name.lower(): sources for name, *sources in parts}


def score_policy(policy: str) -> int:
    """What the Observatory gives a policy."""
    if not policy:
        return -25
    rules = directives(policy)
    scripts = rules.get("script-src", rules.get("default-src", ["*"]))
    if "'unsafe-inline'" in scripts or {"*", "data:", "https:", "http:"} & set(scripts):
        return -20
    if "'unsafe-eval'" in scripts:
        return -10
    styles = rules.get("style-src", rules.get("default-src", ["*"]))
    if "'unsafe-inline'" in styles or {"*", "data:", "https:"} & set(styles):
        return 0
    none = rules.get("default-src") == ["'none'"]
    closed = rules.get("form-action") in (["'none'"], ["'self'"]) and rules.get(
        "base-uri"
    ) in (["'none'"], ["'self'"])
    return 10 if none and closed else 5


def score_framing(headers: Mapping[str, str]) -> int:
    """What it gives the defence against framing."""
    ancestors = directives(headers.get("Content-Security-Policy", "")).get(
        "frame-ancestors"
    )
    if ancestors in (["'none'"], ["'self'"]):
        return 5
    return (
        0
        if headers.get("X-Frame-Options", "").upper() in ("DENY", "SAMEORIGIN")
        else -20
    )


def score_transport(headers: Mapping[str, str]) -> int:
    """What it gives Strict-Transport-Security, for a host that no browser has preloaded."""
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    return -20 if not age else 0 if int(age[1]) >= HALF_A_YEAR else -10


def score_scripts(page: bytes) -> int:
    """What it gives the integrity of scripts: none or our own are right, others' need a hash."""
    sources = document(page.decode()).xpath("//script/@src")
    return (
        0 if all(not re.match(r"(https?:)?//", source) for source in sources) else -50
    )


def score(headers: Mapping[str, str], page: bytes) -> int:
    """The score of a response by the charts of MDN's HTTP Observatory: what is bad counts first, bonuses from 90 up."""
    referrer = headers.get("Referrer-Policy", "").split(",")[-1].strip()
    private = (
        "no-referrer",
        "same-origin",
        "strict-origin",
        "strict-origin-when-cross-origin",
    )
    resource = headers.get("Cross-Origin-Resource-Policy", "")
    parts = [
        score_policy(headers.get("Content-Security-Policy", "")),
        score_framing(headers),
        score_transport(headers),
        score_scripts(page),
        5
        if referrer in private
        else -5
        if referrer in ("unsafe-url", "origin", "origin-when-cross-origin")
        else 0,
        10
        if resource in ("same-origin", "same-site")
        else 0
        if resource in ("", "cross-origin")
        else -5,
        0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        0 if "Set-Cookie" not in headers else -40,
    ]
    plain = 100 + sum(part for part in parts if part < 0)
    return max(
        0, plain + (sum(part for part in parts if part > 0) if plain >= 90 else 0)
    )


def pages(files: dict[str, bytes]) -> list[str]:
    """Every page that is served as itself."""
    return [
        name for name in files if name.endswith(".html") and not name.startswith("was/")
    ]


def headers(published: Path, name: str, *, hsts: str = "") -> dict[str, str]:
    """What a page says and what the rules of a server add; `hsts` in place of theirs."""
    rules = (published / "_headers").read_text("utf-8").partition("\n/*\n")[2]
    lines = [line for line in rules.partition("\n/")[0].splitlines() if line]
    found = dict(line.strip().split(": ", 1) for line in lines)
    [meta] = document(published / name).xpath(
        "//meta[@http-equiv='Content-Security-Policy']/@content"
    )
    found["Content-Security-Policy"] += f"; {meta}"
    return found | ({"Strict-Transport-Security": hsts} if hsts else {})


def test_the_observatory_gives_every_page_130(published: Path) -> None:
    """Of at most 140, where the rest is for preloading and for scripts of other hosts.

    10 of them come when the owner lets browsers insist on https for more than a day.
    """
    files = tree(published)
    for name in pages(files):
        year = headers(published, name, hsts="max-age=31536000")
        assert score(year, files[name]) == 130, name
        assert score(headers(published, name), files[name]) == 120, name


def test_the_score_is_that_of_the_observatory() -> None:
    """Well-known responses score what the Observatory's charts give them."""
    good = {
        "Content-Security-Policy": "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        "Strict-Transport-Security": "max-age=63072000",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    page = b"<!DOCTYPE html><title>x</title>"
    assert score(good, page) == 130
    assert score({}, page) == 100 - 25 - 20 - 20 - 5
    assert (
        score(
            {**good, "Content-Security-Policy": "default-src 'self' 'unsafe-inline'"},
            page,
        )
        == 100 - 20 - 20
    )
    assert (
        score(
            good,
            b'<!DOCTYPE html><title>x</title><script src="https://example.com/x.js"></script>',
        )
        == 50
    )
    assert score({**good, "Strict-Transport-Security": "max-age=60"}, page) == 90 + 30
    assert score({**good, "Set-Cookie": "a=b"}, page) == 60


def test_the_policy_allows_what_a_page_has_and_nothing_else(published: Path) -> None:
    """Its style and its rules for prefetching by their hashes, and what the site has.

    It comes before anything that it governs.
    """
    for name in [*pages(tree(published)), "was/here/index.html"]:
        root = document(published / name)
        [meta] = root.xpath("//meta[@http-equiv='Content-Security-Policy']")
        assert root.find("head").index(meta) == 1, name
        rules = directives(meta.get("content"))
        inline, loaded = [], []
        for script in root.iter("script"):
            if script.get("src"):
                assert script.get("src").startswith("/"), name
                loaded = ["'self'", "'wasm-unsafe-eval'"]
            elif script.get("type") != "application/ld+json":
                inline.append(hashed(script.text))
        assert sorted(rules.get("script-src", [])) == sorted([*inline, *loaded]), name
        styles = [hashed(style.text) for style in root.iter("style")]
        assert rules.get("style-src", []) == styles, name
        assert bool(loaded) == (name == "search/index.html")
        assert rules["connect-src"] == rules["img-src"] == ["'self'"], name
        for closed in ("default-src", "form-action", "base-uri"):
            assert rules[closed] == ["'none'"], name


def hashed(text: str) -> str:
    """The source that allows a text by its hash (CSP 3, 8.4)."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def test_no_page_carries_inline_script_or_style_attributes(published: Path) -> None:
    """Neither event handlers nor style attributes nor script addresses, which a policy cannot tell from an attack."""
    for name in pages(tree(published)):
        for element in document(published / name).iter():
            for attribute, value in element.attrib.items():
                assert attribute != "style", name
                assert not attribute.startswith("on"), (name, attribute)
                assert not value.strip().lower().startswith("javascript:"), name


def test_nothing_is_asked_of_other_hosts(published: Path) -> None:
    """What a browser loads with a page stands on the site itself; links may lead away."""
    loads = "//@src | //@srcset | //@poster | //object/@data | //link[not(@rel='canonical')]/@href | //@action"
    for name in pages(tree(published)):
        for address in document(published / name).xpath(loads):
            assert address.startswith(("/", "#", "data:image/")), (name, address)
            assert not address.startswith("//"), (name, address)
        assert b"url(http" not in (published / name).read_bytes()


def test_what_a_page_allows_by_name_is_no_fault(bread: Project) -> None:
    """The owner may allow one kind of element on one page, in its front matter."""
    path = "content/pages/about.md"
    bread.write(path, f'{bread.read(path)}\n\n<object data="/mark.svg"></object>\n')
    assert bread.faults()
    bread.edit(path, lambda text: f"allow: object\n{text}")
    assert bread.faults() == []


@pytest.mark.parametrize(
    "address",
    ["", "http://example.org", "https://example", "example.org", f"{SITEURL}/?query"],
)
def test_the_site_is_published_for_https_only(bread: Project, address: str) -> None:
    """A missing or plain http address is refused before anything is written."""
    said = bread.task("publish", code=1, SITEURL=address)
    assert f'publishconf.py:1: SITEURL is "{address}"; ' in said
    assert not (bread.root / "public").exists()
