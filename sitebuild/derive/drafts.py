"""Drafts as the preview shows them: as if they were published, for their own pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sitebuild.derive.metadata import Metadata
from sitebuild.derive.site import Site
from sitebuild.derive.views import Page
from sitebuild.model import Document


def as_published(documents: Iterable[Document]) -> list[Document]:
    """Return the documents with every draft that has an address as published."""
    shown = []
    for document in documents:
        if document.slug and not document.is_published:
            fields = replace(document.fields, status="published")
            shown.append(replace(document, fields=fields))
        else:
            shown.append(document)
    return shown


def without_copies(preview: Site, site: Site) -> Site:
    """Return a site with drafts whose passages stand on no page of the other site.

    A published topic shows no passage of a draft, so the draft leads to no copy there.
    """
    published = {topic.slug for topic in site.topics}
    passages = {}
    for key, passage in preview.passages.items():
        passages[key] = passage
        if key not in site.passages:
            topics = tuple(slug for slug in passage.topics if slug not in published)
            passages[key] = replace(passage, topics=topics)
    return replace(preview, passages=passages)


def unaddressed(page: Page) -> Page:
    """Return the page of a draft as machines see it: without address, card or feed."""
    return replace(page, metadata=Metadata(page.metadata.changed))
