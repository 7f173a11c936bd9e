"""What the tests of addresses share: publish a site on bread, and rename in it."""

from __future__ import annotations

import re
from typing import Any

from helpers import document
from projects import Project

ARTICLE = "content/articles/sour.md"
PAGE = "/articles/sour/"
REDIRECTS = "content/redirects.txt"
RECORD = "content/addresses.txt"


def rename(project: Project, old: str, new: str) -> None:
    """Give a passage another id, and no redirect."""
    project.edit(ARTICLE, (f"/// passage | {old}\n", f"/// passage | {new}\n"))


def advised(fault: str) -> str:
    """Return the line that a fault asks for; "" where it asks for none."""
    found = re.search("add the line `(.*)` to", fault)
    return found[1] if found else ""


def rename_slug(project: Project) -> None:
    """Give the article another slug, and no redirect."""
    project.edit(ARTICLE, ("slug: sour", "slug: sourdough"))


def find_id(page: str, ident: str) -> list[Any]:
    """Return the elements with an id on a page, given as its HTML."""
    return list(document(page).xpath(f'//*[@id="{ident}"]'))
