"""A study with a frame, contacts and weights, from files to tables: what is written, joined, printed and kept back."""

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from instruments.faults import DataError
from pipelines.assets.graph import due_steps, steps_of
from pipelines.assets.step import Task, is_current, run_step
from pipelines.load import load_study
from pipelines.store import Store
from pipelines.tables import fieldwork, released
from tests.command_line import done, sensemaking, table
from tests.small_study import answers, build_small_study, write_export

N_INVITED = 100
SECTIONS = """\
frame: {file: frame.csv, because: invented}
contact_log: {file: contacts.csv, wave: autumn}
dispositions: {platform_status: {generic: {done: complete, stopped: share_answered, withdrawn: explicit_refusal}}}
eligibility: {method: stated, share: 0.5, because: invented}
weights:
  nonresponse: {variables: [sector], least_responses: 5, largest_factor: 10}
  calibration:
    because: invented
    margins: {FRL: {sector: {health: 0.5, roads: 0.5}}}
  trimming: {rule: times_mean, times: 4, because: invented}
  scale_to: population
representativity: {variables: [sector]}
"""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def sector(number: int) -> str:
    return "health" if number % 3 else "roads"


def fieldwork_study(folder: Path) -> Path:
    study = build_small_study(folder / "small", waves=("autumn",))
    edit(study / "study.yaml", "  spring: {title: {en: Spring}}\n", "")
    text = (study / "study.yaml").read_text()
    start, end = text.index("  spring_staff:"), text.index("models:")
    text = (text[:start] + text[end:]).replace(
        "organisation_id: organisation}",
        "organisation_id: organisation, respondent_key: id, platform_disposition: status}",
    )
    (study / "study.yaml").write_text(text + SECTIONS)
    exported = answers("autumn").assign(status="done")
    exported.loc[exported["id"] == "autumn-3", "status"] = "withdrawn"
    write_export(study, "autumn.csv", exported)
    units = pd.DataFrame({"unit_id": [f"autumn-{number}" for number in range(1, N_INVITED + 1)], "wave": "autumn"})
    sectors = [sector(number) for number in range(1, N_INVITED + 1)]
    units = units.assign(organisation_id="O1", respondent_group="FRL", sector=sectors, email="x@example.org")
    units.to_csv(study / "frame.csv", index=False)
    write_contacts(study, [(f"autumn-{number}", "2026-09-01", "sent") for number in range(1, N_INVITED + 1)])
    return study


