"""Slips in settings and templates: a line of theirs is named, and no page is blamed."""

from __future__ import annotations

import re

import pytest
from projects import FAULT, Project
from slips import SETTINGS, Slip, changed, each

PAGE = "theme/templates/page.html"
ARTICLE = "theme/templates/article.html"
BASE = "theme/templates/base.html"
MAIN = "{% block main %}"
URLS = "ARTICLE_URL, TOPIC_URL, PAGE_URL ="


def setting(old: str, new: str, at: str | int, says: str) -> Slip:
    """Return a slip in the settings."""
    return Slip(SETTINGS, old, new, at, says)


SETTINGS_SLIPS = {
    "an extension that is none": setting(
        '"sane_lists"', '"sane_list"', "MARKDOWN = {", "sane_list"
    ),
    "a topic that is none": setting(
        "SAFETY_TOPIC = ''",
        "SAFETY_TOPIC = 'safety'",
        "SAFETY_TOPIC = 'safety'",
        'SAFETY_TOPIC names "safety"',
    ),
    "a caution that is none": setting(
        "CAUTION = ''",
        "CAUTION = 'sour/hot-ovn'",
        "CAUTION = 'sour/hot-ovn'",
        'CAUTION names "sour/hot-ovn".* did you mean "sour/hot-oven"',
    ),
    "a site without a name": setting(
        "SITENAME =", 'SITENAME = "" #', "SITENAME", "SITENAME is ''; a site has a name"
    ),
    "a name that is a number": setting(
        "SITENAME =", "SITENAME = 5 #", "SITENAME", "SITENAME is 5; a site has a name"
    ),
    "a name of two lines": setting(
        "SITENAME =",
        'SITENAME = "a\\nb" #',
        "SITENAME",
        "a site has a name of one line",
    ),
    "a contact that is a number": setting(
        'CONTACT = ""', "CONTACT = 5", "CONTACT", "CONTACT is 5; an e-mail address"
    ),
    "an address without an end": setting(
        '"articles/{slug}/"', '"a/{slug}"', URLS, "ARTICLE_URL is 'a/{slug}'; .* ends"
    ),
    "an address of a category": setting(
        '"topics/{slug}/"', '"x/{category}/{slug}/"', URLS, "TOPIC_URL is 'x/{cat"
    ),
    "an address of no letter": setting(
        '"articles/{slug}/"', '"a/{slug[x]}/{slug}/"', URLS, "ARTICLE_URL is"
    ),
    "an address with an open brace": setting(
        '"articles/{slug}/"', '"a/{slug"', URLS, "ARTICLE_URL is 'a/{slug'"
    ),
    "an address of all pages": setting(
        ', "{slug}/"', ', "page/"', URLS, "PAGE_URL is 'page/'"
    ),
    "a page at another host": setting(
        ', "{slug}/"', ', "/{slug}/"', URLS, "PAGE_URL is '/{slug}/'"
    ),
    "a file that is not at the address": setting(
        URLS,
        f'ARTICLE_SAVE_AS = "{{slug}}.html"\n{URLS}',
        "ARTICLE_SAVE_AS",
        "ARTICLE_SAVE_AS is '{slug}.html'; .*'articles/{slug}/index.html'",
    ),
    "a contact by other means": setting(
        'CONTACT = ""',
        'CONTACT = "me at example.org"',
        "CONTACT",
        "CONTACT is 'me at example.org'; an e-mail address",
    ),
    "a contact in the clear": setting(
        'CONTACT = ""', 'CONTACT = "http://a.example/"', "CONTACT", "begins with https"
    ),
    "a menu that leads nowhere": setting(
        '"/topics/"', '"/topcs/"', '"/topcs/"', '"/topcs/".*did you mean /topics/'
    ),
    "months that are text": setting(
        "REVIEW_MONTHS = 12",
        "REVIEW_MONTHS = '12'",
        "REVIEW_MONTHS",
        "REVIEW_MONTHS is '12'; a whole number of months",
    ),
    "months that are past": setting(
        "REVIEW_MONTHS = 12",
        "REVIEW_MONTHS = -3",
        "REVIEW_MONTHS",
        "REVIEW_MONTHS is -3; a whole number of months",
    ),
}

