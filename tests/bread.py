"""Small sites on another subject, with the project's settings, package and theme.

`bake` writes one with two passages, quick to build; `bake_sink` adds kitchen_sink/, with
every construct that an editor may write.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import ROOT, Project

from sitebuild.model import VERDICTS

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
    "references.bib": """@book{baker1900, author={Baker, Bea}, title={{Bread}},
  year={1900}, verified={yes}}
""",
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


SINK = ROOT / "tests" / "kitchen_sink"
# What a page needs beyond its title, slug, status and summary.
HEADS = {
    "home": "address: /\ntemplate: home\n",
    "404": "address: /404.html\ntemplate: 404\n",
    "about": "",
    "disclaimer": "",
}


def page_source(slug: str) -> str:
    """Return the source of a page of one sentence; that of the findings has the verdicts."""
    head = f"title: The {slug} page\nslug: {slug}\n"
    head += HEADS.get(slug, f"template: {slug}\n")
    text = f"{head}status: published\nsummary: On {slug}.\n\nWords on {slug}.\n"
    if slug == "evidence":
        for word in VERDICTS:
            text += f"\n**{word}**{{#{word}}}\n"
    return text


def bake(root: Path, **settings: object) -> Project:
    """Return a project in the folder `root` whose content is the site on bread.

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
        project.write(f"content/pages/{slug}.md", page_source(slug))
    project.write("content/addresses.txt", "")
    return project


def bake_sink(root: Path, **settings: object) -> Project:
    """Return a project whose content is the site on bread and the kitchen sink.

    Some settings may be other than the project's.
    """
    project = bake(root, SAFETY_TOPIC="rising", **settings)
    shutil.copytree(SINK, root / "content", dirs_exist_ok=True)
    return project