def write_contacts(study: Path, rows: list[tuple[str, str, str]]) -> None:
    learned = [("autumn-51", "2026-09-10", "opted out"), ("autumn-52", "2026-09-02", "bounced")]
    log = pd.DataFrame([*rows, *learned], columns=["unit_id", "contacted_at", "outcome"])
    log.to_csv(study / "contacts.csv", index=False)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the study folder and what its first run printed."""
    folder = fieldwork_study(tmp_path_factory.mktemp("fieldwork"))
    return folder, done(sensemaking("run", folder)).stdout


@pytest.fixture(scope="module")
def study(first_run: tuple[Path, str]) -> Path:
    return first_run[0]


def test_rates_count_what_frame_contacts_and_platform_say(study: Path):
    (rates,) = table(study, "out.response_rates").to_dict("records")
    counts = {"n_invited": 100, "n_complete": 39, "n_refusal": 2, "n_unknown": 59, "n_unknown_other": 1}
    assert {name: rates[name] for name in counts} == counts
    assert (rates["eligible_share"], rates["eligible_share_by"]) == (0.5, "stated")
    assert rates["response_rate_3"] == pytest.approx(39 / (41 + 0.5 * 59))
    by_organisation = table(study, "out.response_rates_by_organisation")
    assert by_organisation[["organisation_id", "n_complete"]].to_numpy().tolist() == [["O1", 39]]


def test_every_analysed_response_has_one_row_of_weights_that_meet_the_margins(study: Path):
    weights = table(study, "core.weights")
    assert set(weights["response_id"]) == set(table(study, "core.analysis")["response_id"])
    assert weights["response_id"].is_unique
    numbers = weights["response_id"].str.rsplit("-", n=1).str[1].astype(int)
    by_sector = weights.groupby(numbers.map(sector))["analysis_weight"].sum()
    assert by_sector["health"] == pytest.approx(by_sector["roads"])
    # 41 of known eligibility and half of 59
    assert by_sector.sum() == pytest.approx(41 + 0.5 * 59)
    (summary,) = table(study, "out.weighting").to_dict("records")
    assert summary["weighted_by"] == "nonresponse + calibration + trimming"
    assert summary["largest_deviation"] <= 1e-8
    assert len(table(study, "out.weighting_cells")) == 2
    assert table(study, "out.weighting_margins")["share_after"].tolist() == pytest.approx([0.5, 0.5])


def test_only_named_variables_of_the_frame_are_kept(study: Path):
    assert set(table(study, "core.unit_variables")["variable"]) == {"sector"}
    assert len(table(study, "core.contacts")) == N_INVITED + 2


def test_representativity_and_progress_are_there(study: Path):
    indicators = set(table(study, "out.representativity")["indicator"])
    assert {"r_indicator", "cv", "partial_r"} <= indicators
    assert not len(table(study, "out.fieldwork_by_day"))
    assert table(study, "core.responses")["started_at"].isna().all()


def test_the_summary_shows_rates_and_weights(first_run: tuple[Path, str]):
    _, shown = first_run
    assert "Outcome rates (AAPOR)" in shown
    assert "stated" in shown
    assert "nonresponse + calibration" in shown


def test_a_release_holds_no_table_of_fieldwork(study: Path):
    done(sensemaking("release", study, "--sign-off", "Test"))
    (file,) = (study / "releases").glob("r*.duckdb")
    with duckdb.connect(file, read_only=True) as connection:
        names = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    private = {each.name.split(".")[1] for each in fieldwork.TABLES}
    assert names == {each.name.split(".")[1] for each in released.TABLES}
    assert not names & private


@pytest.mark.parametrize(
    ("change", "step", "told"),
    [
        (("contacts.csv", "opted out", "opted outt"), "core/sampled_units", "contacts.csv: row 102: unknown outcome"),
        (("frame.csv", "unit_id,wave", "unit,wave"), "core/sampled_units", "frame.csv: the column unit_id is missing"),
        (
            ("study.yaml", "health: 0.5, roads", "health: 0.5, road"),
            "core/weights",
            "wave autumn, FRL: .*'roads', which",
        ),
        (
            ("study.yaml", "largest_factor: 10", "largest_factor: 1.5"),
            "core/weights",
            "wave autumn, FRL: .*allow a lar",
        ),
        (("study.yaml", "done: complete, ", ""), "core/responses", "generic status 'done'; .*platform_status.generic"),
    ],
    ids=["outcome", "column of the frame", "category of a margin", "largest factor", "status of the platform"],
)
def test_what_cannot_be_is_refused_kindly(
    study: Path, tmp_path: Path, change: tuple[str, str, str], step: str, told: str
):
    copied = Path(shutil.copytree(study, tmp_path / "small"))
    file_name, old, new = change
    edit(copied / file_name, old, new)
    loaded = load_study(copied)
    (asked,) = (each for each in steps_of(loaded) if each.name == step)
    task = Task(loaded, Store(loaded.warehouse), "autumn" if asked.by_wave else "")
    assert not is_current(asked, task, task.store.provenance())
    with pytest.raises(DataError, match=told):
        run_step(asked, task, "by hand")


def test_a_new_contact_log_makes_only_what_depends_on_it_due(study: Path, tmp_path: Path):
    copied = Path(shutil.copytree(study, tmp_path / "small"))
    edit(copied / "contacts.csv", "bounced", "sent again")
    edit(copied / "study.yaml", "wave: autumn}\ndisp", "wave: autumn, outcomes: {sent again: nothing_returned}}\ndisp")
    loaded = load_study(copied)
    due = {each.step.name for each in due_steps(loaded, Store(loaded.warehouse), ["autumn"])}
    assert due == {
        "core/sampled_units",
        "out/response_rates",
        "core/weights",
        "out/representativity",
        "out/fieldwork_by_day",
    }
