"""Deploys: only what changed travels, in a safe order, guarded, undone on demand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from deploys import SITE, Owner, make_site
from helpers import tree
from servers import need_rclone
from tools import free_port

from sitebuild import deploy
from sitebuild.check import links
from sitebuild.deploy import RefusedError
from sitebuild.deploy.hosts.files import LOCK, STAGING
from sitebuild.deploy.plan import PAGES, PLAIN, SERVERS, make_plan, select
from sitebuild.deploy.records import Journal
from sitebuild.host.files import MANIFEST, has_hash
from sitebuild.host.manifest import Entry, entry, manifest, read_release
from sitebuild.publish import publish


def test_the_target_holds_what_was_published(owner: Owner) -> None:
    """The first deploy brings every file, byte for byte, and nothing else."""
    built = owner.publish(1)
    said = owner.deploy()
    assert tree(owner.live) == built
    assert f"{len(built) - 1} to add, 0 to change, 0 to delete" in "\n".join(said)


def test_deploying_again_does_nothing(owner: Owner) -> None:
    """What is live is not sent again."""
    owner.publish(1)
    owner.deploy()
    before = {path: path.stat().st_ino for path in owner.live.rglob("*")}
    assert "0 to add, 0 to change, 0 to delete; 0 bytes to send" in owner.deploy()
    assert {path: path.stat().st_ino for path in owner.live.rglob("*")} == before


def test_a_dry_run_tells_and_does_nothing(owner: Owner) -> None:
    """The plan lists files, bytes, and the addresses that a cache should forget."""
    owner.publish(1)
    owner.deploy()
    before = tree(owner.live)
    owner.publish(2)
    said = owner.deploy(dry_run=True)
    assert tree(owner.live) == before
    assert {
        "add new-in-2/index.html",
        "change index.html",
        "delete new-in-1/index.html",
    } <= set(said)
    assert {
        f"purge {SITE}/",
        f"purge {SITE}/page-0/",
        f"purge {SITE}/new-in-1/",
    } <= set(said)
    assert f"purge {SITE}/new-in-2/" not in said
    assert any("bytes to send" in line for line in said)


def test_one_edited_paragraph_sends_the_pages_that_show_it(
    published: Path, tmp_path: Path
) -> None:
    """After a real edit, what travels is what it changed, and the plan says why."""
    root = tmp_path / "project"
    shutil.copytree(published.parent, root, symlinks=True)
    owner = Owner(tmp_path / "owner")
    owner.public = root / "public"
    owner.configure(**owner.target)
    owner.deploy()
    before = {
        path: path.stat().st_ino for path in owner.live.rglob("*") if path.is_file()
    }
    old = tree(owner.public)
    article = next(
        path
        for path in sorted((root / "content/articles").glob("*.md"))
        if "topics: stress" in path.read_text()
    )
    text = article.read_text("utf-8")
    start = text.index("\n\n", text.index("topics: stress")) + 2
    article.write_text(f"{text[:start]}Edited. {text[start:]}", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITEURL", SITE)
        publish(root / "publishconf.py")
    said = owner.deploy()
    new = tree(owner.public)
    changed = {path for path in {*old, *new} if old.get(path) != new.get(path)} - {
        MANIFEST
    }
    told = {
        line.partition(" ")[2]
        for line in said
        if line.startswith(("add ", "change ", "delete "))
    }
    gone = {path for path in changed - new.keys() if has_hash(path)}
    assert told == changed - gone  # what an open page may ask for stays
    pages = {path for path in changed if path.endswith(".html")}
    assert pages == {f"articles/{article.stem}/index.html", "topics/stress/index.html"}
    after = {
        path: path.stat().st_ino for path in owner.live.rglob("*") if path.is_file()
    }
    moved = {
        path.relative_to(owner.live).as_posix()
        for path in after
        if after[path] != before.get(path)
    }
    assert moved == {path for path in changed if path in new} | {MANIFEST}
    assert any("/topics/stress/" in line and "Edited." in line for line in said)


def test_pages_follow_what_they_refer_to() -> None:
    """Assets come before pages, lists of pages last; of each, new before changed."""
    present = ["index.html", "index.html.br", "list.json", "feed.xml"]
    new = dict.fromkeys(
        ["a/index.html", "new.css", "new.css.br", *present], Entry(1, "a", "b")
    )
    before = [["new.css", "new.css.br"], ["list.json"], ["a/index.html"]]
    after = [["index.html", "index.html.br"], ["feed.xml"]]
    assert make_plan(SITE, {}, present, [], new).phases() == (before, after)


@pytest.mark.parametrize("name", ["_nginx.conf", "_Caddyfile", ".htaccess"])
def test_rules_come_between_new_and_changed_pages(name: str) -> None:
    """They may lead to pages that are there, and pages change once they allow it."""
    present = ["index.html", "feed.xml", name]
    new = dict.fromkeys(["a/index.html", "b/feed.xml", *present], Entry(1, "a", "b"))
    before, after = [["a/index.html"], [name]], [["index.html"], ["b/feed.xml"]]
    after.append(["feed.xml"])
    assert make_plan(SITE, {}, present, [], new).phases() == (before, after)


@pytest.mark.parametrize("pages", [2, 4])
def test_a_large_deletion_is_refused(owner: Owner, pages: int) -> None:
    """More than a quarter of what is live is not deleted unless told."""
    owner.publish(1, 8)
    owner.deploy()
    before = tree(owner.live)
    built = owner.publish(2, pages)
    assert "more than a quarter of what is live. --delete-many" in owner.refused()
    assert tree(owner.live) == before
    owner.deploy(delete_many=True)
    assert tree(owner.live) == built


def test_drafts_are_refused(owner: Owner) -> None:
    """Nothing makes a draft go out."""
    owner.publish(1)
    (owner.public / "drafts").mkdir()
    (owner.public / "drafts/one.html").write_text("<!DOCTYPE html>")
    (owner.public / MANIFEST).write_bytes(manifest(tree(owner.public), SITE, []))
    assert "drafts" in owner.refused()
    everything = dict.fromkeys(deploy.OPTIONS, True)
    assert "drafts" in owner.refused(**everything)
    assert not owner.live.exists()


def test_a_folder_edited_by_hand_is_refused(owner: Owner) -> None:
    """What goes out is what the build made: no file changed, added or removed."""
    owner.publish(1)
    page = owner.public / "page-0/index.html"
    built = page.read_bytes()
    page.write_bytes(built.replace(b"page-1", b"page-7", 1))
    assert "page-0/index.html is not as built" in owner.refused(overwrite_unknown=True)
    page.write_bytes(built)
    (owner.public / "more.html").write_text("more")
    assert "more.html is not as built" in owner.refused()
    (owner.public / "more.html").unlink()
    page.unlink()
    assert "page-0/index.html is not as built" in owner.refused()
    (owner.public / MANIFEST).unlink()
    assert "Publish first" in owner.refused()
    assert not owner.live.exists()


def test_a_build_for_another_address_is_refused(owner: Owner) -> None:
    """A release says for which site it was built."""
    owner.publish(1)
    owner.settings.write_text(
        owner.settings.read_text().replace("example.org", "example.net")
    )
    assert "was built for https://example.org" in owner.refused()


def test_a_release_that_the_history_does_not_know_is_not_overwritten(
    owner: Owner, tmp_path: Path
) -> None:
    """A manifest that no deploy of this site wrote stops a deploy, and a rollback."""
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    owner.deploy()
    theirs = make_site(tmp_path / "theirs", 3)
    for path, data in theirs.items():
        (owner.live / path).parent.mkdir(exist_ok=True)
        (owner.live / path).write_bytes(data)
    before = tree(owner.live)
    built = owner.publish(4)
    assert "which its history does not know. --overwrite-unknown" in owner.refused()
    with pytest.raises(RefusedError, match="its history does not know"):
        owner.rollback()
    assert tree(owner.live) == before
    owner.deploy(overwrite_unknown=True)
    assert tree(owner.live).items() >= built.items()


def test_a_target_of_another_site_is_refused(owner: Owner) -> None:
    """A deploy to the wrong place does not replace what stands there."""
    make_site(owner.live, 1)
    (owner.live / MANIFEST).write_bytes(
        manifest(tree(owner.live), "https://example.net", [])
    )
    before = tree(owner.live)
    owner.publish(1)
    assert "it holds another site, https://example.net" in owner.refused()
    (owner.live / MANIFEST).write_bytes(b'{"files": 3}')
    assert "its manifest cannot be read" in owner.refused()
    (owner.live / MANIFEST).unlink()
    owner.deploy()
    (owner.live / MANIFEST).unlink()
    assert "was put there and is gone" in owner.refused()
    assert before.keys() == tree(owner.live).keys() | {MANIFEST}


def test_what_others_changed_is_put_right_and_what_is_theirs_stays(
    owner: Owner,
) -> None:
    """A live file that differs is sent again; one that no deploy put there stays."""
    built = owner.publish(1)
    owner.deploy()
    (owner.live / "page-0/index.html").write_bytes(b"defaced")
    (owner.live / "feed.xml").unlink()
    (owner.live / "theirs.txt").write_text("theirs")
    said = owner.deploy()
    assert {"change page-0/index.html", "add feed.xml"} <= set(said)
    assert tree(owner.live) == built | {"theirs.txt": b"theirs"}


def test_an_unknown_target_is_told(owner: Owner) -> None:
    """A slip in a target's name or settings gets one sentence."""
    with pytest.raises(
        RefusedError, match=r'There is no target "wbe".*Did you mean "web"'
    ):
        deploy.deploy("wbe", settings_file=owner.settings)
    owner.configure(tool="rclone")
    assert 'The target "web" lacks to' in owner.refused()
    owner.configure(tool="ftp")
    assert "is none of folder, rclone, github" in owner.refused()


