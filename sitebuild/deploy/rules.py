"""The rules of a server on a target: they allow the release's style and an older one.

The release itself has its own style alone, so that builds are the same everywhere;
what is live is known only when it is deployed.
"""

from __future__ import annotations

from typing import NamedTuple

from sitebuild.deploy.hosts.base import Live
from sitebuild.deploy.plan import SERVER_FILES, Entries, Takes
from sitebuild.deploy.store import Store
from sitebuild.host.manifest import Entry, Release, entry
from sitebuild.host.styles import allow_styles, find_styles


class Rules(NamedTuple):
    """What the rules on a target allow, and the files that differ from the release's.

    `styles` are hashes: first the release's own, then those of pages that may still be
    on the target. `style` is the own one where pages get another than they had, and
    `is_new` says whether the rules that are live do not allow it.
    """

    styles: tuple[str, ...]
    files: dict[str, Entry]
    style: str
    is_new: bool


def make_rules(
    release: Release, held: Release | None, live: Live, takes: Takes, store: Store
) -> Rules:
    """Return the rules for a release; the store has its files, and gets changed ones.

    `held` is the release that is live.
    """
    names = [name for name in SERVER_FILES if name in takes.private]
    own = _styles_of(release, names, store)
    before = _styles_before(held, live, names, store)
    is_new = bool(before) and not set(own) <= set(before)
    if live.journal:  # of its pages some may be there
        beside = tuple(live.journal.styles)
    else:
        beside = before[:1] if is_new else before
    styles = (*own, *(style for style in beside if style not in own))
    style = own[0] if own and before and own[0] != before[0] else ""
    return Rules(styles, _write(release, names, styles, store), style, is_new)


def _styles_before(
    held: Release | None, live: Live, names: list[str], store: Store
) -> tuple[str, ...]:
    """The styles that the rules allowed after the last deploy, that release's first."""
    if held is None or not names:
        return ()
    if held.name == live.history.live and live.history.styles:
        return live.history.styles
    return _styles_of(held, names, store)


def _styles_of(release: Release, names: list[str], store: Store) -> tuple[str, ...]:
    """The styles of a release, as far as its rules are kept here."""
    for name in names:
        text = _read(release, name, store)
        if text:
            return find_styles(text)
    return ()


def _write(
    release: Release, names: list[str], styles: tuple[str, ...], store: Store
) -> dict[str, Entry]:
    """Put the rules that differ from the release's into the store."""
    found = {}
    for name in names:
        text = _read(release, name, store)
        allowed = allow_styles(text, styles)
        if allowed != text:
            data = allowed.encode()
            store.put(data)
            found[name] = entry(data)
    return found


def _read(release: Release, name: str, store: Store) -> str:
    data = store.read(release.files[name].sha256) if name in release.files else b""
    return (data or b"").decode("utf-8", "replace")


def files_of(held: Release | None, live: Live) -> Entries:
    """Return the rules on a target that differ from those of the release `held`."""
    if held is None or held.name != live.history.live:
        return {}
    rules = live.history.rules
    return {name: rules[name] for name in SERVER_FILES if name in rules}
