"""What hosts get beside the pages: headers as few rules, redirects, compressed copies, the manifest; in equal bytes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import brotli
import pytest
from helpers import document, tree
from hypothesis import given
from hypothesis import strategies as some
from projects import ROOT, SITEURL, Project

from sitebuild.derive.text import due_day
from sitebuild.faults import Report
from sitebuild.host import configs, security
from sitebuild.host.configs import nginx, pages
from sitebuild.host.files import COMPRESSED, MANIFEST, address, is_shown
from sitebuild.host.finish import finish
from sitebuild.host.headers import (
    cache_control,
    check_settings,
    headers_for,
    headers_of_site,
)
from sitebuild.host.manifest import entry, read_release
from sitebuild.host.rules import find_rules
from sitebuild.publish import publish
from sitebuild.read import redirects as addresses


def parse_headers(text: str) -> list[tuple[str, dict[str, str]]]:
    """The rules of a `_headers` file, as pattern and headers."""
    rules: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        if line.startswith(" "):
            name, _, value = line.strip().partition(": ")
            assert name not in rules[-1][1]
            rules[-1][1][name] = value
        else:
            rules.append((line, {}))
    return rules


def matches(pattern: str, address: str) -> bool:
    """Whether a rule is for an address, by the hosts' one wildcard at the end."""
    return (
        address.startswith(pattern[:-1])
        if pattern.endswith("*")
        else address == pattern
    )


@pytest.mark.parametrize(
    "site",
    ["https://Example.org", "https://bücher.example", "https://example.org/a b"],
)
def test_the_address_of_the_site_is_as_it_goes_into_pages(site: str) -> None:
    """A host in lower case and ASCII: SITEURL stands as it is in links and feeds."""
    report = Report()
    check_settings({"HOSTING": True, "SITEURL": site}, report)
    assert "in lower case" in str(report.faults[0])
    assert "punycode" in str(report.faults[0])


def test_every_file_gets_each_header_from_one_rule(published: Path) -> None:
    """Hosts join what two rules say, so no header comes from two."""
    rules = parse_headers((published / pages.HEADERS).read_text("utf-8"))
    files = tree(published)
    site = headers_of_site({}, files)
    for name in files:
        if not is_shown(name) or name.startswith("was/"):
            continue
        said = [
            item
            for pattern, values in rules
            if matches(pattern, address(name))
            for item in values.items()
        ]
        assert len(said) == len(dict(said)), name
        assert dict(said) == headers_for(name, files, site), name


def test_the_policy_is_set_by_folder_and_never_for_everything(published: Path) -> None:
    """The search may do what no other page may; each folder has a rule of its own."""
    rules = parse_headers((published / pages.HEADERS).read_text("utf-8"))
    policy = "Content-Security-Policy"
    assert not any(policy in values for pattern, values in rules if pattern == "/*")
    patterns = {pattern for pattern, values in rules if policy in values}
    assert {"/", "/articles/*", "/topics/*", "/search/*"} <= patterns


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (pages.HEADERS, "/a\n  X: y\n" * 100, []),
        (pages.HEADERS, "/a\n  X: y\n" * 101, ["_headers:1: more than 100 rules"]),
        (pages.HEADERS, "/*\n" + "x" * 2000 + "\n", []),
        (
            pages.HEADERS,
            "/*\n" + "x" * 2001 + "\n",
            ["_headers:2: a line of 2001 characters"],
        ),
        (pages.REDIRECTS, "/a /b 301\n" * 2000, []),
        (
            pages.REDIRECTS,
            "/a /b 301\n" * 2001,
            ["_redirects:1: more than 2000 rules"],
        ),
        (pages.REDIRECTS, "x" * 1000, []),
        (pages.REDIRECTS, "x" * 1001, ["_redirects:1: a line of 1001 characters"]),
        (nginx.NAME, "x" * 5000, []),
    ],
)
def test_limits_of_hosts_are_kept(name: str, text: str, found: list[str]) -> None:
    """Cloudflare reads so many rules and characters; what it would drop is a fault."""
    report = Report()
    configs.check(name, text, report)
    assert [str(fault).partition(";")[0] for fault in report.faults] == found


