"""Where to report a weakness of the site: security.txt (RFC 9116)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sitebuild.derive.text import contact_link, due_day
from sitebuild.host.folders import folder_of

SECURITY = ".well-known/security.txt"
# It is good for less than a year (RFC 9116, 2.5.5), counted from the newest day in the
# content: what a build writes does not depend on the day on which it runs.
_MONTHS = 11
_NOTICE = timedelta(days=30)


def security_txt(settings: Mapping[str, Any], changed: date | None) -> bytes:
    """Return the file; b"" without a CONTACT, or for a site in a folder of a host.

    `changed` is the newest day on which anything on the site was changed or checked.
    """
    contact = _contact(settings)
    if not contact or changed is None or folder_of(settings["SITEURL"]):
        return b""
    lines = [
        f"Contact: {contact}",
        f"Expires: {due_day(changed, _MONTHS)}T00:00:00Z",
        f"Canonical: {settings['SITEURL']}/{SECURITY}",
        f"Preferred-Languages: {settings['DEFAULT_LANG']}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _contact(settings: Mapping[str, Any]) -> str:
    """The setting CONTACT as a URI: an e-mail address, a page here or elsewhere."""
    link = contact_link(str(settings.get("CONTACT") or ""))
    if link.startswith("/"):
        return f"{settings['SITEURL']}{link}"
    return link if link.startswith(("mailto:", "https://")) else ""


def advise(
    settings: Mapping[str, Any], changed: date | None, today: date
) -> Iterator[str]:
    """Yield a line where security.txt has expired, or will within a month."""
    if not settings.get("CONTACT") or changed is None:
        return
    expires = due_day(changed, _MONTHS)
    if today > expires - _NOTICE:
        yield (
            f"{SECURITY}: it is good until {expires}, eleven months after the newest "
            "day in the content; check a page and note the day (checked), and publish"
        )
