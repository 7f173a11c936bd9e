"""All that hosts need, added to a built site: what the public build makes of it."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import brotli

from sitebuild.check.advice import ROUND_TRIP_BYTES
from sitebuild.check.content import place_of_setting
from sitebuild.check.links import file_at
from sitebuild.derive.metadata import due_day
from sitebuild.faults import Report
from sitebuild.host import pages
from sitebuild.host.files import (
    HEADERS,
    HTACCESS,
    MANIFEST,
    REDIRECTS,
    Release,
    digest,
    folder_of,
    is_private,
)
from sitebuild.model import SourceLine
from sitebuild.render.templates import contact_link

SECURITY = ".well-known/security.txt"
# It is good for less than a year (RFC 9116, 2.5.5), counted from the newest day in the
# content: what a build writes does not depend on the day on which it runs.
_MONTHS = 11
_NOTICE = timedelta(days=30)
_SITE = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[\w.~-]+)*")
# What a page loads, and what programs ask for, most of which know gzip alone.
_LOADED = (".html", ".json", ".js", ".css", ".svg")
_ASKED = (".xml", ".txt")
# A copy of so many bytes, with headers and an icon, nearly fills one round trip.
_HEAVY = ROUND_TRIP_BYTES - 1000
# Published as they are: the name in theme/hosts, and the name that a host reads.
_RULES = {"_headers": HEADERS, "htaccess": HTACCESS}


def check_settings(settings: Mapping[str, Any], report: Report) -> None:
    """Report a setting of two lines, or a SITEURL at which no site can be published."""
    for name in ("SITENAME", "DEFAULT_LANG"):
        if len(str(settings[name]).splitlines()) > 1:
            report.add(
                place_of_setting(name, Path(settings["PATH"]).parent),
                f"the setting {name} has more than one line",
                "it stands on one line of files for machines",
                "write it on one line",
            )
    site = str(settings["SITEURL"])
    if settings.get("HOSTING") and not _SITE.fullmatch(site):
        report.add(
            SourceLine("publishconf.py", 1),
            f'SITEURL is "{site}"',
            "a site is published at https:// and a host in lower case or punycode, "
            "with a folder or without, such as https://example.org",
            "set SITEURL there or in the environment",
        )


def finish(
    files: dict[str, bytes],
    redirects: Mapping[str, str],
    settings: Mapping[str, Any],
    changed: date | None = None,
) -> None:
    """Add to a built site all that hosts need.

    `redirects` say where old page addresses lead in the end; `changed` is the newest
    day on which anything on the site was changed or checked. COMMIT and CHANGES in the
    settings say what the manifest does. A site in a folder of a host gets no rules and
    no security.txt: they speak of the whole host.
    """
    site = settings["SITEURL"]
    pages.put_in_folder(files, site)
    pages.name_icon(files, site)
    for path in sorted(files):
        if path.endswith(".html"):
            page = pages.with_prefetch(pages.with_safe_e_mail(files[path]))
            noindex = bool(settings.get("NOINDEX"))
            files[path] = pages.with_policy(page, noindex=noindex)
    for old, new in redirects.items():
        files[file_at(old)] = pages.stub(new, site, settings["DEFAULT_LANG"])
    if not folder_of(site):
        for name, published in _RULES.items():
            rules = Path(settings["THEME"]) / "hosts" / name
            if rules.is_file():
                files[published] = rules.read_bytes()
        files[REDIRECTS] = redirects_txt(redirects)
        security = security_txt(settings, changed)
        if security:
            files[SECURITY] = security
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


def security_txt(settings: Mapping[str, Any], changed: date | None) -> bytes:
    """Return security.txt (RFC 9116), where to report a weakness of the site.

    b"" without a CONTACT that a browser can open.
    """
    contact = contact_link(str(settings.get("CONTACT") or ""))
    if contact.startswith("/"):
        contact = f"{settings['SITEURL']}{contact}"
    if changed is None or not contact.startswith(("mailto:", "https://")):
        return b""
    lines = [
        f"Contact: {contact}",
        f"Expires: {due_day(changed, _MONTHS)}T00:00:00Z",
        f"Canonical: {settings['SITEURL']}/{SECURITY}",
        f"Preferred-Languages: {settings['DEFAULT_LANG']}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def advise(
    settings: Mapping[str, Any], changed: date | None, today: date
) -> Iterator[str]:
    """Yield a line for what readers miss, or will within a month.

    That is a way to report mistakes, and a security.txt that has not expired.
    """
    if not settings.get("CONTACT"):
        yield (
            "pelicanconf.py: CONTACT is empty; readers trust a site less that they "
            "cannot write to, so name an address or a page, and OWNER and LICENCE too"
        )
        return
    if changed is None:
        return
    expires = due_day(changed, _MONTHS)
    if today > expires - _NOTICE:
        yield (
            f"{SECURITY}: it is good until {expires}, eleven months after the newest "
            "day in the content; check a page and note the day (checked), and publish"
        )
