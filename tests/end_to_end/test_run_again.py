"""Running again: only what changed is done again, and the run says so."""

from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipelines.dagster_storage import open_instance
from tests.command_line import content_hashes, done, program, release_contents, sensemaking, table
from tests.small_study import MODEL, N_RESPONSES, STUDY, answers, build_small_study, write_export


def writes(study: Path) -> pd.DataFrame:
    return table(study, "raw.writes").set_index(["table_name", "slice"]).sort_index()


def rewritten(before: pd.DataFrame, after: pd.DataFrame) -> set[tuple[str, str]]:
    """Return tables and slices that were written in between."""
    moved = [at for at in after.index if at not in before.index or before.loc[at, "run_id"] != after.loc[at, "run_id"]]
    return set(moved)


def n_dagster_runs(study: Path) -> int:
    with open_instance(study / "warehouse" / "dagster") as instance:
        return instance.get_runs_count()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def steps_of(document: dict) -> list[tuple[str, str]]:
    return [(step["step"], step["wave"]) for step in document["steps"]]


def test_second_run_does_no_work_and_says_so(study: Path):
    before, runs = writes(study), n_dagster_runs(study)
    ended = done(sensemaking("run", study, "--json"))
    assert ended.document["nothing_new"] is True
    assert ended.document["steps"] == ended.document["run_ids"] == []
    assert n_dagster_runs(study) == runs
    pd.testing.assert_frame_equal(writes(study), before)
    assert "Nothing new" in done(sensemaking("run", study)).stdout


@pytest.mark.slow
def test_second_run_as_a_program_of_its_own_does_no_work_either(study: Path):
    before = writes(study)
    assert done(program("run", study, "--json")).document["nothing_new"] is True
    pd.testing.assert_frame_equal(writes(study), before)


def test_what_a_killed_run_staged_is_removed_by_the_next(study: Path):
    left = study / "warehouse" / "staging" / "sensemaking-killed"
    left.mkdir(parents=True)
    (left / "staging.duckdb").write_bytes(b"answers")
    done(sensemaking("run", study))
    assert not left.exists()


def test_one_file_serves_two_sources_that_take_rows_of_their_own(tmp_path: Path):
    study = build_small_study(tmp_path / "small", waves=("autumn",))
    edit(study / "study.yaml", "files: spring*.csv", "files: autumn*.csv")
    edit(study / "study.yaml", "wave: spring", "wave: autumn")
    (study / "study.yaml").write_text(
        (study / "study.yaml").read_text().replace("  spring: {title: {en: Spring}}\n", ""), encoding="utf-8"
    )
    refused = sensemaking("run", study, "--json").document["error"]
    assert "say with only which rows each source takes" in refused["message"]
    text = (study / "study.yaml").read_text()
    for source, places in (("autumn_staff", "O0, O1, O2, O3"), ("spring_staff", "O4, O5, O6, O7")):
        text = text.replace(f"  {source}:\n", f"  {source}:\n    only: {{organisation: [{places}]}}\n")
    (study / "study.yaml").write_text(text, encoding="utf-8")
    done(sensemaking("run", study, "--select", "core/responses"))
    responses = table(study, "core.responses")
    assert responses.groupby("source").size().to_dict() == {"autumn_staff": 20, "spring_staff": 20}
    assert set(table(study, "core.rejects")["rule"]) == {"row_of_another_source"}
    assert len(table(study, "raw.files")) == 2
    audit = table(study, "raw.conservation")
    parts = ["n_answered", "n_missing", "n_rejected", "n_superseded", "n_kept_raw"]
    assert (audit[parts].sum(axis=1) == audit["n_cells"]).all()
    assert audit.groupby("source")["n_cells"].first().to_dict() == {"autumn_staff": 40, "spring_staff": 40}


