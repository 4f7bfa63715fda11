"""The history of runs: what each changed, however it was started, and a log that holds nothing anybody answered."""

import json
import stat
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import run_log
from pipelines.commands.run import run_study
from pipelines.definitions import build_definitions
from pipelines.load import Study, load_study
from pipelines.run_log import FILE, KEPT_FILES, RunLog
from pipelines.steps.run_changes import changes_of_run
from pipelines.store import Store
from pipelines.tables.runs import MEASURES, RUN_CHANGES, RUNS
from tests.small_study import SECRET, build_small_study

FIGURES = st.dictionaries(
    st.tuples(st.sampled_from(MEASURES), st.sampled_from(["a", "b", "c"])), st.integers(0, 3).map(float)
)


def figures(values: dict[tuple[str, str], float]) -> pd.DataFrame:
    rows = [(measure, about, now) for (measure, about), now in values.items()]
    return pd.DataFrame(rows, columns=["measure", "about", "now"]).astype(
        {"measure": "string", "about": "string", "now": "float64"}
    )


@given(runs=st.lists(FIGURES, min_size=1, max_size=5))
def test_changes_of_all_runs_lead_from_nothing_to_the_present_figures(runs: list[dict[tuple[str, str], float]]):
    history, standing = RUN_CHANGES.empty(), {}
    for number, values in enumerate(runs):
        changed = changes_of_run(history, figures(values), f"run {number}")
        RUN_CHANGES.schema().validate(changed)
        for row in changed.astype("object").where(changed.notna(), None).itertuples():
            key, before = (row.measure, row.about), row.before
            assert standing.get(key) == before
            assert values.get(key) == row.now
            assert before != values.get(key)
        assert {key for key in {*standing, *values} if standing.get(key) != values.get(key)} == set(
            zip(changed["measure"], changed["about"], strict=True)
        )
        history, standing = pd.concat([history, changed], ignore_index=True), values


def lines_of(study: Study) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (study.warehouse / "logs" / FILE).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study whose waves were run one after the other."""
    study = load_study(build_small_study(tmp_path_factory.mktemp("history") / "small"))
    for wave in ("autumn", "spring"):
        run_study(study, wave)
    return study


def test_a_run_tells_what_it_changed_since_the_run_before(study: Study):
    store = Store(study.warehouse)
    runs = store.read(RUNS).sort_values("ended_at", ignore_index=True)
    assert list(runs["started_by"]) == ["sensemaking run"] * 2
    assert list(runs["n_failed_steps"]) == [0, 0]
    changes = store.read(RUN_CHANGES)
    RUN_CHANGES.schema().validate(changes)
    second = changes[changes["run_id"] == runs["run_id"][1]].set_index(["measure", "about"])
    assert tuple(second.loc[("rows", "core.responses"), ["before", "now"]]) == (40, 80)
    assert pd.isna(second.loc[("alpha", "trust, FRL, spring"), "before"])
    assert ("alpha", "trust, FRL, autumn") not in second.index
    moved = second.loc[("coefficient", "trust, main, teamwork")]
    assert moved["before"] != moved["now"]
    assert list(runs["n_changes"]) == [int((changes["run_id"] == run).sum()) for run in runs["run_id"]]


def test_a_run_with_nothing_to_do_adds_nothing_to_the_history(study: Study):
    before = Store(study.warehouse).read(RUNS)
    assert run_study(study).run_ids == []
    assert len(Store(study.warehouse).read(RUNS)) == len(before)


def test_the_log_has_a_line_for_every_beginning_and_end_and_nothing_that_was_answered(study: Study):
    lines = lines_of(study)
    counted = pd.Series([line["event"] for line in lines]).value_counts()
    assert counted["step_began"] == counted["step_ended"] > 10
    assert {line["study"] for line in lines} == {"small"}
    (responses, *_) = [line for line in lines if line["step"] == "core/responses" and line["event"] == "step_ended"]
    assert responses["n_rows"]["core.responses"] == 40
    text = (study.warehouse / "logs" / FILE).read_text(encoding="utf-8")
    assert SECRET not in text
    path = study.warehouse / "logs" / FILE
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


@pytest.mark.slow
def test_a_run_of_dagster_is_recorded_with_what_started_it_and_its_failures(tmp_path: Path):
    study = load_study(build_small_study(tmp_path / "small"))
    (study.exports / "spring.csv").write_text("id,organisation\n")
    job = build_definitions([study]).resolve_job_def("small_run")
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        instance.add_dynamic_partitions("wave_small", ["autumn", "spring"])
        for wave, tags in (("autumn", {"trigger": "nightly"}), ("spring", {})):
            job.execute_in_process(instance=instance, partition_key=wave, tags=tags, raise_on_error=False)
    runs = Store(study.warehouse).read(RUNS).sort_values("ended_at")
    assert list(runs["started_by"]) == ["nightly", "by hand on Dagster's pages"]
    assert list(runs["n_failed_steps"] > 0) == [False, True]
    assert list(runs["n_changes"] > 0) == [True, False]
    (failed,) = [line for line in lines_of(study) if line["event"] == "step_failed"]
    assert failed["error"] == "ReadingError"


@given(message=st.text(min_size=8).filter(lambda text: text.strip() == text))
def test_a_message_of_an_error_never_stands_in_the_log(message: str, tmp_path_factory: pytest.TempPathFactory):
    log = RunLog(tmp_path_factory.mktemp("log"), "small", "run")
    log.failed("core/responses", "autumn", ValueError(message))
    (line,) = (log.folder / FILE).read_text(encoding="utf-8").splitlines()
    assert set(json.loads(line)) == {"at", "event", "study", "run_id", "step", "wave", "error"}
    assert message not in json.loads(line).values()


def test_the_log_begins_a_new_file_when_it_is_large_and_drops_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run_log, "LARGEST_BYTES", 400)
    for number in range(40):
        RunLog(tmp_path, "small", f"run {number}").began("core/responses", "autumn")
    files = sorted(tmp_path.iterdir())
    assert len(files) == KEPT_FILES + 1
    assert all(path.stat().st_size <= 400 for path in files)
    newest = [json.loads(line)["run_id"] for line in (tmp_path / FILE).read_text().splitlines()]
    assert newest[-1] == "run 39"
    oldest = json.loads((tmp_path / f"runs.{KEPT_FILES}.jsonl").read_text().splitlines()[0])["run_id"]
    assert oldest < newest[0]
