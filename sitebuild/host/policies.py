"""The Content-Security-Policy of pages: their one style by its hash, their scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from sitebuild.faults import Report
from sitebuild.model import SourceLine

_STYLE = re.compile(rb"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(rb"<script\b(?![^>]*\btype=\"?application/ld\+json)")
_CHARSET = b'<meta charset="utf-8">'


def styles(page: bytes) -> list[bytes]:
    """Return each inlined style of a page, as a hash counts it (CSP 3, 8.4)."""
    return _STYLE.findall(page)


def has_scripts(page: bytes) -> bool:
    """Return whether a page runs scripts; linked data is none."""
    return bool(_SCRIPT.search(page))


def _source(style: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    return f"'sha256-{digest}'"


def policy(style: Sequence[bytes], *, scripts: bool, in_page: bool = False) -> str:
    """Return the policy of a page: its own style, the site's images and scripts.

    `in_page` leaves out what a <meta> may not say (CSP 3, 3.3).
    """
    # Lighthouse fetches robots.txt from within the page.
    parts = ["default-src 'none'", "img-src 'self'", "connect-src 'self'"]
    if style:
        parts.append(f"style-src {' '.join(map(_source, style))}")
    if scripts:  # the search runs WebAssembly
        parts.append("script-src 'self' 'wasm-unsafe-eval'")
    parts += ["base-uri 'none'", "form-action 'none'"]
    if not in_page:
        parts.append("frame-ancestors 'none'")
    return "; ".join(parts)


def put_policies(files: dict[str, bytes], report: Report) -> None:
    """Write its policy into each page, for hosts without headers.

    A page whose style differs from the others' is a fault, and so is one in which the
    policy would come too late.
    """
    site_style = styles(files["index.html"])
    for path in sorted(files):
        if path.endswith(".html"):
            _check_page(path, files[path], site_style, report)
            files[path] = _with_policy(files[path])


def put_noindex(files: dict[str, bytes]) -> None:
    """Ask search engines, in each page, to leave it out: for hosts without headers."""
    meta = b'<meta name="robots" content="noindex">'
    for path, page in files.items():
        if path.endswith(".html"):
            files[path] = page.replace(_CHARSET, _CHARSET + b"\n" + meta, 1)


def _with_policy(page: bytes) -> bytes:
    text = policy(styles(page), scripts=has_scripts(page), in_page=True)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{text}">'
    return page.replace(_CHARSET, _CHARSET + b"\n" + meta.encode(), 1)


def _check_page(
    path: str, page: bytes, site_style: list[bytes], report: Report
) -> None:
    place, style = SourceLine(path, 1), styles(page)
    if style != site_style or len(style) > 1:
        report.add(
            place,
            "its style differs",
            "pages carry the same one <style>",
            "take it from the base template",
        )
    before_charset, charset, _ = page.partition(_CHARSET)
    if not charset or page.count(_CHARSET) > 1 or b"<style" in before_charset:
        report.add(
            place,
            "its character set does not come first",
            f"the head opens with {_CHARSET.decode()}",
            "correct the template",
        )
