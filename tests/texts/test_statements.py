"""What is judged: each finding's statement, its verdict, and what is left of the two when they stand alone."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from projects import ROOT

STATEMENT_CHARACTERS = 100  # three lines of a phone
FINDINGS = yaml.safe_load((ROOT / "content" / "evidence.yaml").read_text("utf-8"))


def listed(path: Path) -> dict[str, str]:
    """The list: `kind | verdict | statement` by finding."""
    pairs = {}
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, pair = line.split(": ", 1)
            pairs[name] = pair
    return pairs


def test_verdict_and_statement_are_as_judged() -> None:
    """Each verdict stands with the kind and the statement that it was given for."""
    have = {}
    for it in FINDINGS:
        kind = it.get("kind", "effect")
        have[it["id"]] = f"{kind} | {it['verdict']} | {it['statement']}"
    assert have == listed(Path(__file__).parent / "data" / "statements.txt")


def test_a_statement_is_judged_not_a_question() -> None:
    """A statement is short, begins with a capital and ends without a mark, so that it can follow a verdict."""
    for finding in FINDINGS:
        statement = finding["statement"]
        assert re.fullmatch(r"[A-Z].*[a-z]", statement), statement
        assert len(statement) <= STATEMENT_CHARACTERS, statement


def test_a_question_is_asked() -> None:
    """A finding keeps a question in a reader's words, since readers search with questions."""
    for finding in FINDINGS:
        assert finding["question"].endswith("?"), finding["id"]
