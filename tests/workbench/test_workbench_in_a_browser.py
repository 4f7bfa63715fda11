"""The workbench as a program: its pages in a real Chromium, and its end, which leaves no copy behind."""

import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from workbench_studies import build_whole_study

from pipelines.workbench.app import PAGES
from tests.command_line import PROGRAM, environment
from tests.dashboard.chromium import PROBED_FIRST, READY_SECONDS, chromium, save_picture

pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.slow]
EVERYTHING_IS_DRAWN = """() => !document.querySelector("[data-testid=stStatusWidget], [data-testid=stSkeleton]")
    && document.querySelector("h1")"""


@dataclass(frozen=True)
class Workbench:
    """A running ``sensemaking workbench``."""

    process: subprocess.Popen[bytes]
    study: Path
    address: str
    log: Path


def waited(true, what: str):
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            found = true()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"{what} did not come within {READY_SECONDS} seconds")


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder = tmp_path_factory.mktemp("workbench")
    study, log = build_whole_study(folder / "small"), folder / "log"
    with log.open("wb") as out:
        command = [*PROGRAM, "workbench", str(study), "--port", "0"]
        process = subprocess.Popen(command, env=environment(), stdout=out, stderr=out)
    try:
        found = waited(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()), "the address")
        address = found.group()
        waited(lambda: urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close() is None, "the server")
        yield Workbench(process, study, address, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_every_page_is_drawn_without_complaint_and_without_another_machine(workbench: Workbench, tmp_path: Path):
    complaints: list[str] = []
    hosts: set[str | None] = set()

    def hear(message):
        if message.type in ("error", "warning") and not PROBED_FIRST.search(message.location["url"]):
            complaints.append(f"{message.type}: {message.text}")

    with chromium() as browser:
        for place, title in enumerate(PAGES):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.on("console", hear)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
            page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).hostname))
            page.goto(f"{workbench.address}/{title.lower() if place else ''}")
            page.get_by_role("heading", name=title, level=1).wait_for(timeout=READY_SECONDS * 1000)
            page.wait_for_function(EVERYTHING_IS_DRAWN, timeout=READY_SECONDS * 1000)
            save_picture(page, tmp_path / f"{title}.png")
            failed = page.locator("[data-testid=stException]").count()
            assert (title, failed) == (title, 0)
            page.close()
    assert complaints == []
    assert hosts == {"127.0.0.1"}
    assert "Traceback" not in workbench.log.read_text()


def test_the_choice_of_a_fit_is_kept_in_the_address(workbench: Workbench):
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{workbench.address}/models")
        page.get_by_role("combobox").click()
        chosen = page.get_by_role("option").last
        name = chosen.inner_text()
        chosen.click()
        page.wait_for_url(f"**/models?fit={name}", timeout=READY_SECONDS * 1000)
        page.goto(page.url)
        page.get_by_text(f"sensemaking rerun STUDY {name}").wait_for(timeout=READY_SECONDS * 1000)


def test_the_end_leaves_no_copy_behind(workbench: Workbench):
    assert list((workbench.study / "warehouse" / "workbench").iterdir())
    workbench.process.send_signal(signal.SIGTERM)
    assert workbench.process.wait(60) == 0
    assert not list((workbench.study / "warehouse" / "workbench").iterdir())
