"""Pages are read without a pause while a run writes: neither the run nor a page meets an error."""

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from workbench_pages import Seen
from workbench_studies import write_whole_study

from pipelines.store import Store
from pipelines.store.copying import WarehouseCopies
from pipelines.tables.raw import WRITES
from pipelines.workbench.app import PAGES
from tests.command_line import PROGRAM, environment
from tests.run_steps import bring_up_to_date
from tests.small_study import answers, write_export

State = tuple[object, object]


def read_until(end: threading.Event, copies: WarehouseCopies, states: list[State]) -> None:
    while not end.is_set():
        with copies.reading() as reading:
            written = Store(reading.copy.folder).read(WRITES)["written_at"].max()
            states.append((reading.copy.committed_at, written))


@pytest.fixture
def half_way(tmp_path: Path) -> Path:
    """A study with new exports, whose tables are of earlier ones."""
    folder = write_whole_study(tmp_path / "small")
    bring_up_to_date(folder, {"core/responses"})
    for wave in ("autumn", "spring"):
        write_export(folder, f"{wave}.csv", answers(wave, n_responses=60))
    return folder


@pytest.mark.alone
@pytest.mark.slow
def test_a_run_and_the_pages_do_not_meet(half_way: Path, tmp_path: Path, opened: Callable[..., Callable[..., Seen]]):
    page, end, states = opened(half_way), threading.Event(), list[State]()
    copies = WarehouseCopies(half_way / "warehouse", tmp_path / "others")
    reader, n_pages = threading.Thread(target=read_until, args=(end, copies, states)), 0
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen([*PROGRAM, "run", str(half_way)], env=environment(), stdout=log, stderr=log)
    reader.start()
    try:
        while run.poll() is None:
            page(list(PAGES)[n_pages % len(PAGES)])
            n_pages += 1
    finally:
        end.set()
        reader.join()
        run.kill()
        run.wait()
    assert run.returncode == 0, (tmp_path / "log").read_text()
    assert n_pages
    for times in zip(*states, strict=True):
        assert list(times) == sorted(times)
        assert len(set(times)) > 1
    assert page("Fieldwork").tables["Outcomes"]["n_complete"].tolist() == [60, 60]
