"""Old and new pages at once: a server allows the styles of both while they change."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import servers
import test_runtimes
from deploys import SITE, Owner
from tools import free_port, get, need, serving

from sitebuild import deploy, output
from sitebuild.deploy.execution import Patience
from sitebuild.deploy.hosts.files import LOCK
from sitebuild.deploy.records import Journal, read_history
from sitebuild.faults import Report
from sitebuild.host.configs import apache, caddy, nginx
from sitebuild.host.finish import finish
from sitebuild.host.styles import allow_styles, find_styles

PAGES = ("", *(f"page-{number}/" for number in range(3)))


def style_of(version: int) -> str:
    """The style of all pages of a version."""
    return f"p{{margin:{version}px}}"


def source(style: str) -> str:
    """A style as a policy names it, counted without the code that is tested."""
    digest = hashlib.sha256(style.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def publish(owner: Owner, style: int, text: str = "", redirect: str = "") -> None:
    """Put a published site in place whose pages have a style."""
    head = '<!DOCTYPE html><meta charset="utf-8"><title>x</title>'
    page = f"{head}<style>{style_of(style)}</style><p>{text}</p>".encode()
    files = {f"{name}index.html": page for name in PAGES} | {"404.html": page}
    report = Report()
    redirects = {redirect: "/"} if redirect else {}
    finish(files, redirects, {"SITEURL": SITE, "DEFAULT_LANG": "en"}, report)
    report.stop()
    output.publish(files, owner.public)


class Served(NamedTuple):
    """A server over the owner's live folder: its address, how to reload it."""

    url: str
    rules: str
    reload: str


@contextmanager
def run_nginx(live: Path, folder: Path) -> Iterator[Served]:
    """The nginx of the system."""
    port = free_port()
    with test_runtimes.nginx(live, folder, port):
        options = f"-p {folder} -e stderr -c {folder}/nginx.conf -s reload"
        command = f"{need('nginx')} {options}"
        yield Served(f"http://127.0.0.1:{port}", nginx.NAME, command)


@contextmanager
def run_caddy(live: Path, folder: Path) -> Iterator[Served]:
    """The Caddy of the system, which is reloaded by its own address."""
    port, admin = free_port(), f"127.0.0.1:{free_port()}"
    config = folder / "Caddyfile"
    config.write_text(
        f"{{\n  admin {admin}\n  auto_https off\n}}\n"
        f"http://127.0.0.1:{port} {{\n  root * {live}\n"
        f"  import {live}/_Caddyfile\n}}\n"
    )
    options = f"--adapter caddyfile --config {config}"
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    command = [need("caddy"), "run", *options.split()]
    with serving(command, "serving initial configuration", home):
        reload = f"{need('caddy')} reload {options} --address {admin}"
        yield Served(f"http://127.0.0.1:{port}", caddy.NAME, reload)


@contextmanager
def run_apache(live: Path, folder: Path) -> Iterator[Served]:
    """The Apache of the system, which reads its rules for each answer."""
    with servers.apache(live, folder) as url:
        yield Served(url, apache.NAME, "")


Run = Callable[[Path, Path], AbstractContextManager[Served]]


@contextmanager
def served(owner: Owner, folder: Path, run: Run) -> Iterator[Served]:
    """A server over a first release; deploys after it ask and verify it."""
    owner.live = folder / "live"
    kind = "apache" if run is run_apache else True
    owner.configure(tool="folder", to=str(owner.live), server=kind)
    owner.memory = owner.live / "_releases"
    publish(owner, 1)
    owner.deploy()
    (folder / "server").mkdir()
    with run(owner.live, folder / "server") as server:
        configure(owner, server)
        yield server


def configure(owner: Owner, server: Served, **entries: str) -> None:
    """Let deploys verify a server."""
    target = {"tool": "folder", "to": str(owner.live), "url": server.url}
    target["server"] = "apache" if server.rules == apache.NAME else True
    owner.configure(**target, verify=True, **entries)


