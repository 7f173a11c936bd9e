"""What the tests of search share: a site on bread to search, and its search page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bread import bake
from playwright.sync_api import Browser, Page
from projects import Project

# Blocks that differ in what they hold of a few words.
RISING = """title: What makes bread rise
name: Rising
slug: rising
order: 1
status: published
summary: Yeast, gas and patience.

/// answer | In short
    evidence: starter-rises

Time does it, and warmth.
///

/// box | Mind your hands
    urgency: ask

A hot oven burns, and so do steam, trays & &lt;tins&gt;.
///

/// question | How hot is an oven?
    evidence: starter-rises

Hot enough for steam, in other words: the hot stone of an oven glows.
///

/// question | Do I need a packet of yeast?
    evidence: starter-rises

No, a starter will do, if flour is fresh. Rye flour and steam help.
///

/// note | On flour
    evidence: starter-rises

Flour feeds it. Rye is flour too, and so is oat flour.
///
"""
CRUMB = """title: What makes a crumb
name: Crumb
slug: crumb
order: 2
status: published
summary: Holes, and how to have them.

/// note | On holes

Holes are large or small.
///
"""
# A passage of two topics, beside a finding that speaks against it.
GLUTEN = """title: Salt in a loaf
slug: salt
date: 2026-01-03
status: published
summary: How much salt a loaf has.

/// passage | gluten
    topics: rising, crumb
    evidence: salt-harms

Salt is said to harm gluten.
///
"""
SALT = """
- id: salt-harms
  question: Does salt harm gluten?
  statement: Salt harms gluten
  verdict: contradicted
  explanation: It makes it firmer.
  references: [baker1900]
  checked: 2026-01-01
"""
GLOSSARY = """
/// term | rye
    also: rye grain

A grain that makes a dark loaf.
///

/// term | yeast

What makes gas of sugar.
///
"""
SYNONYMS = "mother: [starter]\npain au levain: [starter]\nspelt: [rye]\n"

YEAST = "/topics/rising/#do-i-need-a-packet-of-yeast"
OVEN = "/topics/rising/#how-hot-is-an-oven"
HANDS = "/topics/rising/#mind-your-hands"
FLOUR = "/topics/rising/#on-flour"
PASSAGE = "/articles/salt/#gluten"


def make_bakery(folder: Path) -> Project:
    """Build the site to search in a folder; its output is there in output/."""
    project = bake(folder)
    project.write("content/topics/rising.md", RISING)
    project.write("content/topics/crumb.md", CRUMB)
    project.write("content/articles/salt.md", GLUTEN)
    project.edit("content/evidence.yaml", lambda text: text + SALT)
    project.edit("content/pages/glossary.md", lambda text: text + GLOSSARY)
    project.write("content/synonyms.yaml", SYNONYMS)
    project.build()
    return project


def publish_bakery(folder: Path) -> None:
    """Publish the site to search in a folder, into public/."""
    make_bakery(folder).publish()


class Handler(SimpleHTTPRequestHandler):
    """Serves a built tree."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(tree: Path) -> Iterator[str]:
    """Serve a tree on loopback; give the origin."""
    handler = partial(Handler, directory=str(tree))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def search_page(chromium: Browser, tree: Path) -> Iterator[Page]:
    """Serve a tree and open its search page."""
    with serving(tree) as origin, chromium.new_context(base_url=origin) as context:
        page = context.new_page()
        page.goto("/search/")
        yield page


# Asks as a reader does who presses Enter, and waits for what is said of the query.
ASK = """async (query) => {
  const field = document.querySelector('[name=q]');
  field.value = query;
  field.form.requestSubmit();
  const said = document.querySelector('[role=status]');
  for (let tries = 0; !said.textContent.includes(`“${query}”`); tries += 1) {
    if (tries > 5000) throw new Error(`nothing is said of ${query}`);
    await new Promise((done) => setTimeout(done, 4));
  }
  return [...document.querySelectorAll('#results a')].map(it => it.getAttribute('href'));
}"""


def ask(page: Page, query: str) -> list[str]:
    """Search for a query; return where the results lead."""
    return list(page.evaluate(ASK, query))
