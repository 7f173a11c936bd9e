"""Names of files that editors and tools leave behind: no part of the site, so no part of a build looks at them."""

from __future__ import annotations

import re
from fnmatch import translate

# Hidden files, swap files and locks, back-ups, vim's probe, compiled code; as Pelican's IGNORE_FILES takes them, whose
# default `**/.*` matches no name.
PATTERNS = (".*", "#*", "*~", "*.tmp", "*.bak", "4913", "__pycache__", "*.pyc")
_litter = re.compile("|".join(map(translate, PATTERNS)))


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is left out."""
    return bool(_litter.match(name))
