"""What the site must say, and how: claims carried, findings beside them, cautions, plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from helpers import document, school_grade, words

from sitebuild.build import Build
from sitebuild.derive.site import Site
from sitebuild.plugin import build

ARTICLES = ["benefits-of-massage", "weekly-massages"]
TOPICS = [
    "contraindications",
    "tension",
    "stress",
    "flexibility",
    "circulation",
    "overuse",
]
PAGES = [
    *(f"articles/{slug}" for slug in ARTICLES),
    *(f"topics/{slug}" for slug in TOPICS),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The real content, derived."""
    done: Build = build(
        ROOT / "pelicanconf.py",
        OUTPUT_PATH=str(tmp_path_factory.mktemp("content") / "output"),
    )
    return done.site


def ledger(name: str) -> dict[str, str]:
    """A `key: value` list under tests/data."""
    lines = (ROOT / "tests" / "data" / name).read_text("utf-8").splitlines()
    return dict(
        re.split(r":\s*", line, maxsplit=1)
        for line in lines
        if not line.startswith("#")
    )


def letters(text: str) -> str:
    """A text without what typography changes."""
    return re.sub(r"[^a-z]", "", text.lower())


def test_every_claim_is_carried(site: Site) -> None:
    """Every claim of the two source articles stands in exactly one passage or page."""
    carried = [
        claim
        for passage in site.passages.values()
        for claim in passage.block.options["claims"]
    ]
    carried += [claim for page in site.pages for claim in page.fields["claims"]]
    assert sorted(carried) == sorted(ledger("claims.txt"))


def test_findings_stand_beside_their_claims(site: Site) -> None:
    """A passage shows every finding that concerns one of its claims."""
    claims = ledger("claims.txt")
    for passage in site.passages.values():
        wanted = {
            name
            for claim in passage.block.options["claims"]
            for name in claims[claim].split(", ")
            if name
        }
        assert wanted <= {finding.id for finding in passage.findings}, passage.key


def test_verdicts_and_references_are_as_checked(site: Site) -> None:
    """No finding's verdict or list of references departs from what was checked."""
    have = {
        f.id: f"{f.verdict}; {', '.join(r.key for r in f.references)}".rstrip()
        for f in site.findings.values()
    }
    assert have == ledger("findings.txt")


def test_passages_are_as_many_as_the_outline_has(site: Site) -> None:
    """25 and 21 passages."""
    count = {article.slug: len(article.blocks("passage")) for article in site.articles}
    assert count == {"benefits-of-massage": 25, "weekly-massages": 21}


@pytest.mark.parametrize("page", PAGES)
def test_negative_finding_is_never_missing_or_folded(
    page: str, built: Path, site: Site
) -> None:
    """A passage with a contradicted or unsupported claim shows that finding in full, outside any details element."""
    root = document(built / page / "index.html")
    shown = 0
    for passage in site.passages.values():
        for ident in (passage.id, f"{passage.article.slug}-{passage.id}"):
            for section in root.xpath(f'//*[@id="{ident}"]'):
                if "passage" not in (section.get("class") or ""):
                    continue
                shown += 1
                for finding in filter(lambda f: f.is_negative, passage.findings):
                    text = [
                        words(e)
                        for e in section.iterdescendants()
                        if not list(e.iterancestors("details"))
                    ]
                    assert any(finding.verdict.capitalize() in t for t in text), (
                        page,
                        ident,
                        finding.id,
                    )
                    assert any(
                        letters(finding.explanation) in letters(t) for t in text
                    ), (page, ident, finding.id)
    assert shown >= 7


@pytest.mark.parametrize("page", PAGES)
def test_required_caution_is_on_every_page_of_its_passage(
    page: str, built: Path, site: Site
) -> None:
    """Wherever a passage is shown, so is every caution that it requires."""
    ids = set(document(built / page / "index.html").xpath("//@id"))
    slug = page.split("/")[1]

    def is_shown(key: str) -> bool:
        article, ident = key.split("/")
        return (ident if article == slug else f"{article}-{ident}") in ids

    for key, passage in site.passages.items():
        if is_shown(key):
            assert all(is_shown(caution) for caution in passage.requires), key


def test_passages_that_must_have_a_caution(site: Site) -> None:
    """Deep pressure, injury and healing, painkillers, regular sessions and structural problems bring their cautions."""
    wanted = {
        "benefits-of-massage/styles-and-blood-flow": "weekly-massages/rule-out-serious",
        "weekly-massages/sore-spots": "weekly-massages/rule-out-serious",
        "weekly-massages/fascia": "weekly-massages/rule-out-serious",
        "weekly-massages/blood-and-healing": "benefits-of-massage/ask-first",
        "weekly-massages/blood-to-the-back": "benefits-of-massage/ask-first",
        "benefits-of-massage/strain-and-scar": "benefits-of-massage/ask-first",
        "benefits-of-massage/fewer-painkillers": "benefits-of-massage/ask-first",
        "benefits-of-massage/getting-the-most": "benefits-of-massage/ask-first",
        "benefits-of-massage/part-of-a-routine": "benefits-of-massage/ask-first",
        "weekly-massages/one-approach": "weekly-massages/rule-out-serious",
        "weekly-massages/three-kinds-of-cause": "weekly-massages/wrong-tool",
    }
    for passage, caution in wanted.items():
        assert caution in site.passages[passage].requires


@pytest.mark.parametrize("page", PAGES)
def test_reading_is_easy(page: str, built: Path) -> None:
    """Each article and topic page reads at school grade 8 or below."""
    root = document(built / page / "index.html")
    running = [
        words(e) for e in root.xpath("//main//p | //main//li") if len(words(e)) > 60
    ]
    assert school_grade(" ".join(running)) <= 8


@pytest.mark.parametrize(
    "path", sorted((ROOT / "content").rglob("*.md")), ids=lambda path: path.stem
)
def test_one_sentence_a_line(path: Path) -> None:
    """Sources keep one sentence a line, so that a change of one shows as one line."""
    for line in path.read_text("utf-8").split("\n\n", 1)[1].splitlines():
        if not line.startswith(("///", "#", "    ")):
            assert not re.search(r"[a-z)][.?] [A-Z]", line), line


def test_glossary_terms_are_linked_once_in_an_article(built: Path) -> None:
    """A glossary term is linked from its first use in an article, and from no later one."""
    for slug in ARTICLES:
        links = document(built / "articles" / slug / "index.html").xpath(
            '//main//a[contains(@href, "/glossary/#")]/@href'
        )
        assert len(links) == len(set(links)) > 3


def test_unchecked_details_are_marked(built: Path) -> None:
    """A reference whose details are only partly checked says so wherever it is listed."""
    text = words(document(built / "evidence" / "index.html"))
    assert text.count("partly checked") >= 4


def test_site_says_who_has_not_reviewed_it(built: Path) -> None:
    """The site says that no clinician has reviewed it."""
    assert re.search(
        r"[Nn]o doctor, physiotherapist or other clinician",
        words(document(built / "about" / "index.html")),
    )


def test_sources_are_told_where_there_are_some(built: Path) -> None:
    """The word "Sources" never ends a paragraph: a number that leads to one follows it."""
    for path in built.rglob("*.html"):
        html = path.read_text("utf-8")
        assert not re.search(r"Sources\s*</p>", html), path
