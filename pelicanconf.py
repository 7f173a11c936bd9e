"""Settings of the site while it is written; publishconf.py adds what differs in public.

Pelican's own settings are explained in its documentation, under Settings.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

# What the owner may change. Empty values are left out of the pages, never invented.
SITENAME = "Back and Hands"
SITESUBTITLE = "What massage can and cannot do for lower back pain"
SITEURL = ""
OWNER = ""  # a name, shown as publisher
EDITOR = ""  # who answers for the words
FUNDING = ""  # a sentence on who pays, such as "The site has no advertising."
# Where mistakes are reported: an e-mail address, or the address of a page (/about/,
# https://…).
CONTACT = ""
# How long findings and pages stay good without another look at their sources: pages say
# when it is due and `invoke check` names what is overdue; 0 for no such day.
REVIEW_MONTHS = 12
LICENCE = ""  # such as "CC BY 4.0"
LICENCE_URL = ""
# What the foot of every page says.
SITE_NOTICE = (
    "General information, not medical advice. No clinician has reviewed these pages."
)
# The topic that every page leads to, as the place of the warning signs.
SAFETY_TOPIC = "contraindications"
# The caution in one line: every article and every page with a benefit shows it.
CAUTION = "benefits-of-massage/before-you-book"
SCHEMA_ABOUT = {
    "@type": "MedicalCondition",
    "name": "Low back pain",
}  # what the pages are about, for machines
SCHEMA_TYPE = "MedicalWebPage"  # the schema.org type of pages about it
SEARCH_INDEX = (
    True  # False leaves the search page with its list of questions and terms alone
)
# Words that search leaves out of a question, in the language of the site: words of
# grammar, and those with which every question is asked; without apostrophes.
STOP_WORDS = """
    a about after all also am an and any anything are arent around as at be because been
    being but by can cannot cant could couldnt did didnt do does doesnt doing dont each
    for from get gets getting go going got had has hasnt have havent having he her here
    him his how i id if ill im in into is isnt it its itself just know less like made
    make makes many may me mean means might more most much must my need no nor not of on
    or our out over own really s shall she should shouldnt so some something such t than
    that thats the their them then there these they thing things this those through to
    too under until up us use used using very want was wasnt way we well were werent
    what whats when where whether which while who whom why will with without wont would
    wouldnt yet you your yours drive driving
"""
DEFAULT_LANG = "en-GB"
TIMEZONE = "UTC"
DEFAULT_DATE_FORMAT = "%-d %B %Y"

# Where things are.
PATH = str(ROOT / "content")
OUTPUT_PATH = str(ROOT / "output")
THEME = str(ROOT / "theme")
ARTICLE_PATHS = ["articles"]
TOPIC_PATHS = ["topics"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images"]
THEME_STATIC_PATHS: list[str] = []

# The plugin is named so that no installed package enables itself.
PLUGIN_PATHS = [str(ROOT)]
PLUGINS = ["sitebuild.plugin"]

# Setting MARKDOWN replaces Pelican's default, so every extension is listed.
MARKDOWN = {
    "extensions": ["extra", "sane_lists", "codehilite"],
    "extension_configs": {
        "extra": {"tables": {"use_align_attribute": True}},
        # A line `:::python` that opens code names its language, without colours.
        "codehilite": {"use_pygments": False, "guess_lang": False, "css_class": "code"},
    },
    "output_format": "html",
}
TYPOGRIFY = True
# amp corrupts attributes whose name has a hyphen; widont does with bytes what
# `text-wrap: pretty` does without; the
# others wrap text in spans that no style dresses.
TYPOGRIFY_OMIT_FILTERS = ["amp", "caps", "initial_quotes", "widont"]

# Where pages stand; a page may also say `address` itself.
ARTICLE_URL, TOPIC_URL, PAGE_URL = "articles/{slug}/", "topics/{slug}/", "{slug}/"
# The head and the foot of every page.
MENUITEMS = (("Topics", "/topics/"), ("Research", "/evidence/"), ("Search", "/search/"))
LINKS = (
    ("About", "/about/"),
    ("Glossary", "/glossary/"),
    ("Disclaimer", "/disclaimer/"),
)

# Of Pelican's own pages and feeds none is wanted: the theme has no template for them.
DIRECT_TEMPLATES: list[str] = []
CATEGORY_SAVE_AS = TAG_SAVE_AS = AUTHOR_SAVE_AS = ""
ARTICLE_TRANSLATION_ID = PAGE_TRANSLATION_ID = None
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = (
    AUTHOR_FEED_RSS
) = None
