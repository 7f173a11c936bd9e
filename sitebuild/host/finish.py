"""All that hosts need, added to a built site."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from sitebuild.faults import Report
from sitebuild.host import configs
from sitebuild.host.copies import compress
from sitebuild.host.files import MANIFEST
from sitebuild.host.folders import folder_of, put_in_folder
from sitebuild.host.hashes import put_hashes
from sitebuild.host.headers import headers_for, headers_of_site
from sitebuild.host.manifest import manifest
from sitebuild.host.policies import put_noindex, put_policies
from sitebuild.host.rules import Site, find_rules
from sitebuild.host.security import SECURITY, security_txt


def finish(
    files: dict[str, bytes],
    redirects: Mapping[str, str],
    settings: Mapping[str, Any],
    report: Report,
    changed: date | None = None,
) -> None:
    """Add to a built site all that hosts need; report what does not fit their limits.

    `redirects` say where old page addresses lead in the end; `changed` is the newest
    day on which anything on the site was changed or checked. A site in a folder of a
    host gets no configurations: they speak of the whole host.
    """
    files[MANIFEST] = b""  # has headers as others do, and is written last
    security = security_txt(settings, changed)
    if security:
        files[SECURITY] = security
    put_in_folder(files, settings["SITEURL"])
    put_hashes(files, settings["SITEURL"])
    site = headers_of_site(settings, files)
    headers = {path: headers_for(path, files, site) for path in sorted(files)}
    rules = tuple(find_rules(headers))
    put_policies(files, report)
    if settings.get("NOINDEX"):
        put_noindex(files)
    stubs = _put_stubs(files, redirects, settings)
    host = urlsplit(settings["SITEURL"]).netloc
    is_whole_host = not folder_of(settings["SITEURL"])
    written = configs.write(Site(rules, redirects, host)) if is_whole_host else {}
    for name, text in written.items():
        configs.check(name, text, report)
        files[name] = text.encode()
    compress(files)
    files[MANIFEST] = manifest(files, settings["SITEURL"], stubs)


def _put_stubs(
    files: dict[str, bytes], redirects: Mapping[str, str], settings: Mapping[str, Any]
) -> list[str]:
    """Put a page at each old address; returns their paths."""
    stubs = []
    for old, new in redirects.items():
        path = old.removeprefix("/")
        if path.endswith("/"):
            path += "index.html"
        files[path] = stub(new, settings)
        stubs.append(path)
    return stubs


def stub(new: str, settings: Mapping[str, Any]) -> bytes:
    """Return a page that leads to the address `new`, for hosts without redirects.

    A browser keeps a fragment through a redirect (RFC 9110, 10.2.2) but not through a
    refresh, so a script takes it along.
    """
    site = settings["SITEURL"]
    path = folder_of(site) + new
    here, whole = html.escape(path), html.escape(site + new)
    refresh = f'<meta http-equiv="refresh" content="0; url={here}">'
    if "#" not in new:
        go = f"location.replace({json.dumps(path)} + location.hash)"
        refresh = f"<script>{go}</script>\n<noscript>{refresh}</noscript>"
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{settings["DEFAULT_LANG"]}">',
        '<meta charset="utf-8">',
        f"<title>{here}</title>",
        '<meta name="robots" content="noindex">',
        refresh,
        f'<link rel="canonical" href="{whole}">',
        '<link rel="icon" href="data:,">',
        f'<p><a href="{here}">{here}</a></p>',
        "</html>",
    ]
    return ("\n".join(lines) + "\n").encode()
