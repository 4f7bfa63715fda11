"""Readers in their own processes meet no error and no mixed state while releases are published under them."""

import json
import multiprocessing
from multiprocessing.synchronize import Event
from pathlib import Path

import build_release
import pytest

from dashboard import queries
from dashboard.permission import WHOLE_RELEASE

RELEASES, READERS = 20, 2


def _figures_of_one_page_run(reader: queries.ReleaseReader) -> tuple[str | None, set[int]]:
    """Ask everything a page asks, and return the trouble met and every release number that the answers stand for."""
    shown = reader.shown(WHOLE_RELEASE)
    release = shown.release
    numbers = {release.number, int(queries.manifest(release)["release"])}
    numbers |= set(queries.response_rates(release)["n_responses"].dropna() // 1000)
    numbers |= set(queries.scale_means(release)["n_obs"].dropna() // 1000)
    numbers |= set(queries.fits(release)["n_obs"] // 1000)
    return shown.trouble, numbers


def _read_until(folder: Path, done: Event, report: Path) -> None:
    reader, said = queries.ReleaseReader(folder), {"reads": 0, "troubles": [], "mixed": [], "seen": []}
    while not done.is_set() or RELEASES not in said["seen"]:
        trouble, numbers = _figures_of_one_page_run(reader)
        said["reads"] += 1
        said["troubles"] += [trouble] if trouble else []
        said["mixed"] += [sorted(numbers)] if len(numbers) > 1 else []
        said["seen"] = sorted({*said["seen"], *map(int, numbers)})
    report.write_text(json.dumps(said))


@pytest.mark.alone
@pytest.mark.slow
def test_readers_meet_no_error_and_no_mixed_state_while_twenty_releases_are_published(tmp_path: Path):
    folder = tmp_path / "releases"
    build_release.publish(folder, 1)
    spawn = multiprocessing.get_context("spawn")
    done = spawn.Event()
    reports = [tmp_path / f"reader-{k}.json" for k in range(READERS)]
    readers = [spawn.Process(target=_read_until, args=(folder, done, report)) for report in reports]
    for reader in readers:
        reader.start()
    for number in range(2, RELEASES + 1):
        build_release.publish(folder, number)
    done.set()
    for reader in readers:
        reader.join(60)
    assert [reader.exitcode for reader in readers] == [0] * READERS
    for said in (json.loads(report.read_text()) for report in reports):
        assert said["reads"] > 0
        assert (said["troubles"], said["mixed"]) == ([], [])
        assert said["seen"][-1] == RELEASES
