"""With which headers each file is served: one table for the servers of all kinds."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sitebuild.faults import Report
from sitebuild.host.files import is_speculation, media_type
from sitebuild.host.policies import has_scripts, policy, styles
from sitebuild.model import SourceLine

_YEAR_S = 365 * 24 * 3600
_HSTS = "Strict-Transport-Security"
# The best scores of MDN's HTTP Observatory. Prefetching needs no script where its rules
# come by header.
_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{name}=()"
        for name in ("camera", "microphone", "geolocation", "browsing-topics")
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    _HSTS: f"max-age={_YEAR_S}; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_SITE = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[\w.~-]+)*")
_HASHED = re.compile(r"\.([0-9a-f]{8,64})\.\w+$")
# Pagefind names these by the SHA-1 of what they hold. Its script, its WebAssembly and
# its entry have fixed names.
_PAGEFIND = re.compile(r"pagefind/.*_[0-9a-f]{7,40}\.pf_(fragment|index|meta)")


def check_settings(settings: Mapping[str, Any], report: Report) -> None:
    """Report a SITEURL at which a site cannot be published."""
    address = str(settings["SITEURL"])
    if settings.get("HOSTING") and not _SITE.fullmatch(address):
        report.add(
            SourceLine("publishconf.py", 1),
            f'SITEURL is "{address}"',
            "a site is published at https:// and a host in lower case or punycode, "
            "with a folder or without, such as https://example.org",
            "set SITEURL there or in the environment",
        )


def headers_of_site(
    settings: Mapping[str, Any], files: Iterable[str]
) -> dict[str, str]:
    """Return the headers that all files of a site have, by its settings and its files.

    HSTS is the value of Strict-Transport-Security (RFC 6797), "" for none; NOINDEX
    keeps a site that is tried out from search engines.
    """
    headers = dict(_ALWAYS)
    if "HSTS" in settings:
        headers[_HSTS] = settings["HSTS"]
    if not headers[_HSTS]:
        del headers[_HSTS]
    if settings.get("NOINDEX"):
        headers["X-Robots-Tag"] = "noindex"
    for path in filter(is_speculation, files):
        headers["Speculation-Rules"] = f'"/{path}"'
    return headers


def cache_control(path: str, sha256: str) -> str:
    """Return how long a file may be kept.

    For ever where the name carries the hash of the bytes; else it is asked for again
    each time, so that a correction shows at once.
    """
    named = _HASHED.search(path)
    is_named = bool(named and sha256.startswith(named[1]))
    if is_named or _PAGEFIND.fullmatch(path):
        return f"public, max-age={_YEAR_S}, immutable"
    return "no-cache"


def object_headers(path: str, sha256: str) -> dict[str, str]:
    """Return the headers that a bucket keeps with a file."""
    kind = media_type(path)
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return {"Cache-Control": cache_control(path, sha256), "Content-Type": kind}


def headers_for(
    path: str, files: Mapping[str, bytes], site: Mapping[str, str] = _ALWAYS
) -> dict[str, str]:
    """Return the headers with which the file `path` of a built site is served.

    `site` are those that all its files have. What a host sets by itself is not among
    them.
    """
    sha256 = hashlib.sha256(files[path]).hexdigest()
    headers = {**site}
    # A .pf_meta shares its folder with files of fixed names. A rule would have to name
    # it by its hash, and servers would be reloaded for every edit of a text; without
    # one a cache keeps it for as long as it likes, which is right for such a name.
    if not path.endswith(".pf_meta"):
        headers["Cache-Control"] = cache_control(path, sha256)
    # Other sites may show cards and icons, and nothing else (Fetch Standard, 3.7).
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if _is_picture(path):
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if "/" in path or path.endswith(".html"):
        headers["Content-Security-Policy"] = _policy_for(path, files)
    if is_speculation(path):
        headers["Content-Type"] = media_type(path)
    return headers


def _is_picture(path: str) -> bool:
    return media_type(path).startswith("image/")


def _policy_for(path: str, files: Mapping[str, bytes]) -> str:
    """The policy of a page, which the files beside it share, so that one rule does.

    The files of the search stand beside no page.
    """
    page = path
    if not path.endswith(".html"):
        page = f"{posixpath.dirname(path)}/index.html"
    scripts = page not in files or has_scripts(files[page])
    if _is_picture(path):
        scripts = False
    return policy(styles(files.get("index.html", b"")), scripts=scripts)
