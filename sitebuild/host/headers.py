"""What hosts need beside the pages: headers, policy, redirects, compressed copies, manifest; all from the built bytes.

One function, `headers_for`, says with what headers a file is served; the files for hosts only write that down.
Names that begin with an underscore are for hosts and are served by none.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from mimetypes import MimeTypes
from typing import Any
from urllib.parse import urlsplit

import brotli
import zopfli.gzip

from sitebuild.faults import Report
from sitebuild.host import configs as servers
from sitebuild.model import SourceLine

MANIFEST = "release.json"
SPECULATION, _PREFETCH_RULES = "speculation.json", "application/speculationrules+json"
COMPRESSED = (".br", ".gz")
_TEXT = (".html", ".xml", ".txt", ".json", ".js", ".css", ".svg")
_TYPES = MimeTypes(filenames=())  # Python's own table: the system's differ
_YEAR = 365 * 24 * 3600
# The best scores of MDN's HTTP Observatory; prefetching needs no script where the rules come by header.
_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": f"max-age={_YEAR}; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = re.compile(rb"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(rb"<script\b(?![^>]*\btype=\"?application/ld\+json)")
_CHARSET = b'<meta charset="utf-8">'
_SITE = r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?"
_HASHED = re.compile(r"\.([0-9a-f]{8,64})\.\w+$")


def check_settings(settings: Mapping[str, Any], report: Report) -> None:
    """A site is published at an https address of its own: links are written from the root of the host."""
    if settings.get("HOSTING") and not re.fullmatch(_SITE, str(settings["SITEURL"])):
        found = f'SITEURL is "{settings["SITEURL"]}"'
        allowed = "a site is published at https:// and a host in lower case or punycode, such as https://example.org"
        report.add(
            SourceLine("publishconf.py", 1),
            found,
            allowed,
            "set SITEURL there or in the environment",
        )


def styles(page: bytes) -> list[bytes]:
    """The text of each inlined style of a page, as a policy's hash counts it (CSP 3, 8.4)."""
    return _STYLE.findall(page)


def has_scripts(page: bytes) -> bool:
    """Whether a page runs scripts; linked data is none."""
    return bool(_SCRIPT.search(page))


def policy(style: Sequence[bytes], *, scripts: bool, in_page: bool = False) -> str:
    """The Content-Security-Policy of a page: its own style, the site's images, scripts where it has any, nothing else.

    `in_page` leaves out what a <meta> may not say (CSP 3, 3.3).
    """
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
        for text in style
    ]
    parts = ["default-src 'none'", "img-src 'self'"]
    parts += [f"style-src {' '.join(hashes)}"] if hashes else []
    if scripts:  # the search runs WebAssembly and fetches its index
        parts += ["script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'"]
    parts += [
        "base-uri 'none'",
        "form-action 'none'",
        *([] if in_page else ["frame-ancestors 'none'"]),
    ]
    return "; ".join(parts)


def cache_control(path: str, sha256: str) -> str:
    """For ever where the name carries the hash of the bytes; else asked anew each time, so corrections show at once."""
    named = _HASHED.search(path)
    return (
        f"public, max-age={_YEAR}, immutable"
        if named and sha256.startswith(named[1])
        else "no-cache"
    )


def object_headers(path: str, sha256: str) -> dict[str, str]:
    """The headers that a bucket keeps with a file: it knows neither its type nor how long it lasts."""
    kind = _TYPES.guess_type(path)[0] or "application/octet-stream"
    kind = _PREFETCH_RULES if path == SPECULATION else kind
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return {
        "Cache-Control": cache_control(path, sha256),
        "Content-Type": kind + charset,
    }


def headers_for(path: str, files: Mapping[str, bytes]) -> dict[str, str]:
    """The headers with which the file `path` of a built site is served, besides what a host sets by itself.

    What stands beside a page has its policy, so that one rule serves a folder; beside none stands the search.
    """
    headers = {
        **_ALWAYS,
        "Cache-Control": cache_control(path, hashlib.sha256(files[path]).hexdigest()),
    }
    if "/" in path or path.endswith(".html"):
        page = files.get(
            path if path.endswith(".html") else f"{posixpath.dirname(path)}/index.html"
        )
        scripts = page is None or has_scripts(page)
        headers["Content-Security-Policy"] = policy(
            styles(files.get("index.html", b"")), scripts=scripts
        )
    if SPECULATION in files:
        headers["Speculation-Rules"] = f'"/{SPECULATION}"'
    if path == SPECULATION:
        headers["Content-Type"] = _PREFETCH_RULES
    return headers


