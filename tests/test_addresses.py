"""Addresses are promises: what was published stays reachable."""

from __future__ import annotations

import pytest
from conftest import ROOT, Project
from helpers import document

from sitebuild.check import addresses

ARTICLE = "content/articles/weekly-massages.md"


def recorded(project: Project) -> None:
    """Record the addresses of the project as published."""
    build = project.build  # keep what is built in step with the record
    build()
    pages = [
        f"/{p.parent.relative_to(project.output).as_posix()}/"
        for p in project.output.rglob("index.html")
    ]
    project.write(
        "content/addresses.txt",
        "\n".join([*pages, "/articles/weekly-massages/#fascia"]).replace("/./", "/")
        + "\n",
    )


def test_renamed_passage_without_a_redirect(project: Project) -> None:
    """Renaming a passage id is a fault that names the line to add; with it, the old address still leads there."""
    recorded(project)
    project.edit(ARTICLE, ("/// passage | fascia\n", "/// passage | fascia-release\n"))
    project.edit(
        "content/topics/flexibility.md",
        ("weekly-massages/fascia", "weekly-massages/fascia-release"),
    )
    faults = project.faults()
    assert any(
        "add the line `/articles/weekly-massages/#fascia /where-it-went/`" in fault
        for fault in faults
    ), faults
    project.write(
        "content/redirects.txt",
        "/articles/weekly-massages/#fascia /articles/weekly-massages/#fascia-release\n",
    )
    for page in (ROOT / "content").rglob("*.md"):
        name = page.relative_to(ROOT).as_posix()
        project.edit(
            name,
            lambda text: text.replace(
                "weekly-massages/#fascia)", "weekly-massages/#fascia-release)"
            ),
        )
    assert project.faults() == []
    section = document(project.page("/articles/weekly-massages/")).xpath(
        '//*[@id="fascia-release"]'
    )[0]
    assert section.xpath('.//*[@id="fascia"]')


def test_deleted_page_without_a_redirect(project: Project) -> None:
    """Deleting a page that was published is a fault at its line of the record."""
    recorded(project)
    (project.root / "content/pages/search.md").unlink()
    assert any(
        f.startswith("content/addresses.txt:")
        and "/search/ was published and is gone" in f
        for f in project.faults()
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("/a/ /b/\n/b/ /a/\n", "leads in a circle"),
        ("/old/ /nowhere/\n", "/old/ leads to /nowhere/, which does not exist"),
        ("/about/ /\n", "/about/ is redirected and still exists"),
        ("/old/ /about/\n/old/ /\n", "/old/ is redirected twice"),
        ("/old/\n", "is not a redirect"),
        ("old new\n", "is not a redirect"),
        (b"# caf\xe9\n", "byte 0xe9 is not UTF-8"),
    ],
)
def test_bad_redirects(lines: str | bytes, message: str, project: Project) -> None:
    """Circles, dead ends, doubles and lines that are no redirects are faults with their line."""
    project.write("content/redirects.txt", lines)
    assert any(
        message in fault and fault.startswith("content/redirects.txt:")
        for fault in project.faults()
    )


def test_chain_of_redirects_is_fine(project: Project) -> None:
    """A redirect may lead to an address that was itself moved later, and comments are no lines."""
    project.write(
        "content/redirects.txt", "# moved twice\n/older/ /old/\n/old/ /about/\n"
    )
    assert project.faults() == []


def test_record_grows_and_never_shrinks(project: Project) -> None:
    """Recording adds new addresses, keeps old ones, and says what was new."""
    from sitebuild.plugin import build

    done = build(project.root / "pelicanconf.py")
    content = project.root / "content"
    project.write("content/addresses.txt", "/long-gone/\n")
    new = addresses.record(content, done.site)
    assert "/articles/weekly-massages/#fascia" in new
    assert "/long-gone/" in project.read("content/addresses.txt").splitlines()
    assert addresses.record(content, done.site) == ()


def test_record_of_this_site_is_kept(project: Project) -> None:
    """The committed record holds every address that the site has now."""
    from sitebuild.plugin import build

    done = build(project.root / "pelicanconf.py")
    assert set(addresses.published(done.site)) <= set(
        (ROOT / "content/addresses.txt").read_text("utf-8").splitlines()
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/../x/ /about/", "is not a redirect"),
        ("/a/../../y.html /about/", "is not a redirect"),
        ("/index.html /", "is not a redirect"),
        ("/about/index.html /disclaimer/", "is not a redirect"),
        ("/old/ /about/#nope", "the page has no such id"),
    ],
)
def test_a_redirect_neither_leaves_the_site_nor_hides_a_page(
    line: str, told: str, project: Project
) -> None:
    """No redirect is written over a page or outside the folder, and none ends where nothing stands."""
    project.write("content/redirects.txt", f"{line}\n")
    (fault,) = project.faults()
    assert fault.startswith("content/redirects.txt:1: ")
    assert told in fault


def test_an_id_renamed_twice_keeps_both_names(project: Project) -> None:
    """Every former id of a passage still leads to it, however many renames ago; no host is asked to redirect it."""
    from sitebuild.plugin import build

    page = "/articles/weekly-massages/"
    project.write(
        "content/redirects.txt", f"{page}#one {page}#two\n{page}#two {page}#fascia\n"
    )
    done = build(project.root / "pelicanconf.py")
    text = done.files[f"{page.strip('/')}/index.html"].decode()
    assert 'id="one"' in text
    assert 'id="two"' in text
    assert done.redirects == {}
