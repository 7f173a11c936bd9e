"""Small sites on another subject, with the project's settings, package and theme.

`bake` writes one with two passages, quick to build; `bake_sink` adds kitchen_sink/,
with every construct that an editor may write. The others write sources to add to it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from projects import Project, copy_code

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


SINK = Path(__file__).parent / "kitchen_sink"
# What a finding may be judged as.
VERDICTS = ("supported", "limited", "mixed", "unsupported", "contradicted")
# What a page needs beyond its title, slug, status and summary.
HEADS = {
    "home": "address: /\ntemplate: home\n",
    "404": "address: /404.html\ntemplate: 404\n",
    "about": "",
    "disclaimer": "",
}


def page_source(slug: str) -> str:
    """Return the source of a page of one sentence; "evidence" has the verdicts too."""
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
    copy_code(root)
    own = {"SAFETY_TOPIC": "", "CAUTION": "", "SITE_NOTICE": "", **settings}
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


def article_of(slug: str, *passages: tuple[str, str]) -> str:
    """Return an article of passages, each given as its id and what it requires."""
    blocks = []
    for ident, requires in passages:
        options = f"    requires: {requires}\n" if requires else ""
        blocks.append(f"/// passage | {ident}\n{options}\nWords on {ident}.\n///\n")
    head = (
        f"title: On {slug}\nslug: {slug}\ndate: 2026-01-03\nstatus: published\n"
        f"summary: On {slug}.\n\n"
    )
    return head + "\n".join(blocks)


FAR = """title: On far
slug: far
name: Far article
date: 2026-01-03
status: published
summary: On far.

/// answer | In short
    evidence: starter-rises

Bread rises by itself. Nobody has to push.
///

## Heat

/// passage | oven
    title: Hot "ovens"
    topics: rising
{oven}
Words on ovens.
///

/// passage | fire
    topics: rising
{fire}
Words on fire.
///
"""
ASKED = """/// question | How long?
{how_long}
Two weeks.
///

/// question | How hot?
{how_hot}
Very hot.
///
"""


def add_far(project: Project, oven: str = "", fire: str = "") -> None:
    """Write the article "far": two passages on rising, each with a further option."""
    options = {"oven": oven, "fire": fire}
    for name, option in options.items():
        options[name] = f"    {option}\n" if option else ""
    project.write("content/articles/far.md", FAR.format(**options))


def asked(how_long: str = "", how_hot: str = "") -> str:
    """Return two questions, each with the passages that it names."""
    options = {"how_long": how_long, "how_hot": how_hot}
    for name, passages in options.items():
        options[name] = f"    passages: {passages}\n" if passages else ""
    return ASKED.format(**options)


def rewrite_topic(project: Project, blocks: str, head: str = "") -> None:
    """Write the topic of the site on bread with other blocks and more fields."""
    project.write(
        "content/topics/rising.md",
        "title: What makes bread rise\nname: Rising\nslug: rising\norder: 1\n"
        f"status: published\nsummary: Yeast, gas and patience.\n{head}\n{blocks}",
    )
