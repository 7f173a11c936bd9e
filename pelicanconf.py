"""Settings of the site while it is written; publishconf.py adds what differs in public. See Pelican's settings page."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent

# What the owner may change. Empty values are left out of the pages, never invented.
SITENAME = "Back and Hands"
SITESUBTITLE = "What massage can and cannot do for lower back pain"
SITEURL = ""
OWNER = ""  # a name, shown as publisher
CONTACT = ""  # an e-mail address or the address of a page
LICENCE = ""  # such as "CC BY 4.0"
LICENCE_URL = ""
SAFETY_TOPIC = "contraindications"  # the topic that every page leads to, as the place of the warning signs
SCHEMA_ABOUT = {
    "@type": "MedicalCondition",
    "name": "Low back pain",
}  # what the pages are about, for machines
SCHEMA_TYPE = "MedicalWebPage"  # the schema.org type of pages about it
SEARCH_INDEX = (
    True  # False leaves the search page with its list of questions and terms alone
)
DEFAULT_LANG = "en-GB"
TIMEZONE = "UTC"
DEFAULT_DATE_FORMAT = "%-d %B %Y"

# Where things are.
PATH = str(ROOT / "content")
OUTPUT_PATH = str(ROOT / "output")
THEME = str(ROOT / "theme")
ARTICLE_PATHS = ["articles"]
PAGE_PATHS = ["topics", "pages"]
STATIC_PATHS = ["images"]
THEME_STATIC_PATHS: list[str] = []

# The plugin is named so that no installed package enables itself.
PLUGIN_PATHS = [str(ROOT)]
PLUGINS = ["sitebuild.plugin"]

# Setting MARKDOWN replaces Pelican's default, so every extension is listed.
MARKDOWN = {
    "extensions": ["extra", "sane_lists"],
    "extension_configs": {"extra": {"tables": {"use_align_attribute": True}}},
    "output_format": "html",
}
TYPOGRIFY = True
# amp corrupts attributes whose name has a hyphen; widont does with bytes what `text-wrap: pretty` does without; the
# others wrap text in spans that no style dresses.
TYPOGRIFY_OMIT_FILTERS = ["amp", "caps", "initial_quotes", "widont"]

# Addresses come from the sources; of Pelican's own pages and feeds none is wanted.
DIRECT_TEMPLATES: list[str] = []
TEMPLATE_EXTENSIONS = [".html", ".xml", ".txt", ".json"]
ARTICLE_TRANSLATION_ID = PAGE_TRANSLATION_ID = None
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = (
    AUTHOR_FEED_RSS
) = None