def test_changed_model_refits_that_model_only(study: Path):
    edit(study / "study.yaml", "models: [trust]", "models: [trust, tenure]")
    tenure = MODEL.replace("name: trust", "name: tenure", 1).replace("outcome: trust", "outcome: tenure")
    tenure = tenure.replace("regressors: [teamwork, tenure]", "regressors: [teamwork]")
    (study / "models" / "tenure.yaml").write_text(tenure, encoding="utf-8")
    done(sensemaking("run", study))
    before = writes(study)
    edit(study / "models" / "trust.yaml", "covariance: HC3", "covariance: HC1")
    document = done(sensemaking("run", study, "--json")).document
    assert steps_of(document) == [("out/fits/trust", "")]
    written = {"out.fits", "out.estimates", "out.diagnostics", "out.readings", "out.refusals"}
    written |= {"out.slopes", "out.slope_regions", "out.curves", "out.surface"}
    written |= {"out.predictions", "out.joint_tests"}
    history = {("core.runs", ""), ("core.run_changes", "")}
    expected = {(name, "trust,True") for name in written} | history
    assert rewritten(before, writes(study)) == expected
    fits = table(study, "out.fits").query("is_current").set_index(["model", "variant"])["covariance"].to_dict()
    assert fits[("trust", "main")] == "HC1"
    assert fits[("tenure", "main")] == "HC3"


def test_changed_wording_of_a_title_in_the_study_rewrites_nothing(study: Path):
    before = writes(study)
    edit(study / "study.yaml", "title: {en: Teamwork and trust}", "title: {en: Trust and teamwork}")
    assert done(sensemaking("run", study, "--json")).document["nothing_new"] is True
    pd.testing.assert_frame_equal(writes(study), before)


def test_export_of_one_wave_leaves_the_other_wave_alone(study: Path):
    before = writes(study)
    write_export(study, "spring.csv", answers("spring", n_responses=N_RESPONSES + 2))
    done(sensemaking("run", study, "--select", "core/scores"))
    changed = rewritten(before, writes(study))
    assert ("core.responses", "spring") in changed
    assert not [at for at in changed if at[1] == "autumn"]
    assert len(table(study, "core.responses")) == 2 * N_RESPONSES + 2


def test_next_export_of_a_source_replaces_the_responses_it_repeats(study: Path):
    second = answers("spring", first=31, n_responses=20)
    second.loc[second["id"] == "spring-31", "TW_1"] = "Neither"
    write_export(study, "spring-day-2.csv", second)
    done(sensemaking("run", study, "--select", "core/responses"))
    rejects = table(study, "core.rejects")
    assert rejects["rule"].tolist() == ["superseded_by_later_export"] * 10
    assert sorted(rejects["row_number"]) == list(range(32, 42))
    responses = table(study, "core.responses").set_index("response_id")
    assert len(responses) == N_RESPONSES + 50
    files = table(study, "raw.files").set_index("file_name")["file_sha256"]
    assert responses.loc["spring_staff/spring-31", "file_sha256"] == files["spring-day-2.csv"]
    assert responses.loc["spring_staff/spring-30", "file_sha256"] == files["spring.csv"]
    assert table(study, "core.answers").set_index("response_id").loc["spring_staff/spring-31", "TW_1"] == 3
    missing = table(study, "core.missing")
    assert not missing.duplicated(["response_id", "item"]).any()
    assert set(missing["response_id"]) <= set(responses.index)
    assert not table(study, "core.open_answers").duplicated(["response_id", "item"]).any()


def test_cells_of_replaced_responses_are_accounted_for_as_such(study: Path):
    write_export(study, "spring-day-2.csv", answers("spring", first=31, n_responses=20))
    done(sensemaking("run", study, "--select", "core/responses"))
    audit = table(study, "raw.conservation")
    parts = ["n_answered", "n_missing", "n_rejected", "n_superseded", "n_kept_raw"]
    assert (audit[parts].sum(axis=1) == audit["n_cells"]).all()
    files = table(study, "raw.files").set_index("file_name")["file_sha256"]
    superseded = audit[audit["file_sha256"] == files["spring.csv"]]["n_superseded"]
    assert (superseded == 10).all()
    assert (audit[audit["file_sha256"] != files["spring.csv"]]["n_superseded"] == 0).all()


