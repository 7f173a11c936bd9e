"""How readers reach the owner: the setting CONTACT as a link has it."""

from __future__ import annotations


def contact_link(contact: str) -> str:
    """Return an e-mail address as mailto: (RFC 6068), and any address as it is."""
    is_bare = "@" in contact and "/" not in contact and ":" not in contact
    return f"mailto:{contact}" if is_bare else contact
