"""What the preview asks of the code that builds; nothing else here imports it.

The session imports this module when it builds, and anew when code was edited: code that
cannot be loaded is a fault like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sitebuild import diff, plugin
from sitebuild.build import Build
from sitebuild.check.advice import advise_drafts
from sitebuild.derive.names import names
from sitebuild.diff import Change
from sitebuild.faults import SiteFaults
from sitebuild.host import policy
from sitebuild.memory import Memory
from sitebuild.preview.session import Tree

# What a data file is called on the pages that show it, and the page that shows all.
_SHOWN_AS = {"content/evidence.yaml": "finding", "content/references.bib": "reference"}
_EVIDENCE = "/evidence/"

_memory = Memory()


def build(settings: Path, serve: Callable[[Tree], None], *, quick: bool) -> list[str]:
    """Build once, drafts too; return the faults.

    `serve` is called with the pages as soon as they are whole. The folder output/ has
    them, and a search index of them, when this returns; a `quick` build leaves both as
    they were.
    """
    try:
        plugin.build(
            settings,
            memory=_memory,
            OUTPUT_PATH=str(settings.parent / "output"),
            QUICK_BUILD=quick,
            SHOW_DRAFTS=True,
            ON_BUILT=lambda built: serve(_tree(built)),
        )
    except SiteFaults as error:
        return [str(fault) for fault in error.faults]
    return []


def _tree(built: Build) -> Tree:
    documents = (*built.site.documents, *built.drafts)
    found = names(built.preview)
    drafts = {draft.url for draft in built.drafts}
    for name in found:
        drafts.update(name.addresses * name.is_draft)
    shown = {}
    for it in found:
        what = {"kind": it.kind, "name": it.name}
        at = {"file": it.place.file, "line": it.place.line}
        for address in it.addresses:
            shown[address] = {**what, **at, "address": it.addresses[0]}
    return Tree(
        built.files,
        built.redirects,
        {document.path: document.url for document in documents},
        sorted(drafts),
        shown,
        advise_drafts(built.site, built.preview),
        _policy,
    )


def _policy(page: bytes) -> str:
    """Return the policy that a page has in public, and leave for client.js.

    It runs, and puts another <style> into the open page.
    """
    text = f"{policy(page)}; style-src-elem 'unsafe-inline'"
    return text if "script-src" in text else f"{text}; script-src 'self'"


def compare(old: Tree, new: Tree, files: Sequence[str]) -> tuple[list[Change], str]:
    """Return which pages differ between two trees, and where some saved files show.

    The page that shows most of what was saved comes first.
    """
    found = [it for it in diff.compare(old.files, new.files) if it.is_page]
    saved = {new.pages.get(name, "") for name in files}
    kinds = {_SHOWN_AS[name] for name in files if name in _SHOWN_AS}

    def shows(change: Change) -> bool:
        return change.address in saved or any(it.what in kinds for it in change.reasons)

    found.sort(key=lambda it: (not shows(it), it.address not in (*saved, _EVIDENCE)))
    if not (found and shows(found[0])):
        return found, ""
    reasons = sorted(found[0].reasons, key=lambda it: it.what not in kinds)
    ident = next((reason.id for reason in reasons if reason.id), "")
    return found, f"{found[0].address}#{ident}".removesuffix("#")
