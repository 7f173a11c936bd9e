"""A tiny site on another subject, with the project's settings, package and theme: quick to build, and foreign to both."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import ROOT, Project

BREAD = {
    "articles/sour.md": """title: Sourdough for beginners
slug: sour
date: 2026-01-02
status: published
summary: How a starter raises a loaf.

## The starter

/// passage | wild-yeast
    topics: rising
    evidence: starter-rises
    requires: hot-oven

A starter holds wild yeast.
///

/// passage | hot-oven

An oven burns: mind your hands.
///
""",
    "topics/rising.md": """title: What makes bread rise
name: Rising
slug: rising
order: 1
status: published
summary: Yeast, gas and patience.

/// question | Do I need a packet of yeast?
    evidence: starter-rises

No, a starter will do.
///
""",
    "evidence.yaml": """- id: starter-rises
  question: Does a starter raise bread?
  statement: A starter raises bread
  verdict: supported
  explanation: It does, and slowly.
  references: [baker1900]
  checked: 2026-01-01
""",
    "references.bib": "@book{baker1900, author={Baker, Bea}, title={{Bread}}, year={1900}, verified={yes}}\n",
}
PAGES = (
    "home",
    "about",
    "disclaimer",
    "glossary",
    "topics",
    "evidence",
    "search",
    "404",
)


def bake(root: Path, **settings: object) -> Project:
    """A project in the folder `root` whose content is the site on bread.

    Some settings may be other than the project's.
    """
    shutil.copytree(ROOT / "theme", root / "theme")
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(ROOT / name, root)
    (root / "sitebuild").symlink_to(ROOT / "sitebuild")
    own = {"SAFETY_TOPIC": "", "SITE_NOTICE": "", **settings}
    with (root / "pelicanconf.py").open("a") as file:
        for name, value in own.items():
            file.write(f"{name} = {value!r}\n")
    project = Project(root)
    for name, text in BREAD.items():
        project.write(f"content/{name}", text)
    for slug in PAGES:
        address = {"home": "address: /\n", "404": "address: /404.html\n"}.get(slug, "")
        template = "" if slug in ("about", "disclaimer") else f"template: {slug}\n"
        head = f"title: The {slug} page\nslug: {slug}\n{address}{template}status: published\nsummary: On {slug}.\n\n"
        project.write(f"content/pages/{slug}.md", f"{head}Words on {slug}.\n")
    return project