def test_what_a_host_would_drop_stops_the_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limits are checked on every file that is written for a host."""
    monkeypatch.setattr("sitebuild.host.finish.compress", lambda *_: None)
    report = Report()
    files = {"index.html": b'<meta charset="utf-8">', "404.html": b""}
    redirects = {f"/old-{number}/": "/" for number in range(1001)}
    settings = {"SITEURL": "https://example.org", "DEFAULT_LANG": "en"}
    finish(files, redirects, settings, report)
    assert "_redirects:1: more than 2000 rules" in "\n".join(map(str, report.faults))


_paths = some.lists(some.sampled_from("ab"), min_size=1, max_size=4).map("/".join)


@given(
    some.dictionaries(
        _paths.map(lambda p: f"{p}.x"),
        some.dictionaries(some.sampled_from("HIJ"), some.sampled_from("12")),
    )
)
def test_rules_give_each_file_its_headers(headers: dict[str, dict[str, str]]) -> None:
    """Whatever the files, the rules that match one give exactly its headers, each from one rule."""
    rules = list(find_rules(headers))
    for path, wanted in headers.items():
        found = [rule for rule in rules if matches(rule.path, path)]
        said = [item for rule in found for item in rule.added.items()]
        assert sorted(said) == sorted(wanted.items())
        longest = max(found, key=lambda rule: len(rule.path), default=None)
        assert dict(longest.full if longest else {}) == wanted


def test_the_hash_in_the_policy_is_that_of_the_style(published: Path) -> None:
    """Counted from the bytes between <style> and </style> as a browser counts them."""
    page = (published / "index.html").read_bytes()
    [style] = document(page.decode()).xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = headers_for("index.html", tree(published))["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy


def test_a_page_with_a_style_of_its_own_is_a_fault(
    bread: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash covers the site only while the style is the same everywhere."""
    monkeypatch.setenv("SITEURL", SITEURL)
    bread.edit(
        "theme/templates/glossary.html",
        lambda text: text + "{% block head %}<style>p{margin:0}</style>{% endblock %}",
    )
    with pytest.raises(SystemExit, match=r"glossary/index\.html:1: its style differs"):
        publish(bread.root / "publishconf.py")
    assert not (bread.root / "public").exists()


CHARSET = '<meta charset="utf-8">'


@pytest.mark.parametrize(
    "head", ["", CHARSET * 2, f"<style>p{{}}</style>{CHARSET}"], ids=str
)
def test_the_character_set_comes_first(head: str) -> None:
    """It stands once and above the style, since the policy is put behind it."""
    page = f"<!DOCTYPE html>{head}<title>x</title>".encode()
    files = {"index.html": page, "404.html": page}
    report = Report()
    finish(files, {}, {"SITEURL": "https://example.org", "DEFAULT_LANG": "en"}, report)
    found = "index.html:1: its character set does not come first"
    assert any(str(fault).startswith(found) for fault in report.faults)


def test_only_names_with_the_hash_of_their_bytes_are_for_ever() -> None:
    """A name that only looks hashed is asked for anew each time."""
    sha256 = hashlib.sha256(b"x").hexdigest()
    assert "immutable" in cache_control(f"a/b.{sha256[:8]}.png", sha256)
    assert cache_control("a/b.01234567.png", sha256) == "no-cache"
    assert cache_control("a/b.png", sha256) == "no-cache"


def test_pictures_may_be_shown_on_other_sites(published: Path) -> None:
    """Cards and icons, and nothing else; every page keeps what it shows to the site."""
    files = {name: data for name, data in tree(published).items() if is_shown(name)}
    pictures = set()
    for name in files:
        policy = headers_for(name, files)["Cross-Origin-Resource-Policy"]
        assert policy in ("same-origin", "cross-origin")
        if policy == "cross-origin":
            pictures.add(name)
    assert pictures == {
        name for name in files if name.endswith((".png", ".svg", ".ico"))
    }
    assert "social/articles/benefits-of-massage.png" in pictures


def test_what_browsers_ask_for_again_and_again_is_kept_for_ever(
    published: Path,
) -> None:
    """Icon, rules for prefetching, search index: for ever, under names with a hash."""
    files = tree(published)
    kept = set()
    for name, data in files.items():
        if "immutable" in cache_control(name, entry(data).sha256):
            kept.add(re.sub("[0-9a-f]{7,}", "#", name))
    assert kept == {
        "icon.#.svg",
        "speculation.#.json",
        "search/search.#.js",
        "pagefind/fragment/en_#.pf_fragment",
        "pagefind/index/en_#.pf_index",
        "pagefind/pagefind.en_#.pf_meta",
    }
    assert "mark.svg" not in files
    assert b'href="/mark.svg"' not in files["index.html"]
    page = document(published / "index.html")
    for icon in page.xpath("//link[@rel='icon']/@href | //header//img/@src"):
        assert icon.removeprefix("/") in files
    feed = files["feed.xml"].decode()
    [icon] = re.findall("<icon>(.*)</icon>", feed)
    assert icon.removeprefix(f"{SITEURL}/") in files