TEMPLATES = {
    "an unknown name": Slip(
        PAGE, MAIN, f"{MAIN}{{{{ nonsense }}}}", "nonsense", "'nonsense' is undefined"
    ),
    "an error": Slip(
        PAGE, MAIN, f"{MAIN}{{{{ 1 + 'a' }}}}", "1 + 'a'", "a template failed"
    ),
    "a tag that is none": Slip(PAGE, MAIN, "{% blok main %}", "blok", "blok"),
    "a part that is missing": Slip(
        BASE,
        "_site_footer.html",
        "_sight_footer.html",
        "_sight_footer",
        'there is no template "_sight_footer.html"',
    ),
    "marks of a merge": Slip(
        PAGE, MAIN, f"{MAIN}\n<<<<<<< HEAD\n", "<<<<<<<", "left from a merge"
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("SITENAME =", "SITENAME = nonsense +", "the settings failed.*nonsense"),
        (
            '"sitebuild.plugin"',
            '"sitebuild.plug"',
            "^pelicanconf.py:.*PLUGINS does not name",
        ),
    ],
)
def test_settings_that_fail(old: str, new: str, says: str, bread_site: Project) -> None:
    """Settings that Pelican cannot begin with are one fault of each task."""
    with changed(bread_site, {SETTINGS: bread_site.read(SETTINGS).replace(old, new)}):
        (fault,) = bread_site.task("build", code=1).splitlines()
    assert FAULT.match(fault)
    assert re.search(says, fault)


test_a_slip_in_the_settings = each(
    "Settings that name what is not there, or say nonsense, are one fault.",
    SETTINGS_SLIPS,
)


def test_addresses_that_are_allowed(bread_site: Project) -> None:
    """Files of their own, a day of an article, and SAVE_AS as it follows."""
    text = bread_site.read(SETTINGS).replace(
        '"articles/{slug}/", "topics/{slug}/"',
        '"{date:%Y}/v1.0/{slug}/", "Topics/{slug}.html"',
    )
    more = 'ARTICLE_SAVE_AS = "{date:%Y}/v1.0/{slug}/index.html"\n'
    with changed(bread_site, {SETTINGS: f"{text}\n{more}"}):
        assert bread_site.faults() == []
        assert bread_site.page("/2026/v1.0/sour/")


test_a_slip_in_a_template = each(
    "A template that fails is one fault at its line, however many pages it shows.",
    TEMPLATES,
)


def test_a_setting_that_is_gone(bread_site: Project) -> None:
    """A setting that the site needs and that is missing is named."""
    text = re.sub(r"^SAFETY_TOPIC.*\n", "", bread_site.read(SETTINGS), flags=re.M)
    with changed(bread_site, {SETTINGS: text}):
        (fault,) = bread_site.faults()
    assert "KeyError: 'SAFETY_TOPIC'" in fault


def test_a_page_that_fails_breaks_no_links(bread_site: Project) -> None:
    """Where a template fails its line is named, not the links to the missing pages."""
    text = bread_site.read(ARTICLE).replace(MAIN, f"{MAIN}{{{{ 1 + 'a' }}}}")
    with changed(bread_site, {ARTICLE: text}):
        faults = bread_site.faults()
    assert {fault.partition(":")[0] for fault in faults} == {ARTICLE}


@pytest.mark.parametrize("comment", ["", "<!-- later -->"])
def test_a_page_without_html_is_a_fault(comment: str, bread_site: Project) -> None:
    """A template that writes nothing, or only a comment, is named by its empty page."""
    empty = comment + '{% if 0 %}{% extends "page.html" %}{% endif %}'
    with changed(bread_site, {"theme/templates/glossary.html": empty}):
        faults = [it for it in bread_site.faults() if "the page is empty" in it]
    assert [fault.partition(":")[0] for fault in faults] == ["glossary/index.html"]