def unstyled(server: Served) -> list[str]:
    """The pages whose style their policy does not allow."""
    found = []
    for page in PAGES:
        answer = get(f"{server.url}/{page}", Accept_Encoding="identity")
        [style] = re.findall("<style>(.*)</style>", answer.body.decode())
        if source(style) not in answer.headers["Content-Security-Policy"]:
            found.append(page)
    return found


def wait_for_style(server: Served, version: int) -> None:
    """Wait until many answers in a row allow a style: old processes go on for a bit."""
    streak = 0
    while streak < 50:
        policy = get(server.url).headers["Content-Security-Policy"]
        streak = streak + 1 if source(style_of(version)) in policy else 0


@contextmanager
def watched(server: Served) -> Iterator[list[str]]:
    """Read every page again and again; yields those that were unstyled, growing."""
    wrong: list[str] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            with suppress(OSError):  # nginx may close a connection while it reloads
                wrong.extend(unstyled(server))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield wrong
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("run", [run_nginx, run_caddy, run_apache])
def test_no_page_is_ever_unstyled(owner: Owner, open_folder: Path, run: Run) -> None:
    """Whatever is deployed or rolled back, each answer allows the style of its page."""
    with served(owner, open_folder, run) as server:
        if server.reload:
            configure(owner, server, reload=server.reload)
        with watched(server) as wrong:
            for style in (2, 3, 1):
                publish(owner, style)
                assert owner.deploy()[-1].startswith("Live and verified")
            assert owner.rollback()[-1].startswith("Live and verified")
        assert wrong == []
        page = get(f"{server.url}/", Accept_Encoding="identity").body.decode()
        assert style_of(3) in page


@pytest.mark.parametrize("run", [run_nginx, run_caddy])
def test_pages_wait_for_the_reload_that_they_need(
    owner: Owner, open_folder: Path, run: Run
) -> None:
    """Without a command the old pages stay until somebody has reloaded the server."""
    with served(owner, open_folder, run) as server:
        publish(owner, 2)
        assert "the old pages stay" in owner.refused()
        assert unstyled(server) == []
        assert "the old pages stay" in owner.refused()
        page = get(f"{server.url}/", Accept_Encoding="identity").body.decode()
        assert style_of(1) in page
        subprocess.run(server.reload.split(), check=True, capture_output=True)
        wait_for_style(server, 2)
        said = owner.deploy()
        assert said[-1].startswith("Live and verified")
        assert not any("eload" in line for line in said)
        assert unstyled(server) == []


def test_a_reload_is_asked_for_only_when_it_is_needed(
    owner: Owner, open_folder: Path
) -> None:
    """Neither for a text, nor for a style that the rules allow; for a redirect it is."""
    with served(owner, open_folder, run_nginx) as server:
        configure(owner, server, reload=server.reload)
        publish(owner, 2)
        assert "Reloaded the server." in owner.deploy()
        publish(owner, 2, "more")
        assert "Reloaded the server." not in owner.deploy()
        publish(owner, 1, "more")
        assert "Reloaded the server." not in owner.deploy()
        publish(owner, 1, redirect="/old/")
        configure(owner, server)
        owner.configure(**owner.target | {"verify": False})
        assert "Reload nginx or Caddy" in owner.deploy()[-1]