def test_no_rule_changes_with_a_text(published: Path) -> None:
    """Rules name no file of the search index, or each edit would want a reload."""
    for name in (pages.HEADERS, nginx.NAME):
        assert "en_" not in (published / name).read_text("utf-8")


def test_a_name_of_the_search_index_stands_for_its_bytes(published: Path) -> None:
    """Pagefind's names are hashes of what the files hold, or they could not be kept."""
    names = [*published.glob("pagefind/**/*_*.pf_*")]
    for path in names:
        held = gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")
        sha1 = hashlib.sha1(held, usedforsecurity=False).digest()
        digits = "".join(f"{byte:x}" for byte in sha1)
        assert digits.startswith(path.stem.rpartition("_")[2]), path
    assert len(names) > 100


def test_compressed_copies_stand_beside_texts_where_they_are_smaller(
    published: Path,
) -> None:
    """Each unpacks to its file; what would grow has none; only texts have any."""
    files = tree(published)
    for name, data in files.items():
        for suffix, unpack, pack in (
            (".br", brotli.decompress, brotli.compress),
            (".gz", gzip.decompress, gzip.compress),
        ):
            copy = files.get(name + suffix)
            if copy is not None:
                assert unpack(copy) == data, name
                assert len(copy) < len(data), name
            elif name.endswith((".html", ".xml", ".svg")):
                assert len(pack(data)) >= len(data), name
    assert all(
        f"{name}.br" in files
        for name in files
        if name.endswith("index.html") and not name.startswith("was/")
    )
    assert not any(name.endswith((".png.br", ".png.gz", ".br.gz")) for name in files)


def test_redirects_are_told_to_hosts_and_stand_as_pages(published: Path) -> None:
    """`_redirects` holds both forms of the old address; the stub leads on, is not indexed, and names the new address."""
    text = (published / pages.REDIRECTS).read_text("utf-8")
    assert text == "/was/here/ /about/ 301\n/was/here /about/ 301\n"
    stub = document(published / "was/here/index.html")
    assert stub.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=/about/"]
    assert stub.xpath("//link[@rel='canonical']/@href") == [f"{SITEURL}/about/"]
    assert stub.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_chains_of_redirects_are_one_step(tmp_path: Path) -> None:
    """An old address leads straight to where its page or passage stands today."""
    (tmp_path / "redirects.txt").write_text(
        "/a/ /b/\n/b/ /c/\n/x/#one /y/#one\n/d/ /x/#one\n"
    )
    redirects = addresses.read_redirects(tmp_path, Report())
    assert addresses.Moves(redirects).ends() == {
        "/a/": "/c/",
        "/b/": "/c/",
        "/x/#one": "/y/#one",
        "/d/": "/y/#one",
    }


def test_the_manifest_tells_every_file(published: Path) -> None:
    """Size, MD5 and SHA-256 of each, sorted; the site; the stub pages."""
    data = (published / MANIFEST).read_bytes()
    raw = json.loads(data)
    release = read_release(data)
    assert release.site == SITEURL
    assert release.stubs == {"was/here/index.html"}
    assert list(raw["files"]) == sorted(raw["files"])
    assert raw["files"].keys() | {MANIFEST} == tree(published).keys()
    for name, found in release.files.items():
        assert found == entry((published / name).read_bytes())


def test_two_builds_are_equal_bytes(published: Path, tmp_path: Path) -> None:
    """In another folder, time zone and hash seed everything is the same, compressed copies and manifest too."""
    root = tmp_path / "elsewhere"
    shutil.copytree(
        published.parent,
        root,
        symlinks=True,
        ignore=shutil.ignore_patterns("public", ".build"),
    )
    code = "import sys; from pathlib import Path; from sitebuild.publish import publish; publish(Path(sys.argv[1]))"
    other = {
        **os.environ,
        "SITEURL": SITEURL,
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
    }
    subprocess.run(
        [sys.executable, "-c", code, str(root / "publishconf.py")],
        cwd=ROOT,
        env=other,
        check=True,
    )
    assert tree(root / "public") == tree(published)