def test_of_two_exports_that_arrive_together_the_newer_one_counts(tmp_path: Path):
    study = build_small_study(tmp_path / "small", waves=("autumn",))
    newer = answers("autumn", n_responses=5).assign(TW_1="Neither")
    older = study / "exports" / "autumn.csv"
    newest = write_export(study, "autumn-a.csv", newer)
    assert newest.name < older.name
    assert newest.stat().st_mtime_ns > older.stat().st_mtime_ns
    done(sensemaking("run", study, "--select", "core/responses"))
    stored = table(study, "core.answers").set_index("response_id")["TW_1"]
    assert stored.loc[[f"autumn_staff/autumn-{k}" for k in range(1, 6)]].tolist() == [3] * 5


@pytest.mark.slow
def test_new_wave_is_added_to_the_ones_before(tmp_path: Path):
    study = build_small_study(tmp_path / "small", waves=("autumn",))
    first = done(sensemaking("run", study, "--json")).document
    assert first["waves"] == ["autumn"]
    assert first["warnings"] == ["wave spring has no exports yet"]
    before = table(study, "core.responses")
    write_export(study, "spring.csv", answers("spring"))
    second = done(sensemaking("run", study, "--json")).document
    assert second["waves"] == ["autumn", "spring"]
    assert ("core/responses", "autumn") not in steps_of(second)
    after = table(study, "core.responses")
    assert set(after["wave"]) == {"autumn", "spring"}
    pd.testing.assert_frame_equal(after[after["wave"] == "autumn"].reset_index(drop=True), before)
    assert set(table(study, "out.scale_means")["wave"]) == {"autumn", "spring"}


def test_removed_model_is_released_no_longer(study: Path):
    assert set(release_contents(study)["out.fits"]["model"]) == {"trust"}
    edit(study / "study.yaml", "models: [trust]", "models: []")
    done(sensemaking("run", study))
    done(sensemaking("release", study, "--sign-off", "Test"))
    released = release_contents(study)
    assert not len(released["out.fits"])
    assert not len(released["out.estimates"])
    assert len(released["out.scale_means"])


@pytest.mark.slow
def test_removed_wave_is_in_no_result_any_more(study: Path):
    without_spring = STUDY.replace("  spring: {title: {en: Spring}}\n", "")
    start = without_spring.index("  spring_staff:")
    (study / "study.yaml").write_text(
        without_spring[:start] + without_spring[without_spring.index("models:") :], encoding="utf-8"
    )
    ended = done(sensemaking("run", study, "--json"))
    assert ended.document["warnings"] == [
        "exports/spring.csv belongs to no source of study.yaml; it was not read",
    ]
    for name in ("core.analysis", "out.scale_means", "out.response_rates"):
        assert set(table(study, name)["wave"]) == {"autumn"}, name
    done(sensemaking("release", study, "--sign-off", "Test"))
    assert set(release_contents(study)["out.scale_means"]["wave"]) == {"autumn"}


@pytest.mark.parametrize("unfinished", ["spring-2.csv.part", ".spring-2.csv", "spring-2.csv.crdownload"])
def test_half_written_file_is_left_alone_without_a_word(study: Path, unfinished: str):
    (study / "exports" / unfinished).write_text("id,organisation\n1,", encoding="utf-8")
    document = done(sensemaking("run", study, "--json")).document
    assert document["nothing_new"] is True
    assert document["warnings"] == []


