"""The published site is safe: its headers' score, what pages may run and ask for, what an editor may write."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from helpers import document, tree
from projects import SITEURL, Project

# Of these MDN's HTTP Observatory gives 130 points of at most 140, where the rest is for
# preloading, once the owner lets browsers insist on https for half a year.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def directives(policy: str) -> dict[str, list[str]]:
    """A Content-Security-Policy as directive → sources."""
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name.lower(): sources for name, *sources in parts}


def pages(files: dict[str, bytes]) -> list[str]:
    """Every page that is served as itself."""
    return [
        name for name in files if name.endswith(".html") and not name.startswith("was/")
    ]


def test_the_rules_of_servers_close_what_pages_cannot(published: Path) -> None:
    """They say what no page can say of itself, and never what a page says."""
    rules = (published / "_headers").read_text("utf-8").partition("\n/*\n")[2]
    lines = [line for line in rules.partition("\n/")[0].splitlines() if line]
    found = dict(line.strip().split(": ", 1) for line in lines)
    assert HEADERS.items() <= found.items()
    assert found["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert re.fullmatch(r"max-age=\d+", found["Strict-Transport-Security"])
    assert "Set-Cookie" not in found


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
        assert "unsafe-inline" not in str(rules), name


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


@pytest.mark.parametrize(
    "address",
    ["", "http://example.org", "https://example", "example.org", f"{SITEURL}/?query"],
)
def test_the_site_is_published_for_https_only(bread: Project, address: str) -> None:
    """A missing or plain http address is refused before anything is written."""
    said = bread.task("publish", code=1, SITEURL=address)
    assert f'publishconf.py:1: SITEURL is "{address}"; ' in said
    assert not (bread.root / "public").exists()
