"""An ordinary Pelican article is one fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from bread import bake
from projects import Project

FILE = "content/articles/rye.md"
ORDINARY = """Title: Rye bread: a *dark* loaf
Date: 2026-01-15 10:20
Modified: 2026-01-20
Category: Bread
Tags: rye, flour
Authors: Bea Baker
Summary: What *rye* needs,
    and why.

Rye flour holds *much* water, as [Baker] says.
It goes on here.

Flour
=====

Buy it fresh. Keep it cool:

- in a jar

- or in a tin

    1. with a lid

Rye flour holds much of everything.

### Its smell ###

```
# no heading

no block
```

> A quotation.

Oven
----

| a | b |
|---|---|
| 1 | 2 |

An oven is hot.[^1]

[Baker]: https://baker.example.com/
[^1]: Mind your hands.
"""


@pytest.fixture
def bread(tmp_path: Path) -> Project:
    """The site on bread."""
    return bake(tmp_path / "project", SEARCH_INDEX=False)


@pytest.mark.parametrize(
    "text",
    [
        ORDINARY,
        "title: Rye\ndate: 2026-01-15\ncategory: Bread\n\nRye flour.\n",
        "Title: Rye\nDate: 2026-01-15\n\nRye flour.\n",
        "Title: Rye\n",
    ],
)
def test_an_ordinary_article_is_one_fault(text: str, bread: Project) -> None:
    """It says what an article here is made of."""
    bread.write(FILE, text)
    (fault,) = bread.faults()
    assert fault.startswith(f"{FILE}:1: this is an ordinary Pelican article")
    assert "/// passage | its-id" in fault


def test_an_article_with_a_block_is_no_ordinary_one(bread: Project) -> None:
    """A field in capitals is no sign where the text has passages, slips included."""
    for mark in ("///", "//", " ///"):
        text = f"Title: Rye\nTags: rye\n\n{mark} passage | rye\n\nRye.\n///\n"
        bread.write(FILE, text)
        assert not [fault for fault in bread.faults() if "ordinary" in fault]
