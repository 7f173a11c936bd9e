"""What the tests of files for machines share: heads, linked data, feeds, addresses."""

from __future__ import annotations

import json
from pathlib import Path
from runpy import run_path
from typing import Any
from urllib.parse import urlsplit

import lxml.etree
from helpers import document
from projects import ROOT, SITEURL

NAME = run_path(str(ROOT / "pelicanconf.py"))["SITENAME"]
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def pages(built: Path) -> list[Path]:
    """Return every page with an address of its own."""
    return sorted(built.rglob("index.html"))


def feed_files(built: Path) -> list[Path]:
    """Return every feed."""
    return sorted(built.rglob("feed.xml"))


def address(path: Path, built: Path) -> str:
    """Return the absolute address of a built page."""
    return f"{SITEURL}/{path.relative_to(built).as_posix().removesuffix('index.html')}"


def head(path: Path) -> dict[str, str]:
    """Return the meta tags of a page by name or property."""
    tags = {}
    for tag in document(path).xpath("//meta[@content]"):
        tags[tag.get("name") or tag.get("property")] = tag.get("content")
    return tags


def linked(path: Path) -> dict[str, Any]:
    """Return the linked data of a page, which has one block of it."""
    (block,) = document(path).xpath("//script[@type='application/ld+json']")
    return dict(json.loads(block.text))


def exists(url: str, built: Path) -> bool:
    """Return whether an absolute address leads to a file, and its fragment to an id."""
    parts = urlsplit(url)
    file = built / parts.path.lstrip("/")
    file = file / "index.html" if parts.path.endswith("/") else file
    if not url.startswith(f"{SITEURL}/") or not file.is_file():
        return False
    return not parts.fragment or f'id="{parts.fragment}"' in file.read_text("utf-8")


def newest(built: Path) -> dict[str, str]:
    """Return the last change of every page that the sitemap lists, by its path."""
    root = lxml.etree.fromstring((built / "sitemap.xml").read_bytes())
    days = {}
    for url in root:
        path = url.findtext(f"{MAP}loc").removeprefix(SITEURL)
        days[path] = url.findtext(f"{MAP}lastmod")
    return days
