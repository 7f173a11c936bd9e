"""What a machine keeps of deploys is bounded."""

from __future__ import annotations

from pathlib import Path

from deploys import make_site

from sitebuild.deploy.store import Store
from sitebuild.host.manifest import read_release


def test_twenty_releases_are_kept_on_a_machine(tmp_path: Path) -> None:
    """Of the last twenty, every file; of those before, what is the same today."""
    store = Store(tmp_path / "store")
    for version in range(22):
        make_site(tmp_path / "public", version, pages=1)
        store.keep(tmp_path / "public")
    kept = [read_release(path.read_bytes()) for path in store.manifests.iterdir()]
    assert len(kept) == 20
    used = set()
    for release in kept:
        used |= {found.sha256 for found in release.files.values()}
    assert {path.name for path in store.objects.iterdir()} == used
