"""Pulls that failed are on record, with the kind of fault and nothing else, and the doctor says since when."""

import pytest

from pipelines.pulling.of_source import Wishes
from pipelines.recovering.examination import examine
from pipelines.store import Store
from pipelines.tables.pulling import FAILED_PULLS, PULLS
from pipelines.workbench.views.runs import pulls_of
from tests.fake_platform import TOKEN, FakePlatform
from tests.pulled_study import VirtualClock, build_pulled_study, pull


@pytest.fixture
def platform():
    with FakePlatform("qualtrics") as running:
        for _ in range(3):
            running.respond()
        yield running


@pytest.fixture
def folder(tmp_path, platform):
    return build_pulled_study(tmp_path / "study", platform)


def failures_of(folder):
    return Store(folder / "warehouse").read(FAILED_PULLS)


def told_by_the_doctor(folder):
    return [each for each in examine(folder, repair=False) if each.finding.kind == "pull"]


def test_each_kind_of_fault_is_recorded_by_its_name(folder, platform, monkeypatch):
    clock = VirtualClock()
    platform.outage("expired", 1)
    pull(folder, clock=clock)
    platform.outage("dropped", 50)
    pull(folder, clock=clock)
    platform.outages.clear()
    pull(folder, clock=clock)
    platform.change_question("TW_2", text="We decide alone.")
    pull(folder, clock=clock)
    with monkeypatch.context() as without:
        without.delenv("SENSEMAKING_PULL_QUALTRICS")
        pull(folder, clock=clock)
    failed = failures_of(folder)
    assert list(failed["fault"]) == ["environment", "data", "questions", "specification"]
    assert set(failed["source"]) == {"staff"}
    assert failed["tried_at"].is_monotonic_increasing
    assert not any(TOKEN in text or "R_0" in text for text in failed.astype("str").to_numpy().ravel())
    assert len(Store(folder / "warehouse").read(PULLS)) == 1


def test_doctor_says_when_a_pull_last_went_well(folder, platform):
    clock = VirtualClock()
    platform.outage("expired", 1)
    pull(folder, clock=clock)
    [never] = told_by_the_doctor(folder)
    assert never.outcome == "note"
    assert "pulls that failed: 1" in never.finding.found
    assert "none went well before" in never.finding.found
    pull(folder, clock=clock)
    assert told_by_the_doctor(folder) == []
    platform.outage("expired", 2)
    clock.sleep(86_400)
    pull(folder, clock=clock)
    pull(folder, clock=clock)
    [since] = told_by_the_doctor(folder)
    assert "pulls that failed: 2, the last on 2026-03-02" in since.finding.found
    assert "the last that went well was on 2026-03-01" in since.finding.found


def test_full_disk_is_told_as_itself_though_it_cannot_be_recorded(folder, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.pulling.of_source.write_state", full)
    monkeypatch.setattr("pipelines.store.Store.write", full)
    [(_, error)] = pull(folder).failures
    assert isinstance(error, OSError)


def test_workbench_shows_pulls_of_both_kinds_newest_first(folder, platform):
    clock = VirtualClock()
    pull(folder, clock=clock)
    platform.outage("expired", 1)
    pull(folder, clock=clock)
    pull(folder, Wishes(whole=True), clock)
    store = Store(folder / "warehouse")
    shown = pulls_of(store.read(PULLS), store.read(FAILED_PULLS))
    assert list(shown["fault"].fillna("")) == ["", "environment", ""]
    assert list(shown["n_new"].fillna(-1)) == [0, -1, 3]