def test_stray_file_is_noted_and_left_alone(study: Path):
    (study / "exports" / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    ended = done(sensemaking("run", study, "--json"))
    assert ended.document["warnings"] == ["exports/notes.csv belongs to no source of study.yaml; it was not read"]
    assert "exports/notes.csv belongs to no source" in ended.stderr


def test_one_wave_alone_can_be_brought_up_to_date(study: Path):
    before = writes(study)
    write_export(study, "autumn.csv", answers("autumn", n_responses=N_RESPONSES + 1))
    write_export(study, "spring.csv", answers("spring", n_responses=N_RESPONSES + 1))
    document = done(sensemaking("run", study, "--wave", "spring", "--select", "out/scale_means", "--json")).document
    assert document["waves"] == ["spring"]
    changed = rewritten(before, writes(study))
    assert ("core.responses", "spring") in changed
    assert ("core.responses", "autumn") not in changed
    assert ("out.scale_means", "") in changed


@pytest.mark.slow
def test_selected_asset_is_made_with_what_it_needs_and_nothing_else(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    document = done(sensemaking("run", study, "--select", "out/reliability", "--json")).document
    assert {name for name, _ in steps_of(document)} == {
        "raw/files",
        "core/responses",
        "core/scores",
        "core/analysis",
        "core/quality_flags",
        "out/reliability",
    }
    assert table(study, "out.reliability")["coefficient"].value_counts().to_dict() == {"alpha": 4, "omega": 4}
    rest = done(sensemaking("run", study, "--json")).document
    assert ("core/responses", "autumn") not in steps_of(rest)
    assert ("out/fits/trust", "") in steps_of(rest)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--wave", "summer"), "there is no wave summer; the study has autumn, spring"),
        (("--select", "out/relability"), "there is no asset out/relability"),
    ],
)
def test_unknown_wave_or_asset_is_wrong_usage(study: Path, arguments: tuple[str, ...], expected: str):
    ended = sensemaking("run", study, *arguments)
    assert ended.code == 2
    assert expected in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_same_exports_make_the_same_tables_in_another_folder(study: Path, tmp_path: Path):
    other = build_small_study(tmp_path / "elsewhere")
    done(sensemaking("run", other))
    assert content_hashes(other) == content_hashes(study)


def test_run_is_recorded_in_dagster_with_study_and_trigger(study: Path):
    with open_instance(study / "warehouse" / "dagster") as instance:
        runs = instance.get_runs()
    assert len(runs) == 3
    assert all(run.status is dg.DagsterRunStatus.SUCCESS for run in runs)
    assert all(run.tags["study"] == "small" and run.tags["trigger"] == "sensemaking run" for run in runs)
    assert sorted(run.tags.get("dagster/partition", "") for run in runs) == ["", "autumn", "spring"]


@pytest.mark.parametrize(
    "below",
    [pytest.param("", id="headers only"), pytest.param(",,,,,,,,,\n", id="a blank row", marks=pytest.mark.slow)],
)
def test_a_file_without_answers_is_received_beside_the_others_of_its_wave(study: Path, below: str):
    before = content_hashes(study)
    empty = write_export(study, "spring_first_day.csv", answers("spring").head(0))
    empty.write_text(empty.read_text(encoding="utf-8") + below, encoding="utf-8")
    said = done(sensemaking("run", study, "--select", "core/responses", "--json")).document["warnings"]
    assert [each for each in said if "spring_first_day.csv has no answers yet" in each]
    assert not [each for each in said if "spring.csv has no answers yet" in each]
    files = table(study, "raw.files").set_index("file_name")["n_rows"].to_dict()
    assert files == {"autumn.csv": N_RESPONSES, "spring.csv": N_RESPONSES, "spring_first_day.csv": len(below) > 0}
    assert content_hashes(study)["core.responses"] == before["core.responses"]
    write_export(study, "spring_first_day.csv", answers("spring", first=41, n_responses=2))
    said = done(sensemaking("run", study, "--select", "core/responses", "--json")).document["warnings"]
    assert not [each for each in said if "no answers yet" in each]
    assert len(table(study, "core.responses")) == 2 * N_RESPONSES + 2
