"""What hosting changes in the built pages: policies, names with hashes, folders, stubs.

All of it stands in the page itself, so that it holds on every host and the rules of a
server never change with the site.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import MutableMapping
from pathlib import PurePosixPath

from sitebuild.host.files import ICON, folder_of

_CHARSET = '<meta charset="utf-8">'
# Where a page can say something before all that it governs.
_TOP = re.compile(rb"(<head[^>]*>\s*)?<meta charset=[^>]*>|<head[^>]*>")
_STYLE = re.compile(rb"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_DATA = re.compile(rb"\btype=[\"']?application/ld\+json")
_SOURCE = re.compile(rb"\bsrc\s*=")
_TAG = re.compile(rb"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>""")
# An attribute that loads or leads to something, whose value begins at the root.
_ROOTED = re.compile(rb"""(\s(?:href|src|poster|action|data)=["']?)/(?!/)""")
_NO_TEXT = re.compile(rb"(<(script|style)\b.*?</\2>)", re.DOTALL)
_E_MAIL = re.compile(rb"(?<=[\w.+-])@(?=[\w-]+\.[\w.-]*\w)")
_DIGITS = 8  # of a hash in a file's name
# Which links a browser may fetch before they are followed: to pages of this host, not
# to files. https://html.spec.whatwg.org/multipage/speculative-loading.html
_PREFETCH = (
    b'<script type="speculationrules">{"prefetch":[{"where":{"and":[{"href_matches":'
    b'"/*"},{"not":{"href_matches":"/*.*"}}]},"eagerness":"moderate"}]}</script>\n'
)


def policy(page: bytes) -> str:
    """Return the Content-Security-Policy of a page, as a <meta> may say it.

    It allows the style and the scripts that stand in the page by their hashes, and the
    images, data and scripts of the site.
    """
    parts = ["default-src 'none'", "img-src 'self'", "connect-src 'self'"]
    styles = [_hashed(style) for style in _STYLE.findall(page)]
    if styles:
        parts.append(f"style-src {' '.join(styles)}")
    scripts: list[str] = []
    for attributes, text in _SCRIPT.findall(page):
        if _SOURCE.search(attributes):  # the search runs WebAssembly
            scripts += ["'self'", "'wasm-unsafe-eval'"]
        elif not _DATA.search(attributes):
            scripts.append(_hashed(text))
    if scripts:
        parts.append(f"script-src {' '.join(sorted(set(scripts), reverse=True))}")
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


def _hashed(text: bytes) -> str:
    """Return the source that allows a text by its hash (CSP 3, 8.4)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


def with_prefetch(page: bytes) -> bytes:
    """Return a page that lets browsers prefetch the pages that it leads to."""
    return page.replace(b"</head>", _PREFETCH + b"</head>", 1)


def with_policy(page: bytes, *, noindex: bool = False) -> bytes:
    """Return a page that says its policy, and if wanted that no engine indexes it."""
    lines = [f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">']
    if noindex:
        lines.append('<meta name="robots" content="noindex">')
    return _TOP.sub(lambda top: "\n".join([top[0].decode(), *lines]).encode(), page, 1)


def with_safe_e_mail(page: bytes) -> bytes:
    """Return a page whose e-mail addresses are written with `&#64;`.

    Cloudflare rewrites plain ones, and its script that reads them again does not run
    under the policy of the page.
    """
    parts = _NO_TEXT.split(page)
    # text, element, its name, text, …
    parts[::3] = [_E_MAIL.sub(b"&#64;", text) for text in parts[::3]]
    del parts[2::3]
    return b"".join(parts)


def name_icon(files: MutableMapping[str, bytes], site: str) -> None:
    """Give the icon a name with the hash of its bytes, in pages and feeds too."""
    if ICON not in files:
        return
    data = files.pop(ICON)
    name = f"assets/icon.{hashlib.sha256(data).hexdigest()[:_DIGITS]}.svg"
    files[name] = data
    starts = {
        ".html": rb"""(\s(?:href|src|data)=["']?%b/)""" % folder_of(site).encode(),
        ".xml": b"(%b/)" % re.escape(site.encode()),
    }
    for path, text in files.items():
        start = starts.get(PurePosixPath(path).suffix)
        if start:
            found = start + re.escape(ICON.encode()) + rb"(?!\w)"
            files[path] = re.sub(found, rb"\1" + name.encode(), text)


def put_in_folder(files: MutableMapping[str, bytes], site: str) -> None:
    """Put the folder of a site in front of every link of its pages.

    Before this, links begin at the root of the host.
    """
    rooted = rb"\1%b/" % folder_of(site).encode()

    def put(tag: re.Match[bytes]) -> bytes:
        return _ROOTED.sub(rooted, tag[0])

    for path, data in files.items():
        if path.endswith(".html") and folder_of(site):
            files[path] = _TAG.sub(put, data)


def stub(new: str, site: str, language: str) -> bytes:
    """Return a page that leads to the address `new`, for hosts without redirects.

    A browser keeps a fragment through a redirect (RFC 9110, 10.2.2) but not through a
    refresh, so a script takes it along.
    """
    here, whole = html.escape(folder_of(site) + new), html.escape(site + new)
    refresh = f'<meta http-equiv="refresh" content="0; url={here}">'
    link = f'<p><a href="{here}">{here}</a></p>'
    if "#" not in new:
        go = "location.replace(document.querySelector('a').href + location.hash)"
        refresh = f"<noscript>{refresh}</noscript>"
        link += f"\n<script>{go}</script>"
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{language}">',
        _CHARSET,
        f"<title>{here}</title>",
        '<meta name="robots" content="noindex">',
        refresh,
        f'<link rel="canonical" href="{whole}">',
        link,
        "</html>",
    ]
    return with_policy(("\n".join(lines) + "\n").encode())
