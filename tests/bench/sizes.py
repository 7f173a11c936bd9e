"""What a site costs as it grows, here and in other tools: one table.

    python -m tests.bench.sizes 10 1000 --peers pelican,hugo --runs 3

CPU is user and system time of all processes of a build, memory the peak of the largest;
the median of some runs is shown, in which the tools take turns. Machines differ, so
below the table the ratios of CPU stand, and those of the time to a served edit.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.tools import MAKERS, Tool, this_project

_MEGABYTE = 1024  # kilobytes, in which Linux counts memory
_EDITS = 5  # of a served site
# Between them, and as long again as the last one took: no tool is met while it works on
# what comes after the page.
_REST_S = 0.4
_FIRST_SERVED = 1000  # the words of these edits are none of those before
_PHASES = ("cold", "one edit", "nothing changed")


class Cost(NamedTuple):
    """What one command cost: seconds of CPU and of the clock, megabytes at the peak."""

    cpu_s: float
    wall_s: float
    peak_mb: float

    def __str__(self) -> str:
        """Return the three as a cell of the table."""
        return f"{self.cpu_s:.2f} / {self.wall_s:.2f} / {self.peak_mb:.0f}"


class Row(NamedTuple):
    """What one tool costs at one size: a build in each phase, and a served edit.

    `served_ms` is not a number where the tool lost an edit, or took too long.
    """

    tool: str
    costs: list[Cost]
    served_ms: float


def run(
    project: Path,
    sizes: Iterable[int] = (10, 100, 1000),
    names: Sequence[str] = ("pelican",),
    runs: int = 1,
) -> None:
    """Print what this project and the peers of some names cost at each size."""
    print_row("size", "tool", *(f"{it}: CPU s / wall s / MB" for it in _PHASES), "edit")
    ratios = []
    for size in sizes:
        rows = measure(project, size, names, runs)
        for row in rows:
            served = f"{row.served_ms:.0f} ms"
            print_row(str(size), row.tool, *map(str, row.costs), served)
        for peer in rows[1:]:
            ratios.append(_ratios(size, rows[0], peer))
    for line in ratios:
        sys.stdout.write(f"{line}\n")


def print_row(*cells: str) -> None:
    """Print one row of the table."""
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def _ratios(size: int, ours: Row, peer: Row) -> str:
    """Return our costs in those of a peer, in words."""
    said = []
    for phase, one, other in zip(_PHASES, ours.costs, peer.costs, strict=True):
        said.append(f"{phase} {one.cpu_s / other.cpu_s:.2f}")
    said.append(f"edit to served {ours.served_ms / peer.served_ms:.2f}")
    said.append(f"peak {ours.costs[0].peak_mb / peer.costs[0].peak_mb:.2f}")
    return f"{size}: ours / {peer.tool}: {', '.join(said)}"


def measure(project: Path, size: int, names: Sequence[str], runs: int) -> list[Row]:
    """Return what each tool costs; a peer that cannot be installed is named."""
    with tempfile.TemporaryDirectory() as home:
        tools = [this_project(project, Path(home), size)]
        for name in names:
            try:
                (Path(home) / name).mkdir()
                tools.append(MAKERS[name](project, Path(home) / name, size))
            except (OSError, subprocess.CalledProcessError) as error:
                sys.stdout.write(f"{name}: not measured: {error}\n")
        all_costs: dict[str, list[list[Cost]]] = {tool.name: [] for tool in tools}
        for number in range(runs):
            for tool in tools:
                all_costs[tool.name].append(_costs(tool, number))
        rows = []
        for tool in tools:
            phases = zip(*all_costs[tool.name], strict=True)
            costs = [statistics.median_low(phase) for phase in phases]
            rows.append(Row(tool.name, costs, _served_ms(tool)))
        return rows


def _costs(tool: Tool, number: int) -> list[Cost]:
    """Return the costs of a build in each phase; `number` makes the edit a new one."""
    for path in tool.made:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    cold = _cost(tool)
    tool.server.edit(f"bench{number}")
    return [cold, _cost(tool), _cost(tool)]


def _cost(tool: Tool) -> Cost:
    """Run a tool's build; raise CalledProcessError where it fails."""
    began_s = time.perf_counter()
    process = subprocess.Popen(
        tool.command,
        cwd=tool.server.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(tool.server.folder)},
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, tool.command)
    wall_s = time.perf_counter() - began_s
    return Cost(used.ru_utime + used.ru_stime, wall_s, used.ru_maxrss / _MEGABYTE)


def _served_ms(tool: Tool) -> float:
    """Return the median of milliseconds from an edit to the answer that shows it."""
    took_ms = []
    try:
        with tool.server.running() as server:
            for number in range(_FIRST_SERVED, _FIRST_SERVED + _EDITS):
                began_s = time.perf_counter()
                server.edit(f"bench{number}")
                took_s = server.wait_for(f"bench{number}") - began_s
                took_ms.append(took_s * 1000)
                time.sleep(_REST_S + took_s)
    except TimeoutError as error:
        sys.stdout.write(f"{error}\n")
        return math.nan
    return statistics.median(took_ms)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[10, 100])
    parser.add_argument("--peers", default="pelican")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    chosen = [name for name in given.peers.split(",") if name]
    run(Path.cwd(), given.sizes, chosen, given.runs)
