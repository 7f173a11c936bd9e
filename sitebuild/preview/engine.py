"""What the preview asks of the code that builds; nothing else here imports it.

The session imports this module when it builds, and anew when code was edited: code that
cannot be loaded is a fault like any other.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sitebuild import plugin
from sitebuild.check.advice import advise_drafts
from sitebuild.derive import Site
from sitebuild.derive.names import names
from sitebuild.diff import compare
from sitebuild.faults import SiteFaults
from sitebuild.host import policy
from sitebuild.memory import Memory
from sitebuild.preview.session import Tree

# The pages that show all of a data file.
_SHOWN_AT = {
    "content/evidence.yaml": "/evidence/",
    "content/references.bib": "/evidence/",
}

__all__ = ["build", "compare"]

_memory = Memory()


def build(settings: Path, *, quick: bool) -> Tree | list[str]:
    """Build once, drafts too; return the pages, or the faults.

    The folder output/ has them, and a search index of them; a `quick` build leaves both
    as they were.
    """
    try:
        built = plugin.build(
            settings,
            memory=_memory,
            OUTPUT_PATH=str(settings.parent / "output"),
            QUICK_BUILD=quick,
            SHOW_DRAFTS=True,
        )
    except SiteFaults as error:
        return [str(fault) for fault in error.faults]
    documents = (*built.site.documents, *built.drafts)
    drafts = {draft.url for draft in built.drafts}
    for name in names(built.preview) if drafts else ():
        drafts.update(name.addresses * name.is_draft)
    return Tree(
        built.files,
        built.redirects,
        _SHOWN_AT | {document.path: document.url for document in documents},
        sorted(drafts),
        advise_drafts(built.site, built.preview),
        partial(_names, built.preview),
        policy,
    )


def _names(site: Site) -> dict[str, tuple[object, ...]]:
    """Return what client.js says of a thing with an id, by each address of it."""
    return {
        address: (it.kind, it.name, it.addresses[0], it.place.file, it.place.line)
        for it in names(site)
        for address in it.addresses
    }
