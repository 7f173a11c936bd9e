"""All that hosts need, added to a built site: what the public build makes of it.

What hosting changes in pages stands in the page itself, so that it holds on every host
and the rules of a server never change with the site.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import re
from collections.abc import Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

import brotli

from sitebuild.check.advice import ROUND_TRIP_BYTES
from sitebuild.release import (
    HEADERS,
    HTACCESS,
    ICON,
    MANIFEST,
    REDIRECTS,
    Release,
    digest,
    file_at,
    folder_of,
    is_private,
)

# What a page loads, and what programs ask for, most of which know gzip alone.
_LOADED = (".html", ".json", ".js", ".css", ".svg")
_ASKED = (".xml", ".txt")
# A copy of so many bytes, with headers and an icon, nearly fills one round trip.
_HEAVY = ROUND_TRIP_BYTES - 1000
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
# Published as they are: the name in theme/hosts, and the name that a host reads.
_RULES = {"_headers": HEADERS, "htaccess": HTACCESS}


def finish(
    files: dict[str, bytes],
    redirects: Mapping[str, str],
    settings: Mapping[str, Any],
) -> None:
    """Add to a built site all that hosts need.

    `redirects` say where old page addresses lead in the end. COMMIT and CHANGES in the
    settings say what the manifest does. A site in a folder of a host gets no rules:
    they speak of the whole host.
    """
    site = settings["SITEURL"]
    put_in_folder(files, site)
    name_icon(files, site)
    for path in sorted(files):
        if path.endswith(".html"):
            page = with_prefetch(with_safe_e_mail(files[path]))
            noindex = bool(settings.get("NOINDEX"))
            files[path] = with_policy(page, noindex=noindex)
    for old, new in redirects.items():
        files[file_at(old)] = stub(new, site, settings["DEFAULT_LANG"])
    if not folder_of(site):
        for name, published in _RULES.items():
            rules = Path(settings["THEME"]) / "hosts" / name
            if rules.is_file():
                files[published] = rules.read_bytes()
        files[REDIRECTS] = redirects_txt(redirects)
    compress(files)
    hashes = {path: digest(data) for path, data in sorted(files.items())}
    commit, changes = settings.get("COMMIT", ""), settings.get("CHANGES", False)
    files[MANIFEST] = Release(site, hashes, commit, changes, redirects).write()


def redirects_txt(redirects: Mapping[str, str]) -> bytes:
    """Return `_redirects`, as Cloudflare and Netlify read it.

    They tell an address with a slash at its end from one without.
    """
    lines = []
    for old, new in redirects.items():
        for form in dict.fromkeys((old, old.rstrip("/") or old)):
            lines.append(f"{form} {new} 301\n")
    return "".join(lines).encode()


def compress(files: MutableMapping[str, bytes]) -> None:
    """Put a gzip copy beside each text file, and a brotli copy beside what pages load.

    A copy that is no smaller than its file is left out.
    """
    shown = [path for path in files if not is_private(path)]
    loaded = [path for path in shown if path.endswith(_LOADED)]
    texts = [*loaded, *(path for path in shown if path.endswith(_ASKED))]
    with ThreadPoolExecutor() as pool:  # both compressors work outside Python's lock
        for suffix, code, paths in ((".br", _brotli, loaded), (".gz", _gzip, texts)):
            copies = pool.map(code, [files[path] for path in paths])
            for path, copy in zip(paths, copies, strict=True):
                if len(copy) < len(files[path]):
                    files[path + suffix] = copy


def _brotli(data: bytes) -> bytes:
    """Return a copy at level 10, which takes half the time of 11 for 2 % more bytes.

    Where these may not fit one round trip it is made at 11.
    """
    copy = brotli.compress(data, quality=10)
    if len(copy) > _HEAVY:
        copy = brotli.compress(data, quality=11)
    return bytes(copy)


def _gzip(data: bytes) -> bytes:
    """Return a copy without name and time.

    What `gzip.compress` writes differs between versions of Python.
    """
    written = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, written, mtime=0) as file:
        file.write(data)
    return written.getvalue()


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
