"""Pictures are drawn once in a run of the tests, as drawing them is most of a small build.

An equal order gives equal bytes, which tests/site/test_helpers.py shows.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import resvg_py

draw = resvg_py.svg_to_bytes


def remember(folder: Path, *, keeps: bool) -> None:
    """Let builds of this process take pictures from a folder.

    Where it `keeps` them, what is drawn is put there.
    """

    def drawn(**order: Any) -> bytes:
        kept = folder / sha256(repr(sorted(order.items())).encode()).hexdigest()
        if kept.exists():
            return kept.read_bytes()
        data = bytes(draw(**order))
        if keeps:
            beside = kept.with_suffix(f".{os.getpid()}")
            beside.write_bytes(data)
            beside.replace(kept)
        return data

    resvg_py.svg_to_bytes = drawn