def test_rollback_goes_back_step_by_step_or_by_name(owner: Owner) -> None:
    """Each rollback puts back the release before; a name puts back that one."""
    built = {}
    for version in (1, 2, 3):
        built[version] = owner.publish(version)
        owner.deploy()
    names = [read_release(built[version][MANIFEST]).name for version in (1, 2, 3)]
    for version in (2, 1):
        assert names[version - 1] in owner.rollback()[-1]
        assert tree(owner.live) == built[version]
    with pytest.raises(RefusedError, match="no earlier release; remembered are"):
        owner.rollback()
    owner.rollback(names[2][:8])
    assert tree(owner.live) == built[3]
    with pytest.raises(RefusedError, match="no earlier release 0000"):
        owner.rollback("0000")
    owner.deploy()


def test_ten_releases_are_kept(owner: Owner) -> None:
    """What is needed to go back is kept for ten releases, and no longer."""
    for version in range(12):
        owner.publish(version)
        owner.deploy()
    kept = sorted(path for path in owner.memory.glob("*.json") if len(path.stem) == 16)
    assert sorted(owner.history.names) == [path.stem for path in kept]
    assert len(kept) == 10
    used = set()
    for path in kept:
        used |= {
            entry.sha256 for entry in read_release(path.read_bytes()).files.values()
        }
    assert {path.name for path in (owner.memory / "objects").iterdir()} == used
    for _ in range(9):
        owner.rollback()
    assert (owner.live / "new-in-2/index.html").exists()


