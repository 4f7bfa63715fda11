"""The dashboard beside a bare Streamlit page with one chart, in Chromium: ``python -m tests.bench_dashboard RELEASES``.

Both are served with the same settings by a server of their own and opened in turn, in one run: seconds until the first
chart is drawn with an empty browser cache and with a warm one, seconds until a choice shows in the charts while ten
viewers choose at once, and the server's memory with 25 viewers; of an invented release of 1,000 organisations too. No
test.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from dashboard.launch import SERVED, streamlit_arguments
from dashboard.pointer import FOLDER_VARIABLE
from tests.dashboard.chromium import FLAGS, free_port, program, wait_until_ready

ROUNDS, VIEWERS, CHOOSING = 5, 25, 10
PATIENCE_MILLISECONDS = 120_000
BARE = Path(__file__).with_name("bare_page.py")
DRAWN = "() => document.querySelector('[data-testid=stVegaLiteChart] svg :is(path, text)')"
WRITTEN = (
    "() => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg text')].map(e => e.textContent).join()"
)
CHANGED = f"before => {{ const now = ({WRITTEN})(); return now && now !== before }}"
CHOICES = "[data-testid=stButtonGroup] button"
N_ORGANISATIONS = 1_000


@dataclass(frozen=True)
class Server:
    """A server of pages.

    Attributes:
        name: What it serves, in words.
        address: Its first page.
        process: Its process.
    """

    name: str
    address: str
    process: int

    def megabytes(self) -> float:
        """Return its resident memory."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


