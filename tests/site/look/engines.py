"""Three engines that the site is looked at in: Chromium now, Chromium 109, WebKit."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Error, Page
from programs import need, node
from tools import free_port

HERE = Path(__file__).parent
MEASURE = (HERE / "measure.js").read_text("utf-8")
WIDTH, HEIGHT = 1280, 1400
START_S = 60
PICTURE_TRIES = 3


class Job(NamedTuple):
    """A page to look at: its path in the site, the colour scheme, whether to picture it."""

    path: str
    scheme: str
    is_pictured: bool


class Look(NamedTuple):
    """What was seen: the answers of measure.js, and the picture of the window or none."""

    told: dict[str, Any]
    picture: Image.Image | None


def in_chromium(browser: Browser, site: str, jobs: Sequence[Job]) -> list[Look]:
    """Look at pages in today's Chromium."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    looks = []
    for job in jobs:
        page.emulate_media(color_scheme=job.scheme)  # type: ignore[arg-type]
        page.goto(site + job.path)
        told = page.evaluate(f"() => {{{MEASURE}}}")
        looks.append(_look(told, _picture(page) if job.is_pictured else b""))
    page.close()
    return looks


def measured_in_chromium(
    browser: Browser, address: str, widths: Sequence[int]
) -> list[dict[str, Any]]:
    """Return the answers of measure.js on a page at some widths, in today's Chromium."""
    page = browser.new_page(viewport={"width": widths[0], "height": HEIGHT})
    page.goto(address)
    told = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        told.append(page.evaluate(f"() => {{{MEASURE}}}"))
    page.close()
    return told


def _look(told: dict[str, Any], picture: bytes) -> Look:
    return Look(told, Image.open(BytesIO(picture)) if picture else None)


def _picture(page: Page) -> bytes:
    """Return a picture of the window; a busy Chromium may need to be asked again."""
    for _ in range(PICTURE_TRIES - 1):
        with suppress(Error):
            return page.screenshot()
    return page.screenshot()


def in_old_chromium(folder: Path, site: str, jobs: Sequence[Job]) -> list[Look]:
    """Look at pages in Chromium 109; pictures go to `folder`."""
    orders = []
    for number, job in enumerate(jobs):
        picture = folder / f"{number}.png"
        order = {"url": site + job.path, "scheme": job.scheme}
        order |= {"width": WIDTH, "height": HEIGHT}
        orders.append({**order, "picture": str(picture) if job.is_pictured else ""})
    command = [
        node()[0],
        HERE / "old_chromium.cjs",
        need("Chromium 109"),
        HERE / "measure.js",
    ]
    made = subprocess.run(
        command,
        input=json.dumps(orders),
        check=True,
        capture_output=True,
        text=True,
        timeout=START_S * 3,
    )
    answer = json.loads(made.stdout)
    assert "/109." in answer["version"]
    looks = []
    for told, order in zip(answer["answers"], orders, strict=True):
        picture = str(order["picture"])
        looks.append(_look(told, Path(picture).read_bytes() if picture else b""))
    return looks


def in_webkit(folder: Path, site: str, jobs: Sequence[Job]) -> list[Look]:
    """Look at pages in WebKitGTK, whose drawing code is Safari's; `folder` is its home.

    It is started once for each run of jobs of one scheme.
    """
    looks = []
    for scheme, group in groupby(jobs, key=lambda job: job.scheme):
        with ExitStack() as stack:
            display = stack.enter_context(_display())
            driver = stack.enter_context(_webdriver(folder, display, scheme))
            window = _Window(driver)
            looks += [window.look(site, job) for job in group]
            window.close()
    return looks


@contextmanager
def _display() -> Iterator[str]:
    """Run an X server without a screen; yield its name, which it tells when it is ready."""
    command = [need("Xvfb"), "-displayfd", "1", "-screen", "0", "2600x1600x24"]
    with subprocess.Popen(
        [*command, "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield f":{process.stdout.readline().strip()}"
        finally:
            process.terminate()


@contextmanager
def _webdriver(home: Path, display: str, scheme: str) -> Iterator[str]:
    """Run WebKit's driver; yield its address. Pages take their scheme from the desktop's theme."""
    port = free_port()
    env = {
        **os.environ,
        "DISPLAY": display,
        "GTK_THEME": "Adwaita:dark" if scheme == "dark" else "Adwaita",
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
    }
    with subprocess.Popen(
        [need("WebKitWebDriver"), f"--port={port}"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    """Return when something listens on a port; raise TimeoutError after START_S."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


class _Window:
    """A window of WebKit's small browser, by the W3C's WebDriver."""

    def __init__(self, driver: str) -> None:
        browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
        options = {"binary": str(browsers[-1]), "args": ["--automation"]}
        wanted = {"webkitgtk:browserOptions": options}
        self._driver = driver
        made = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{made['sessionId']}"
        size = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}
        self._call("POST", f"{self._session}/window/rect", size)

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = json.dumps(body or {}).encode() if method == "POST" else None
        head = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._driver + path, data, head, method=method)
        with urllib.request.urlopen(request, timeout=START_S) as response:
            return json.load(response)["value"]

    def look(self, site: str, job: Job) -> Look:
        """Open a page and look at it."""
        self._call("POST", f"{self._session}/url", {"url": site + job.path})
        script = {"script": MEASURE, "args": []}
        told = self._call("POST", f"{self._session}/execute/sync", script)
        picture = ""
        if job.is_pictured:
            picture = self._call("GET", f"{self._session}/screenshot")
        return _look(told, base64.b64decode(picture))

    def close(self) -> None:
        """Close the window."""
        self._call("DELETE", self._session)
