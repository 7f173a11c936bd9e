"""Compares what the site builds to now with trees that were frozen before.

`python -m tests.golden` builds the real site (development, public), the site on bread
and the kitchen sink, and exits 1 on a difference that accepted.txt does not name. With
names of trees it takes these alone; `--all` shows whole differences, `--freeze` freezes
the trees anew and empties accepted.txt.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path

import brotli
import lxml.html

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FROZEN = HERE / "trees"
ACCEPTED = HERE / "accepted.txt"
DIGESTS = "_digests.txt"
HEADER = """\
# Differences from the frozen trees that are meant. A line is
#   tree/path of a file (* for any characters) | what may differ | the reason
# What may differ: text, ids, links, bytes (nothing but these), gone, new.
"""
TEXTS = (".html", ".xml", ".txt", ".json", ".svg", ".conf", ".htaccess")
TEXTS += ("_headers", "_redirects", "_Caddyfile", "/fragments")
# Made of what else is compared, and different with each byte of it.
DERIVED = ("release.json", "pagefind-entry.json", ".pf_index", ".pf_meta")
SHOWN, WIDTH = 12, 200


def main() -> int:
    """Compare, or freeze; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden")
    parser.add_argument("trees", nargs="*", help=f"of {', '.join(TREES)}; or all")
    parser.add_argument("--all", action="store_true", help="whole differences")
    parser.add_argument("--freeze", action="store_true", help="freeze them anew")
    asked = parser.parse_args()
    chosen = asked.trees or list(TREES)
    unknown = set(chosen) - set(TREES)
    if unknown:
        parser.error(f"no tree {', '.join(sorted(unknown))}; there are {list(TREES)}")
    if asked.freeze:
        return freeze(chosen)
    differences = 0
    for name in chosen:
        differences += compare(name, None if asked.all else SHOWN)
    print(f"{differences} files differ that {ACCEPTED.name} does not name.")
    return 1 if differences else 0


def freeze(names: list[str]) -> int:
    """Store what these trees are now; refuse while the engine is being changed."""
    status = ["git", "status", "--porcelain", "sitebuild", "theme"]
    changed = subprocess.run(status, cwd=ROOT, check=True, capture_output=True).stdout
    if changed:
        print("Freeze in a commit of its own: sitebuild/ or theme/ has changes.")
        return 1
    for name in names:
        shutil.rmtree(FROZEN / name, ignore_errors=True)
        digests = []
        for path, value in tree(name).items():
            if path.endswith(TEXTS):
                file = FROZEN / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(value, "utf-8")
            else:
                digests.append(f"{value}  {path}\n")
        (FROZEN / name / DIGESTS).write_text("".join(digests), "utf-8")
    ACCEPTED.write_text(HEADER, "utf-8")
    return 0


def frozen(name: str) -> dict[str, str]:
    """Return a tree as it was frozen."""
    files = {}
    for file in (FROZEN / name).rglob("*"):
        if file.is_file() and file.name != DIGESTS:
            files[file.relative_to(FROZEN / name).as_posix()] = file.read_text("utf-8")
    for line in (FROZEN / name / DIGESTS).read_text("utf-8").splitlines():
        value, _, path = line.partition("  ")
        files[path] = value
    return files


def compare(name: str, most: int | None) -> int:
    """Print how a tree differs from the frozen one; return how many files do."""
    old, new = frozen(name), tree(name)
    count = 0
    for path in sorted({*old, *new}):
        differs = aspects(path, old.get(path), new.get(path))
        differs -= accepted(f"{name}/{path}", differs)
        if differs:
            count += 1
            print(f"{name}/{path}: {', '.join(sorted(differs))}")
            for line in islice(lines(old.get(path, ""), new.get(path, "")), most):
                print(f"    {line[: WIDTH if most else None]}")
    return count


def aspects(path: str, old: str | None, new: str | None) -> set[str]:
    """Return in what two states of a file differ."""
    if old is None or new is None:
        return {"new" if old is None else "gone"}
    if old == new:
        return set()
    if not path.endswith(".html"):
        return {"text" if path.endswith(TEXTS) else "bytes"}
    one, two = parts(old), parts(new)
    return {part for part in one if one[part] != two[part]} or {"bytes"}