@contextmanager
def serving(name: str, script: Path, releases: Path) -> Iterator[Server]:
    """Serve a script with the dashboard's settings until the block ends."""
    port = free_port()
    arguments = [str(script) if each == str(SERVED) else each for each in streamlit_arguments(port)]
    command = [sys.executable, "-m", "streamlit", *arguments]
    environment = {**os.environ, FOLDER_VARIABLE: str(releases)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        yield Server(name, f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Start Chromium without a window; it ends with the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        yield browser
        await browser.close()


async def until_first_chart(page: Page, address: str) -> float:
    """Open an address and return the seconds until its first chart is drawn."""
    start = time.perf_counter()
    await page.goto(address, wait_until="commit")
    await page.wait_for_function(DRAWN, polling="raf")
    return time.perf_counter() - start


async def first_charts(browser: Browser, server: Server) -> tuple[float, float]:
    """Return the seconds until the first chart with an empty browser cache, and with a warm one."""
    context = await browser.new_context()
    found = [await until_first_chart(await context.new_page(), server.address) for _ in range(2)]
    await context.close()
    return found[0], found[1]


async def opened(browser: Browser, server: Server, viewers: int) -> list[Page]:
    """Open a page for each of some viewers, each with a browser cache of their own, one after the other."""
    pages = [await (await browser.new_context()).new_page() for _ in range(viewers)]
    for page in pages:
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        await until_first_chart(page, server.address)
    return pages


async def until_changed(page: Page, choice: int) -> float:
    """Make a choice and return the seconds until the charts say something else."""
    before = await page.evaluate(WRITTEN)
    start = time.perf_counter()
    await page.locator(CHOICES).nth(choice).click()
    await page.wait_for_function(CHANGED, arg=before, polling="raf")
    return time.perf_counter() - start


async def seconds_of_choices(pages: list[Page], first_choice: int) -> list[float]:
    """Return the seconds of every viewer's choices, made at once, one round after the other."""
    found = list[float]()
    for place in range(ROUNDS):
        await asyncio.sleep(1)
        found += await asyncio.gather(*(until_changed(page, first_choice + 1 - place % 2) for page in pages))
    return found


async def choice_of_group(page: Page) -> int:
    """Return the place, among all buttons of choices, of the first of two that change the first chart."""
    groups = await page.locator(CHOICES).all_text_contents()
    return next(place for place, text in enumerate(groups) if text in ("Top managers", "Frontline staff"))


async def measured(server: Server) -> dict[str, float]:
    """Return the medians of a server alone: choices of ten viewers, and memory with 25."""
    async with browsing() as browser:
        pages = await opened(browser, server, CHOOSING)
        choices = await seconds_of_choices(pages, await choice_of_group(pages[0]))
        await opened(browser, server, VIEWERS - CHOOSING)
        await asyncio.sleep(2)
        return {"choice": statistics.median(choices), "megabytes": server.megabytes()}


async def in_turn(servers: list[Server]) -> dict[str, dict[str, float]]:
    """Open the pages of servers in turn, in alternating order, each time with an empty cache and then a warm one."""
    found: dict[str, list[tuple[float, float]]] = {server.name: [] for server in servers}
    async with browsing() as browser:
        for place in range(ROUNDS + 1):
            for server in servers if place % 2 else servers[::-1]:
                found[server.name].append(await first_charts(browser, server))
    first_counts = {name: list(zip(*each[1:], strict=True)) for name, each in found.items()}
    return {
        name: {"empty": statistics.median(empty), "warm": statistics.median(warm)}
        for name, (empty, warm) in first_counts.items()
    }


def large_release(folder: Path) -> Path:
    """Write an invented release of 1,000 organisations and return its folder."""
    import pandas as pd  # noqa: PLC0415

    from tests.dashboard import build_release  # noqa: PLC0415

    tables = build_release.release_tables()
    names = [f"Org {number:04d}" for number in range(N_ORGANISATIONS)]
    above = tables["meta.units"][lambda rows: rows["level"] != "organisation"]
    many = pd.DataFrame({"level": "organisation", "unit": names, "region": "north"})
    means = tables["out.unit_means"]
    one = means[(means["unit"] == build_release.ORGANISATIONS[1])].drop(columns="unit")
    tables["meta.units"] = pd.concat([above, many], ignore_index=True)
    rows = [means[means["level"] != "organisation"], one.merge(many[["unit"]], how="cross")]
    tables["out.unit_means"] = pd.concat(rows, ignore_index=True)
    build_release.point_at(folder, build_release.write_release(folder, tables))
    return folder


def run(task: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run a coroutine to its end."""
    return asyncio.run(task())


def main() -> None:
    """Measure and print a Markdown table."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        large = large_release(Path(scratch))
        wanted = {
            "bare page": (BARE, large),
            "dashboard": (SERVED, Path(sys.argv[1])),
            "dashboard, 1,000 organisations": (SERVED, large),
        }
        found: dict[str, dict[str, float]] = {}
        for name, (script, releases) in wanted.items():
            with serving(name, script, releases) as server:
                found[name] = run(lambda server=server: measured(server))
        with (
            serving("bare page", *wanted["bare page"]) as bare,
            serving("dashboard", *wanted["dashboard"]) as own,
            serving("dashboard, 1,000 organisations", *wanted["dashboard, 1,000 organisations"]) as thousand,
        ):
            for name, each in run(lambda: in_turn([bare, own, thousand])).items():
                found[name] |= each
            units = Server("page of units", f"{thousand.address}/units", thousand.process)
            again = run(lambda: in_turn([bare, units]))
            found["page of units, 1,000 organisations"] = again["page of units"]
    report(found, load)


def report(found: dict[str, dict[str, float]], load: float) -> None:
    """Print what was found, each beside the bare page."""
    lines = [
        f"| load before {load:.1f}, after {os.getloadavg()[0]:.1f} | first chart, s | : bare | warm, s | : bare "
        "| choice of ten viewers, s | : bare | MB with 25 viewers |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    bare = found["bare page"]
    for name, figures in found.items():
        cells = [
            f"{figures[what]:.2f} | {figures[what] / bare[what]:.2f}" if what in figures else " | "
            for what in ("empty", "warm", "choice")
        ]
        memory = f"{figures['megabytes']:.0f}" if "megabytes" in figures else ""
        lines.append(f"| {name} | {' | '.join(cells)} | {memory} |")
    print("\n".join(lines))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
