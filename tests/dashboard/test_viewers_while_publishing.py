"""Twenty-five viewers in Chromium change pages and choices for two minutes while ten releases are published."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import build_release
import pytest
from chromium import CHARTS, FLAGS, UNREST, program, served, written_down
from marked_release import NUMBERS, TITLE_LINE, marked_tables, releases_in
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as WaitedInVain

from dashboard.wording import WORDINGS

pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.slow]
VIEWERS, SECONDS, PAUSE_SECONDS, LOOK_SECONDS, PATIENCE_SECONDS = 25, 120, 3, 0.5, 120
AT_A_TIME = 3
PRESS = """place => {
    const free = [...document.querySelectorAll('.stMain [data-testid=stButtonGroup] [aria-checked=false]')]
    const button = free[place % free.length]
    const choice = button.closest('[role=radiogroup]').getAttribute('aria-label')
    button.click()
    return choice
}"""
"""Presses in one go, since a page that has just been left may still take its buttons away."""
SAID = """unrest => {
    const texts = [], figures = [], missing = document.querySelector('h2') ? [] : ['heading']
    for (const part of document.querySelectorAll('header, .stMain')) {
        const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
        while (walk.nextNode()) {
            texts.push(walk.currentNode.data)
            if (!walk.currentNode.parentElement.closest('.role-axis, style')) figures.push(walk.currentNode.data)
        }
    }
    const busy = document.querySelectorAll(unrest)
    return {
        texts: texts.join('\\n'), figures: figures.join('\\n'),
        unrest: [...missing, ...[...busy].map(each => each.dataset.testid + each.dataset.testScriptState)],
        n_failed: document.querySelectorAll('[data-testid=stException]').length
    }
}"""
TRIED_AGAIN = "WebSocket is closed before the connection is established"
"""What Chromium notes when a page gives up a slow connection and opens another: 25 browsers share the processors."""
TROUBLES = [said["last_good"].split("{")[0] for said in WORDINGS.values()]


@dataclass
class Viewer:
    """One reader with a browser cache of their own.

    Attributes:
        page: What the reader sees.
        complaints: What the console said, and errors of the page itself.
        hosts: Machines that the page asked.
        seen: Number of the release of every screen that was looked at.
        faults: Screens that mixed releases, failed, or told of trouble with the current release.
        used: Pages that were opened and choices that were made.
    """

    page: Page
    complaints: list[str]
    hosts: set[str | None]
    seen: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    async def walk(self, place: int, until: float) -> None:
        """Do one thing after another and look at each screen, until a time."""
        await asyncio.sleep(PAUSE_SECONDS * place / VIEWERS)
        deeds = (self._turn, self._press, self._pick, self._press, self._load)
        for step in count():
            if time.monotonic() >= until:
                return
            await deeds[(place + step) % len(deeds)](place + step // len(deeds))
            await self.look()
            await asyncio.sleep(PAUSE_SECONDS)

    async def load_once_more(self) -> None:
        """Load the page again and look at it."""
        await self._load(0)
        await self.look()

    async def _turn(self, place: int) -> None:
        """Open a page."""
        links = self.page.get_by_test_id("stTopNavLink")
        link = links.nth(place % len(CHARTS))
        self.used.add(str(await link.get_attribute("href")).rpartition("/")[2])
        await link.click()

    async def _press(self, place: int) -> None:
        """Press the next button that is not pressed, of all choices between a few."""
        self.used.add(await self.page.evaluate(PRESS, place))

    async def _pick(self, place: int) -> None:
        """Pick the next entry of a list, where the page has one."""
        lists = self.page.get_by_role("combobox")
        if n_lists := await lists.count():
            try:
                await lists.nth(place % n_lists).click()
            except WaitedInVain:
                if await lists.count():
                    raise
                return  # the lists were of the page before, which had not gone yet
            await self.page.keyboard.press("ArrowDown")
            await self.page.keyboard.press("Enter")
            self.used.add("list")

    async def _load(self, place: int) -> None:
        await self.page.reload()
        self.used.add("reload")

    async def look(self) -> None:
        """Look at the screen once it rests; charts are given the time that they take to be drawn."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            said = await self.page.evaluate(SAID, UNREST)
            found, title = releases_in(said["texts"], said["figures"]), TITLE_LINE.search(said["texts"])
            if said["n_failed"] or any(trouble in said["texts"] for trouble in TROUBLES):
                self.faults.append(f"{self.page.url}: {said['texts']}")
            if title and not said["unrest"] and found == {int(title.group(1))}:
                self.seen.append(int(title.group(1)))
                return
            if time.monotonic() > give_up:
                self.faults.append(f"{self.page.url}: of {found}, restless {said['unrest']}: {said['texts']}")
                return


async def arrived(browser: Browser, address: str, place: int, door: asyncio.Semaphore) -> Viewer:
    """Let a viewer open the dashboard, every second one in Danish, while the door lets people in."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = await context.new_page()
    viewer = Viewer(page, *written_down(page))
    async with door:
        await page.goto(f"{address}?lang={list(WORDINGS)[place % len(WORDINGS)]}")
        await viewer.look()
    return viewer


@asynccontextmanager
async def viewers_of(address: str) -> AsyncIterator[list[Viewer]]:
    """Let viewers open the dashboard, a few at a time."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        door = asyncio.Semaphore(AT_A_TIME)
        yield await asyncio.gather(*(arrived(browser, address, place, door) for place in range(VIEWERS)))
        await browser.close()


async def watch_while_publishing(address: str, folder: Path, pointers: list[dict[str, object]]) -> list[Viewer]:
    """Publish releases one after the other while viewers walk, and let every viewer look once more at the end."""
    async with viewers_of(address) as viewers:
        end = time.monotonic() + SECONDS
        walks = [asyncio.create_task(viewer.walk(place, end)) for place, viewer in enumerate(viewers)]
        for pointer in pointers:
            await asyncio.sleep(SECONDS / (len(pointers) + 1))
            build_release.point_at(folder, pointer)
        await asyncio.gather(*walks)
        await asyncio.gather(*(viewer.load_once_more() for viewer in viewers))
    return viewers


def test_viewers_meet_no_error_and_no_mixed_screen_while_ten_releases_are_published(tmp_path: Path):
    folder = tmp_path / "releases"
    first, *later = [build_release.write_release(folder, marked_tables(number), number) for number in NUMBERS]
    build_release.point_at(folder, first)
    with served(folder) as address:
        viewers = asyncio.run(watch_while_publishing(address, folder, later))
    used = set().union(*(viewer.used for viewer in viewers))
    choices = {said[name] for said in WORDINGS.values() for name in ("choose_language", "group", "wave")}
    assert [viewer.faults for viewer in viewers] == [[]] * VIEWERS
    complaints = [each for viewer in viewers for each in viewer.complaints]
    assert [each for each in complaints if TRIED_AGAIN not in each] == []
    assert set().union(*(viewer.hosts for viewer in viewers)) == {"127.0.0.1"}
    assert [viewer.seen[-1] for viewer in viewers] == [NUMBERS[-1]] * VIEWERS
    assert all(viewer.seen == sorted(viewer.seen) for viewer in viewers), "no viewer is taken back to an older release"
    assert len({number for viewer in viewers for number in viewer.seen}) > 2, "releases were seen to come"
    assert used >= choices | set(CHARTS) - {"overview"} | {"list", "reload"}