def test_secrets_stay_out(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A secret shows in no message and no file; a target with one in it is refused."""
    need_rclone()
    owner.publish(1)
    owner.configure(
        tool="rclone", to=":s3,access_key_id=me,secret_access_key=hushhush:bucket"
    )
    assert "holds a secret" in owner.refused()
    monkeypatch.setenv("RCLONE_CONFIG_DAV_TYPE", "webdav")
    monkeypatch.setenv(
        "RCLONE_CONFIG_DAV_URL", f"http://me:hushhush@127.0.0.1:{free_port()}/"
    )
    monkeypatch.setenv(
        "RCLONE_CONFIG_DAV_PASS",
        subprocess.check_output(["rclone", "obscure", "hushhush"], text=True).strip(),
    )
    owner.configure(tool="rclone", to="dav:")
    assert "hushhush" not in owner.refused()
    kept = b"".join(
        path.read_bytes()
        for path in (owner.root / ".build").rglob("*")
        if path.is_file()
    )
    assert b"hushhush" not in kept


def test_the_links_of_the_small_site_hold(owner: Owner) -> None:
    """The small site is whole in each version: a broken link is a broken deploy."""
    for version in (1, 2):
        owner.publish(version)
        assert list(links.find_problems(tree(owner.public))) == []


def test_no_cache_is_asked_to_forget_private_files() -> None:
    """Nobody can ask for a name with an underscore; a copy is the page's address."""
    new = dict.fromkeys(["_headers", "a/index.html.br"], Entry(1, "a", "b"))
    plan = make_plan(
        SITE, {}, [*new, "_old.conf", "b.png"], ["_old.conf", "b.png"], new
    )
    assert plan.delete == ("_old.conf", "b.png")
    assert plan.purge == (f"{SITE}/a/", f"{SITE}/b.png")


def test_pages_that_stand_for_redirects_stay_away_from_hosts_with_redirects() -> None:
    """Such a host would serve the page before it redirects; others need the page."""
    files = dict.fromkeys(("old/index.html", "old/index.html.gz", "a.html"), b"x")
    stubs = ["old/index.html"]
    release = read_release(manifest(files | {"_redirects": b""}, SITE, stubs))
    assert select(release, PAGES).keys() == {"a.html", "_redirects"}
    assert select(release, PLAIN).keys() == {"a.html", "old/index.html"}
    assert select(release, SERVERS[True]).keys() == files.keys()


def test_a_first_deploy_does_not_overwrite_a_stranger(owner: Owner) -> None:
    """It lists what no deploy put there; told to go on, it keeps copies of it."""
    theirs = {"index.html": b"theirs", "blog/post.html": b"theirs, too"}
    for path, data in theirs.items():
        (owner.live / path).parent.mkdir(parents=True, exist_ok=True)
        (owner.live / path).write_bytes(data)
    built = owner.publish(1)
    said = owner.refused()
    assert "it holds files that no deploy put there: blog/post.html, index.html" in said
    assert tree(owner.live) == theirs
    said = "\n".join(owner.deploy(overwrite_unknown=True))
    assert "Copies of index.html are kept in _releases/replaced" in said
    assert owner.site == built | {"blog/post.html": b"theirs, too"}
    assert (owner.live / "_releases/replaced/index.html").read_bytes() == b"theirs"


def test_files_of_no_release_are_reported_and_removed_by_name(owner: Owner) -> None:
    """They are named at each deploy, stay until they are named back, and have copies."""
    built = owner.publish(1)
    owner.deploy()
    for name in ("withdrawn.html", "notes.txt", ".htaccess"):
        (owner.live / name).write_text(name)
    said = "\n".join(owner.deploy())
    assert "2 files there are of no release: notes.txt, withdrawn.html" in said
    said = "\n".join(owner.deploy(orphans="withdrawn.html, robots.txt"))
    assert "Removed: withdrawn.html." in said
    assert "robots.txt" in owner.site
    owner.deploy(orphans="all")
    assert owner.site == built | {".htaccess": b".htaccess"}
    assert (owner.live / "_releases/replaced/notes.txt").exists()


def test_a_dry_run_refuses_where_the_deploy_would(owner: Owner) -> None:
    """So that a check before the real one means something."""
    owner.publish(1, 8)
    owner.deploy()
    owner.publish(2, 2)
    assert "more than a quarter" in owner.refused(dry_run=True)
    assert owner.deploy(dry_run=True, delete_many=True)


def test_a_fresh_checkout_sees_what_others_deployed(owner: Owner) -> None:
    """History, dates and files are with the target, so any machine rolls back."""
    first = owner.publish(1)
    owner.deploy()
    owner.publish(2)
    owner.deploy()
    other = owner.elsewhere()
    lines = other.releases()
    assert [line[:4] for line in lines] == ["live", "    "]
    assert re.search(r"  [0-9a-f]{16}  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", lines[0])
    other.rollback()
    assert owner.site == first
    built = other.publish(3)
    other.deploy()
    assert owner.site == built
    assert owner.releases()[0].startswith("live")


def test_a_target_without_a_private_place_remembers_names(
    owner: Owner, tmp_path: Path
) -> None:
    """Files that only it remembers are rebuilt: the refusal says from which commit."""
    owner.configure(tool="folder", to=str(owner.live))
    owner.publish(1)
    owner.deploy()
    owner.publish(2)
    owner.deploy()
    assert not (owner.live / "_releases/objects").exists()
    with pytest.raises(RefusedError, match=r"kept neither here nor there: rebuild it"):
        owner.elsewhere().rollback()
    owner.rollback()
    assert "new-in-1/index.html" in owner.site


def test_a_rollback_is_newer_than_what_it_replaces(owner: Owner) -> None:
    """A file's time never goes back, so that no browser keeps the withdrawn page."""
    for version in (1, 2):
        owner.publish(version)
        owner.deploy()
    page = owner.live / "index.html"
    os.utime(page, (2_000_000_000, 2_000_000_000))
    before = page.stat().st_mtime_ns
    owner.rollback()
    assert page.stat().st_mtime_ns > before


HASH = "0" * 64


@pytest.mark.parametrize(
    ("path", "sha256"),
    [
        ("../x", HASH),
        ("/etc/passwd", HASH),
        ("a//b", HASH),
        ("a\\b", HASH),
        ("a\x1b[2J", HASH),
        ("a", "../../../etc/passwd"),
        ("a", HASH[1:]),
        ("a", HASH.replace("0", "G")),
    ],
)
def test_a_manifest_names_files_of_the_site_by_hashes(path: str, sha256: str) -> None:
    """Whoever writes the target writes its manifest: no path and no hash leads out."""
    found = [1, HASH[:32], sha256]
    data = json.dumps({"site": SITE, "stubs": [], "files": {path: found}}).encode()
    with pytest.raises(ValueError, match="it is not"):
        read_release(data)


def test_names_that_others_chose_are_escaped(owner: Owner) -> None:
    """A file's name cannot write to the owner's terminal."""
    owner.live.mkdir()
    (owner.live / "a\x1b[2Jb").write_text("")
    owner.publish(1)
    assert r"'a\x1b[2Jb'" in owner.refused()


def test_the_plan_escapes_names_of_a_journal(owner: Owner) -> None:
    """A deploy that died elsewhere named them, or whoever writes to the target."""
    owner.publish(1)
    owner.deploy()
    (owner.live / "a\x1b[2Jb").write_text("")
    (owner.live / STAGING).mkdir()
    journal = Journal("x", ours=["a\x1b[2Jb"])
    (owner.live / LOCK).write_bytes(journal.dump())
    assert r"delete 'a\x1b[2Jb'" in owner.deploy(take_lock=True)


def test_what_a_target_remembers_of_rules_is_of_rules(owner: Owner) -> None:
    """No other file may differ from its release, whoever wrote the memory."""
    owner.publish(1)
    owner.deploy()
    history = replace(owner.history, rules={"index.html": Entry(1, "0" * 32, HASH)})
    (owner.memory / "history.json").write_bytes(history.dump())
    assert "0 to add, 0 to change, 0 to delete; 0 bytes to send" in owner.deploy()


def test_what_a_killed_deploy_laid_out_is_removed(owner: Owner) -> None:
    """The next one finds the folder of files on their way, and removes it."""
    owner.publish(1)
    owner.deploy()
    left = owner.root / ".build/releases/sending-abc"
    left.mkdir()
    owner.deploy()
    assert not left.exists()


def test_every_target_is_deployed_to_and_each_says_what_is_wrong(owner: Owner) -> None:
    """One that refuses does not keep the others back."""
    other = owner.root.parent / "other"
    text = owner.settings.read_text()
    more = f"TARGETS['more'] = {{**TARGETS['web'], 'to': {str(other)!r}}}\n"
    bad = "TARGETS = {'bad': {'tool': 'folder'}, **TARGETS}\n"
    owner.settings.write_text(text + more + bad)
    built = owner.publish(1)
    with pytest.raises(RefusedError, match=r"^bad: The target"):
        deploy.deploy_all(settings_file=owner.settings, say=lambda _: None)
    assert tree(owner.live) == tree(other) == built


def add_script(owner: Owner, text: bytes) -> str:
    """Put a script whose name carries its hash into the published site."""
    name = f"search/search.{entry(text).sha256[:12]}.js"
    files = tree(owner.public) | {name: text}
    files[MANIFEST] = manifest(files, SITE, [])
    for path, data in files.items():
        (owner.public / path).parent.mkdir(exist_ok=True)
        (owner.public / path).write_bytes(data)
    return name


def test_a_page_that_is_open_finds_its_files_for_one_more_release(owner: Owner) -> None:
    """What carries a hash in its name outlives its release by one, and then goes."""
    names = []
    for version in (1, 2, 3):
        owner.publish(version)
        names.append(add_script(owner, b"// %d" % version))
        owner.deploy()
        there = {name for name in owner.site if name.startswith("search/")}
        assert there == set(names[-2:])
        assert "of no release" not in "\n".join(owner.deploy())
        assert there == {name for name in owner.site if name.startswith("search/")}
    owner.rollback()
    assert {*names[1:]} <= owner.site.keys()
    assert names[0] not in owner.site
