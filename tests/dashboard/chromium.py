"""A real Chromium for tests of pages, and for pictures of a running dashboard.

A picture for the documents:
``python tests/dashboard/chromium.py 'http://127.0.0.1:8501/?lang=da' docs/dashboard.png [width [height]]``; without a
height, the picture shows the whole page.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page as AsyncPage
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.launch import streamlit_arguments
from dashboard.pointer import FOLDER_VARIABLE
from pipelines.access import VARIABLE

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
READY_SECONDS = 60
PROBED_FIRST = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")
"""Streamlit's page asks for its server below the page's own address first, and the root when it is not there."""
CHARTS = {"overview": 3, "perspectives": 2, "integration": 1, "units": 3, "results": 2, "method": 0, "take-away": 0}
"""Name of a page → how many charts it has over ``build_release``, with answers to the questions of one scale."""
UNREST = (
    '.stApp:not([data-test-script-state="notRunning"]), [data-stale=true], [data-testid=stStatusWidget], '
    "[data-testid=stSkeleton]"
)
"""What a page has while Streamlit still works on it."""
PATHS = {name: "/" if name == "overview" else f"/{name}" for name in CHARTS}
"""Name of a page → its address."""


class NoChromiumError(Exception):
    """There is no Chromium to test with; the message says what to do."""


def program() -> str:
    """Return the path of Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise NoChromiumError("No Chromium was found: run make test, which installs it, or apt-get install chromium")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium without a window; it ends with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        yield browser
        browser.close()


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def served(releases: Path, access: Path | None = None, port: int = 0) -> Iterator[str]:
    """Serve the dashboard for a folder of releases and give its address, until the block ends.

    With an access file people have to sign in. Without a port, a free one is taken.
    """
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", *streamlit_arguments(port)],
        env={**os.environ, FOLDER_VARIABLE: str(releases), VARIABLE: str(access or "")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(address)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def wait_until_ready(address: str) -> None:
    """Wait until a server of Streamlit answers."""
    give_up = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"The dashboard did not answer within {READY_SECONDS} seconds.")


def watched(browser: Browser, width: int) -> tuple[Page, list[str], set[str | None]]:
    """Open an empty page that writes down what its console says and which machines it asks."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    return page, *written_down(page)


def written_down(page: Page | AsyncPage) -> tuple[list[str], set[str | None]]:
    """Let a page write down what its console says, its own errors too, and which machines it asks."""
    complaints, hosts = list[str](), set[str | None]()

    def hear(message):
        if message.type in ("error", "warning") and not PROBED_FIRST.search(message.location["url"]):
            complaints.append(f"{message.type}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).hostname))
    return complaints, hosts


def wait_until_drawn(page: Page, charts: int = 1) -> None:
    """Wait until a page has at least so many charts with marks in them, and Streamlit has stopped working."""
    page.wait_for_function(
        "n => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg')]"
        ".filter(svg => svg.querySelector('path, text')).length >= n",
        arg=charts,
        timeout=READY_SECONDS * 1000,
    )
    page.wait_for_function("unrest => !document.querySelector(unrest)", arg=UNREST, timeout=READY_SECONDS * 1000)
    page.wait_for_timeout(500)


def save_picture(page: Page, path: Path, height: int | None = None) -> None:
    """Save a picture of the page's top, or of the whole page, however long it is."""
    height = height or page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    page.wait_for_timeout(700)
    page.screenshot(path=path)


if __name__ == "__main__":
    address, target, *rest = sys.argv[1:]
    with chromium() as browser:
        shown = browser.new_page(viewport={"width": int(rest[0]) if rest else 1440, "height": 900})
        shown.goto(address)
        wait_until_drawn(shown)
        save_picture(shown, Path(target), int(rest[1]) if len(rest) > 1 else None)
