"""The values that the build is made of: frozen, and unaware of files and Pelican.

values     documents, blocks, passages, findings, references
fields     what a file sets in its front matter and a block in its options
pagetypes  what each type of page shows and how it is listed
"""

from sitebuild.model.fields import (
    URGENCIES,
    AdviceOptions,
    AnswerOptions,
    ArticleFields,
    BoxOptions,
    Fields,
    NoteOptions,
    Options,
    PageFields,
    PassageOptions,
    QuestionOptions,
    TermOptions,
    TopicFields,
)
from sitebuild.model.pagetypes import PAGE_TYPES, PagePart, PageType, page_type
from sitebuild.model.values import (
    KINDS,
    VERDICTS,
    Block,
    Document,
    Finding,
    Heading,
    Part,
    Passage,
    Prose,
    Raw,
    Reference,
    SourceLine,
)

__all__ = [
    "KINDS",
    "PAGE_TYPES",
    "URGENCIES",
    "VERDICTS",
    "AdviceOptions",
    "AnswerOptions",
    "ArticleFields",
    "Block",
    "BoxOptions",
    "Document",
    "Fields",
    "Finding",
    "Heading",
    "NoteOptions",
    "Options",
    "PageFields",
    "PagePart",
    "PageType",
    "Part",
    "Passage",
    "PassageOptions",
    "Prose",
    "QuestionOptions",
    "Raw",
    "Reference",
    "SourceLine",
    "TermOptions",
    "TopicFields",
    "page_type",
]
