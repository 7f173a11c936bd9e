"""A site that stands in a folder of a host, such as https://name.github.io/project/.

Everything before this writes links from the root of the host; here the folder is put in
front of them, in one pass over the tags of the built pages.
"""

from __future__ import annotations

import re
from collections.abc import Container, MutableMapping
from urllib.parse import urlsplit

from sitebuild.host.files import SPECULATION, address

_TAG = re.compile(rb"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>""")
# An attribute that loads or leads to something, whose value begins at the root.
_ROOTED = re.compile(rb"""(\s(?:href|src|poster|action|data)=["']?)/(?!/)""")


def folder_of(site: str) -> str:
    """Return the folder of a site's address without a slash at its end; "" for none."""
    return urlsplit(site).path.rstrip("/")


def put_in_folder(files: MutableMapping[str, bytes], site: str) -> None:
    """Put the folder of a site in front of every link of pages, feeds and rules."""
    folder = folder_of(site)
    if not folder:
        return
    addresses = {address(path) for path in files}
    for path, data in files.items():
        if path.endswith(".html"):
            files[path] = _rewrite(data, folder.encode())
        elif path.endswith(".xml"):
            files[path] = _rewrite_feed(data.decode(), site, addresses).encode()
    if SPECULATION in files:
        rules = files[SPECULATION]
        files[SPECULATION] = rules.replace(b'"/', f'"{folder}/'.encode())


def _rewrite_feed(feed: str, site: str, addresses: Container[str]) -> str:
    """A feed whose texts had their links made absolute, from the root of the host."""
    origin = site.removesuffix(folder_of(site))

    def put(link: re.Match[str]) -> str:
        return site + link[1] if link[1] in addresses else link[0]

    return re.sub(re.escape(origin) + r"""(/[^"'<>&#\s]*)""", put, feed)


def _rewrite(page: bytes, folder: bytes) -> bytes:
    def put(tag: re.Match[bytes]) -> bytes:
        return _ROOTED.sub(rb"\1" + folder + b"/", tag[0])

    return _TAG.sub(put, page)