def stub(new: str, settings: Mapping[str, Any]) -> bytes:
    """A page that leads on, for hosts without redirects."""
    here, whole = html.escape(new), html.escape(settings["SITEURL"] + new)
    return (
        f'<!DOCTYPE html>\n<html lang="{settings["DEFAULT_LANG"]}">\n<meta charset="utf-8">\n<title>{here}</title>\n'
        f'<meta name="robots" content="noindex">\n<meta http-equiv="refresh" content="0; url={here}">\n'
        f'<link rel="canonical" href="{whole}">\n<link rel="icon" href="data:,">\n'
        f'<p><a href="{here}">{here}</a></p>\n</html>\n'
    ).encode()


def _put_policies(files: dict[str, bytes], report: Report) -> None:
    """Give each page its policy for hosts without headers; a page whose style differs from the others' is a fault."""
    site_style = styles(files["index.html"])
    for path, page in [
        item for item in sorted(files.items()) if item[0].endswith(".html")
    ]:
        style, place = styles(page), SourceLine(path, 1)
        if style != site_style or len(style) > 1:
            report.add(
                place,
                "its style differs",
                "pages carry the same one <style>",
                "take it from the base template",
            )
        if page.count(_CHARSET) != 1 or page.find(b"<style") in range(
            page.find(_CHARSET)
        ):
            allowed = f"the head opens with {_CHARSET.decode()}"
            report.add(
                place,
                "its character set is not told first",
                allowed,
                "mend the template",
            )
        text = policy(style, scripts=has_scripts(page), in_page=True)
        meta = f'<meta http-equiv="Content-Security-Policy" content="{text}">'
        files[path] = page.replace(_CHARSET, _CHARSET + b"\n" + meta.encode(), 1)


def _copies(data: bytes) -> tuple[bytes, bytes]:
    return brotli.compress(data, quality=11), zopfli.gzip.compress(
        data, numiterations=5
    )


def compress(files: dict[str, bytes]) -> None:
    """Put a brotli and a gzip copy beside each text file, where it is smaller."""
    names = [
        name for name in files if name.endswith(_TEXT) and not name.startswith("_")
    ]
    with ThreadPoolExecutor() as pool:  # both compressors work outside Python's lock
        for name, copies in zip(
            names, pool.map(_copies, [files[name] for name in names]), strict=True
        ):
            for suffix, copy in zip(COMPRESSED, copies, strict=True):
                if len(copy) < len(files[name]):
                    files[name + suffix] = copy


def entry(data: bytes) -> list[Any]:
    """A file in a manifest: its size in bytes, MD5 (the hash that stores know) and SHA-256."""
    return [
        len(data),
        hashlib.md5(data, usedforsecurity=False).hexdigest(),
        hashlib.sha256(data).hexdigest(),
    ]


def manifest(files: Mapping[str, bytes], site: str, stubs: Sequence[str]) -> bytes:
    """What a release holds: site, stub pages, and each file but the manifest itself."""
    held = {
        path: entry(data) for path, data in sorted(files.items()) if path != MANIFEST
    }
    lines = ",\n".join(
        f"  {json.dumps(path)}: {json.dumps(value)}" for path, value in held.items()
    )
    head = f'{{"site": {json.dumps(site)},\n "stubs": {json.dumps(sorted(stubs))},\n "files": {{'
    return f"{head}\n{lines}\n }}}}\n".encode()


def finish(
    files: dict[str, bytes],
    redirects: Mapping[str, str],
    settings: Mapping[str, Any],
    report: Report,
) -> None:
    """Add to a built site all that hosts need; what does not fit a host's limits goes to the report.

    `redirects` say where old page addresses lead in the end.
    """
    files[MANIFEST] = b""  # has headers as others do, and is written last
    rules = list(
        servers.find_rules({path: headers_for(path, files) for path in sorted(files)})
    )
    _put_policies(files, report)
    stubs = []
    for old, new in redirects.items():
        stubs.append(f"{old[1:]}index.html" if old.endswith("/") else old[1:])
        files[stubs[-1]] = stub(new, settings)
    for name, text in servers.write(
        rules, redirects, urlsplit(settings["SITEURL"]).netloc
    ).items():
        servers.check(name, text, report)
        files[name] = text.encode()
    compress(files)
    files[MANIFEST] = manifest(files, settings["SITEURL"], stubs)