def test_publishing_says_what_changed(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one edit the pages that show it are told, with the reason; nothing else."""
    root = tmp_path / "project"
    shutil.copytree(published.parent, root, symlinks=True)
    monkeypatch.setenv("SITEURL", SITEURL)
    text = (root / "content/pages/about.md").read_text("utf-8")
    (root / "content/pages/about.md").write_text(f"{text}\nOne more line.\n", "utf-8")
    said = publish(root / "publishconf.py")
    assert any("/about/" in line and "One more line" in line for line in said)
    assert not any("/articles/" in line for line in said)


def test_a_development_build_has_none_of_it(built: Path) -> None:
    """Headers, copies and the policy are of the published site alone."""
    names = tree(built)
    assert not [
        name
        for name in names
        if name.startswith("_") or name.endswith((*COMPRESSED, MANIFEST))
    ]
    assert b"Content-Security-Policy" not in (built / "index.html").read_bytes()


def finished(changed: date | None = None, **settings: object) -> dict[str, bytes]:
    """A site of one page with all that hosts need."""
    files = {"index.html": b'<meta charset="utf-8"><title>x</title>'}
    known = {"SITEURL": SITEURL, "DEFAULT_LANG": "en"}
    finish(files, {}, known | settings, Report(), changed=changed)
    return files


def test_transport_security_is_a_setting() -> None:
    """The owner says how long browsers insist on https, and for which names."""
    header = b"Strict-Transport-Security"
    assert header + b": max-age=31536000; includeSubDomains" in finished()["_headers"]
    assert header + b": max-age=60\n" in finished(HSTS="max-age=60")["_headers"]
    assert header not in finished(HSTS="")["_headers"]


@pytest.mark.parametrize(
    ("contact", "uri"),
    [
        ("a@example.org", "mailto:a@example.org"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("https://example.com/@a", "https://example.com/@a"),
        ("/about/", f"{SITEURL}/about/"),
        ("https://example.com/report", "https://example.com/report"),
    ],
)
def test_a_contact_is_in_security_txt(contact: str, uri: str) -> None:
    """As a URI; good for less than a year from the newest day in the content."""
    files = finished(changed=date(2026, 1, 31), CONTACT=contact)
    assert files[".well-known/security.txt"].decode().splitlines() == [
        f"Contact: {uri}",
        "Expires: 2026-12-31T00:00:00Z",
        f"Canonical: {SITEURL}/.well-known/security.txt",
        "Preferred-Languages: en",
    ]
    assert b"/.well-known/*" in files["_headers"]


@pytest.mark.parametrize(
    "settings",
    [
        {"CONTACT": ""},
        {"CONTACT": "http://example.com/"},
        {"CONTACT": "a@example.org", "SITEURL": f"{SITEURL}/folder"},
    ],
)
def test_without_a_contact_there_is_no_security_txt(settings: dict[str, str]) -> None:
    """Nor for http (RFC 9116, 2.5.3), nor in a folder, where nobody would look."""
    files = finished(changed=date(2026, 1, 31), **settings)
    assert not [name for name in files if "security" in name]


def test_security_txt_that_expires_is_said_in_time() -> None:
    """A month before, and only where there is one."""
    changed, last = date(2026, 1, 31), date(2026, 12, 1)
    known = {"CONTACT": "a@example.org"}
    assert not [*security.advise(known, changed, last)]
    [line] = security.advise(known, changed, last + timedelta(days=1))
    assert "it is good until 2026-12-31" in line
    assert not [*security.advise({}, changed, date(2030, 1, 1))]


def test_a_site_with_a_contact_is_published(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest day is that of the sitemap, whatever the day of the build."""
    monkeypatch.setenv("SITEURL", SITEURL)
    project.edit("pelicanconf.py", ('CONTACT = ""', 'CONTACT = "a@example.org"'))
    publish(project.root / "publishconf.py")
    public = project.root / "public"
    text = (public / ".well-known/security.txt").read_text()
    sitemap = (public / "sitemap.xml").read_text()
    newest = date.fromisoformat(max(re.findall("<lastmod>(.*?)</lastmod>", sitemap)))
    assert f"Expires: {due_day(newest, 11)}T00:00:00Z" in text


def test_a_site_that_is_tried_out_is_not_indexed() -> None:
    """By header, and in each page for hosts without headers."""
    meta = b'<meta name="robots" content="noindex">'
    tried, public = finished(NOINDEX=True), finished(NOINDEX=False)
    assert meta in tried["index.html"]
    assert b"X-Robots-Tag: noindex" in tried["_headers"]
    assert meta not in public["index.html"]
    assert b"X-Robots-Tag" not in public["_headers"]