def test_a_server_that_does_not_take_its_rules_keeps_the_old_pages(
    owner: Owner, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that ends well and reloads nothing does not leave pages unstyled."""
    monkeypatch.setattr("sitebuild.deploy.reload._TRIES", 20)
    monkeypatch.setattr("sitebuild.deploy.execution._AFTER_RELOAD", Patience(1, 0))
    with served(owner, open_folder, run_nginx) as server:
        configure(owner, server, reload="true")
        publish(owner, 2)
        assert "does not use its new rules" in owner.refused()
        assert unstyled(server) == []
        with pytest.raises(deploy.RefusedError, match="Content-Security-Policy"):
            owner.rollback()  # of the half deploy; what the rules say is still not read
        assert unstyled(server) == []
        assert {path for path in owner.site if "_deploying" in path} == set()


def test_the_build_allows_its_own_style_alone(owner: Owner) -> None:
    """What came before is known where it is deployed, and not where it is built."""
    publish(owner, 2)
    rules = (owner.public / nginx.NAME).read_text()
    assert find_styles(rules) == (source(style_of(2)),)


@pytest.mark.parametrize("kind", [True, "apache"])
def test_the_target_remembers_what_it_allows(
    owner: Owner, tmp_path: Path, kind: object
) -> None:
    """The same release again changes nothing, from another machine neither."""
    owner.configure(tool="folder", to=str(owner.live), server=kind)
    for style in (1, 2):
        publish(owner, style)
        owner.deploy()
    other = owner.elsewhere()
    publish(other, 2)
    for one in (owner, other):
        assert "0 to add, 0 to change, 0 to delete; 0 bytes to send" in one.deploy()
    name = nginx.NAME if kind is True else apache.NAME
    allowed = find_styles((owner.live / name).read_text())
    assert set(allowed) == {source(style_of(1)), source(style_of(2))}
    publish(other, 3)
    other.deploy()
    allowed = find_styles((owner.live / name).read_text())
    assert set(allowed) == {source(style_of(2)), source(style_of(3))}


def test_pages_of_a_deploy_that_died_keep_their_style(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three styles are allowed while pages may have any of them."""
    owner.configure(tool="folder", to=str(owner.live), server=True)
    publish(owner, 1)
    owner.deploy()
    with monkeypatch.context() as patch:
        patch.setattr("sitebuild.deploy.reload.Reload.__call__", _die)
        publish(owner, 2)
        with pytest.raises(RuntimeError):
            owner.deploy()
    publish(owner, 3)
    owner.deploy()
    allowed = find_styles((owner.live / nginx.NAME).read_text())
    assert set(allowed) == {source(style_of(version)) for version in (1, 2, 3)}


def test_a_reload_that_a_kill_left_out_is_done_by_the_next_deploy(
    owner: Owner, tmp_path: Path
) -> None:
    """Even where nothing else is left to do."""
    mark = tmp_path / "mark"
    target = {"tool": "folder", "to": str(owner.live), "server": True}
    owner.configure(**target, reload=f"touch {mark}")
    publish(owner, 1)
    owner.deploy()
    left = owner.live / LOCK
    left.parent.mkdir()
    left.write_bytes(Journal("x", reload=[nginx.NAME]).dump())
    assert "Reloaded the server." in owner.deploy(take_lock=True)
    assert mark.exists()
    assert "Reloaded the server." not in owner.deploy()


def _die(_: object) -> None:
    raise RuntimeError


def test_what_a_target_remembers_cannot_write_rules() -> None:
    """Whoever can write its history writes hashes into the rules and nothing else."""
    good = source("p{}")
    data = f'{{"live": "{"a" * 16}", "releases": [], "styles": ["{good}", "; }}"]}}'
    assert read_history(data.encode()).styles == (good,)


def test_only_styles_are_rewritten() -> None:
    """Hashes of anything else stay, and equal sets give equal rules."""
    one, two = source("a"), source("b")
    rules = f"a style-src {one}; script-src {one}; b style-src {one}; c"
    both = " ".join(sorted([one, two]))
    new = f"a style-src {both}; script-src {one}; b style-src {both}; c"
    assert allow_styles(rules, [one, two]) == new
    assert allow_styles(new, [two, one]) == new
    assert allow_styles(rules, []) == rules


def test_a_style_is_verified_as_it_was_deployed(
    owner: Owner, open_folder: Path
) -> None:
    """The older one is no difference to the release; another one is."""
    with served(owner, open_folder, run_apache) as server:
        publish(owner, 2)
        owner.deploy()
        rules = owner.live / server.rules
        rules.write_text(allow_styles(rules.read_text(), [source("x")]))
        with pytest.raises(deploy.RefusedError, match="Content-Security-Policy"):
            deploy.verify("web", settings_file=owner.settings, say=lambda _: None)
