"""The open pages, and the messages that `client.js` reads, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from sitebuild.diff import Change
from sitebuild.faults import Fault
from sitebuild.model import SourceLine

Client = SimpleQueue[str]


class Browsers:
    """The pages that are looked at; each reads messages from its own queue."""

    def __init__(self) -> None:
        """Begin with no page."""
        self._clients: set[Client] = set()

    def join(self, *greeting: str) -> Client:
        """Add a page and return its queue, with some messages in it."""
        client: Client = SimpleQueue()
        for message in greeting:
            client.put(message)
        self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """Forget a page that has gone."""
        self._clients.discard(client)

    def send(self, message: str) -> None:
        """Give a message to every page."""
        for client in list(self._clients):
            client.put(message)


@dataclass(frozen=True)
class EditorLinks:
    """Makes the addresses that open a source line in the editor's program.

    `scheme` is that of the program, such as "vscode"; if it is empty there are no
    addresses.
    """

    root: Path
    scheme: str

    def link(self, place: SourceLine) -> str:
        """Return the address of a source line."""
        if not self.scheme:
            return ""
        path = (self.root / place.file).as_posix()
        return f"{self.scheme.removesuffix('://')}://file{path}:{place.line}"


def outcome(
    faults: Sequence[Fault], addresses: Sequence[str], state: str, links: EditorLinks
) -> str:
    """Return the message that is sent at once: the faults and the changed addresses.

    `state` says in words what is served while there are faults.
    """
    listed = []
    for fault in faults:
        entry = {
            "at": f"{fault.place.file}:{fault.place.line}",
            "text": f"{fault.found}; {fault.allowed}; {fault.remedy}",
            "url": links.link(fault.place),
        }
        listed.append(entry)
    return json.dumps({"faults": listed, "addresses": list(addresses), "state": state})


def reasons(
    differences: Sequence[Change],
    drafts: frozenset[str],
    *,
    go: str = "",
    is_first: bool = False,
) -> str:
    """Return the message that follows: why pages changed, and where to go.

    `is_first` tells a page that it is current already.
    """
    pages = [asdict(change) for change in differences if change.is_page]
    message = {"pages": pages, "drafts": sorted(drafts), "go": go, "first": is_first}
    return json.dumps(message)