def parts(html: str) -> dict[str, list[str]]:
    """Return the words, ids and links of a page in their order."""
    root = lxml.html.document_fromstring(html)
    return {
        "text": root.text_content().split(),
        "ids": [str(ident) for ident in root.xpath("//@id")],
        "links": [str(link) for link in root.xpath("//@href | //@src")],
    }


def accepted(path: str, differs: set[str]) -> set[str]:
    """Return what of the differences of a file accepted.txt names."""
    found = set()
    for line in ACCEPTED.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern, what, reason = (part.strip() for part in line.split("|", 2))
            if not reason:
                sys.exit(f"{ACCEPTED.name}: no reason: {line}")
            if fnmatch(path, pattern):
                found |= set(what.replace(",", " ").split())
    if found:
        found.add("bytes")  # where words, ids or links may differ
    return found & differs


def lines(old: str, new: str) -> Iterator[str]:
    """Give the lines, a tag each, that are in one text and not in the other."""
    one, two = (text.replace("><", ">\n<").splitlines() for text in (old, new))
    for line in islice(difflib.unified_diff(one, two, n=0, lineterm=""), 2, None):
        if not line.startswith("@@"):
            yield line


def tree(name: str) -> dict[str, str]:
    """Build a tree; return its files by path, with hashes left out of both."""
    with tempfile.TemporaryDirectory() as folder:
        output = TREES[name](Path(folder) / "project")
        files = {}
        fragments = []
        for file in sorted(output.rglob("*")):
            if not file.is_file() or file.name == ".site-build":
                continue
            if file.suffix == ".pf_fragment":
                fragments.append(gzip.decompress(file.read_bytes()).decode("utf-8"))
                continue
            path = plain(file.relative_to(output).as_posix())
            files[path] = value(file, path)
        if fragments:
            files["pagefind/fragments"] = "\n".join(sorted(fragments))
        return files


def value(file: Path, path: str) -> str:
    """Return a text, a digest, or of a copy whether it is one."""
    data = file.read_bytes()
    unpack = {".gz": gzip.decompress, ".br": brotli.decompress}.get(file.suffix)
    if unpack:
        is_copy = unpack(data) == file.with_suffix("").read_bytes()
        return "a copy" if is_copy else "not what it is a copy of"
    if path.endswith(DERIVED):
        return "derived"
    if path.endswith(TEXTS):
        return plain(data.decode("utf-8"))
    return hashlib.sha256(data).hexdigest()


def plain(text: str) -> str:
    """Return a text without the inlined style, its hash, and hashes in names."""
    text = re.sub("<style>.*?</style>", "<style></style>", text, flags=re.DOTALL)
    text = re.sub("sha256-[A-Za-z0-9+/]{43}=", "sha256-", text)
    text = re.sub(r"\.[0-9a-f]{8,12}\.(svg|js|json|css)\b", r".HASH.\1", text)
    return re.sub(r"_[0-9a-f]{7,10}\.pf_", "_HASH.pf_", text)


def run(folder: Path, *command: str) -> None:
    """Run a module of Python in a folder; show what it says if it fails."""
    environment = {**os.environ, "SITEURL": "https://example.org"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        check=False,
        cwd=folder,
        env=environment,
        text=True,
        capture_output=True,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def copied(folder: Path) -> Path:
    """Return a folder with a copy of what builds the site."""
    for name in ("content", "theme", "sitebuild"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pelicanconf.py", "publishconf.py", "tasks.py"):
        shutil.copy(ROOT / name, folder)
    return folder


def development(folder: Path) -> Path:
    """Build the real site as while it is written."""
    run(copied(folder), "invoke", "build")
    return folder / "output"


def public(folder: Path) -> Path:
    """Build the real site as it is published."""
    run(copied(folder), "invoke", "publish")
    return folder / "public"


def baked(name: str) -> Callable[[Path], Path]:
    """Return what builds a site that the helpers of the tests make."""

    def build(folder: Path) -> Path:
        sys.path.insert(0, str(ROOT / "tests" / "site"))
        import bread

        getattr(bread, name)(folder)
        run(folder, "pelican", "-s", "pelicanconf.py", "content")
        return folder / "output"

    return build


TREES = {
    "development": development,
    "public": public,
    "bread": baked("bake"),
    "sink": baked("bake_sink"),
}

if __name__ == "__main__":
    sys.exit(main())
