"""Names that carry the hash of the bytes, for files that pages or headers name.

They may be kept for ever: other bytes have another name. What browsers ask for by a
fixed name (favicon.ico, apple-touch-icon.png, robots.txt) cannot have one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import MutableMapping

from sitebuild.host.files import ICON, SPECULATION
from sitebuild.host.folders import folder_of

_DIGITS = 8
_FORMS = {ICON: "icon.{}.svg", SPECULATION: "speculation.{}.json"}


def put_hashes(files: MutableMapping[str, bytes], site: str) -> None:
    """Rename the icon and the rules for prefetching, and what pages and feeds name."""
    for path, form in _FORMS.items():
        if path in files:
            data = files.pop(path)
            name = form.format(hashlib.sha256(data).hexdigest()[:_DIGITS])
            files[name] = data
            _rename(files, path, name, site)


def _rename(files: MutableMapping[str, bytes], old: str, new: str, site: str) -> None:
    """Let the attributes of pages, and feeds, name a file by its new name."""
    attribute = rb"""(\s(?:href|src|data)=["']?)"""
    in_page = f"{folder_of(site)}/".encode()
    in_feed = f"{site}/".encode()
    for path, data in files.items():
        if path.endswith(".html"):
            pattern, prefix = attribute, in_page
        elif path.endswith(".xml"):
            pattern, prefix = b"()", in_feed
        else:
            continue
        found = pattern + re.escape(prefix + old.encode()) + rb"(?!\w)"
        files[path] = re.sub(found, rb"\1" + prefix + new.encode(), data)
