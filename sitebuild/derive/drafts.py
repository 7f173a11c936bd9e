"""Drafts as the preview shows them: as if they were published, for their own pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sitebuild.derive.metadata import Metadata
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


def unaddressed(page: Page) -> Page:
    """Return the page of a draft as machines see it: without address, card or feed."""
    return replace(page, metadata=Metadata(page.metadata.changed))
