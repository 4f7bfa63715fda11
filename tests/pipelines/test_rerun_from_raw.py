"""Fits proved again: from the raw store and the specifications of that time, of a whole release, after an erasure."""

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.load import load_study
from pipelines.release import publish
from pipelines.steps.fit_differences import differences_of_rows, differences_of_settings
from pipelines.store import Store
from tests.command_line import done, sensemaking, table
from tests.panel_study import TOKEN, build_panel_study
from tests.run_steps import bring_up_to_date
from tests.small_study import answers, build_small_study, write_export

RULE = """\
models: [trust]
screening:
  exclusions:
    careless: {any_of: [longstring], because: test, declared_on: 2026-01-01}
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with an exclusion rule, brought up to date and released; not to be changed."""
    folder = build_small_study(tmp_path_factory.mktemp("released") / "small")
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("models: [trust]\n", RULE), encoding="utf-8")
    study, store = bring_up_to_date(folder)
    publish(study, store, "Test")
    return folder


@pytest.fixture
def study(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "small"))


def fit_of(folder: Path, variant: str = "main") -> str:
    return table(folder, "out.fits").query("variant == @variant and is_current")["fit_id"].iloc[0]


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def tamper(folder: Path, statement: str) -> None:
    with duckdb.connect(folder / "warehouse" / "study.duckdb") as connection:
        connection.execute(statement)


def kept(folder: Path, part: str, name: str) -> Path:
    path = folder / "warehouse" / part / name
    path.chmod(0o600)
    return path


def from_raw(folder: Path, fit_id: str):
    return sensemaking("rerun", folder, fit_id, "--from-raw", "--json")


@pytest.mark.parametrize("variant", ["main", "without_careless"])
def test_rows_come_again_from_the_raw_store_after_everything_else_has_changed(study: Path, variant: str):
    fit_id = fit_of(study, variant)
    edit(study, "models/trust.yaml", "regressors: [teamwork, tenure]", "regressors: [teamwork]")
    edit(study, "instruments/teamwork.yaml", "    reverse_scored: [TR_3]\n", "")
    edit(study, "study.yaml", "any_of: [longstring]", "any_of: [straight_line]")
    (study / "exports" / "spring.csv").unlink()
    write_export(study, "spring.csv", answers("spring", n_responses=50))
    tamper(study, "DELETE FROM core.analysis")
    (study / "warehouse" / "data").rename(study / "warehouse" / "no-data")
    document = done(from_raw(study, fit_id)).document
    assert (document["verdict"], document["largest_difference"], document["changed"]) == ("identical", 0, [])
    assert document["from_raw"] is True
    assert "made again from the raw store, every cell the same" in document["rows"]
    assert not list((study / "warehouse" / "staging").glob("*"))


def test_a_rerun_says_how_deep_it_went(study: Path):
    told = done(sensemaking("rerun", study, fit_of(study))).stdout
    assert "from the rows that were kept with it" in told
    assert "exploratory: no analysis plan was locked" in told


def test_kept_rows_that_are_not_those_of_the_raw_store_are_found(study: Path):
    fit_id = fit_of(study)
    fits = table(study, "out.fits").set_index("fit_id")
    path = kept(study, "data", f"{fits.loc[fit_id, 'data_hash']}.parquet")
    rows = pd.read_parquet(path)
    rows.assign(trust=rows["trust"] + 1).to_parquet(path, index=False)
    assert done(sensemaking("rerun", study, fit_id, "--json")).document["changed"] == ["data_hash"]
    assert done(from_raw(study, fit_id)).document["verdict"] == "identical"


def test_a_recorded_estimate_that_was_changed_is_different_from_raw_too(study: Path):
    fit_id = fit_of(study)
    tamper(study, "UPDATE out.estimates SET estimate = estimate + 0.001 WHERE term = 'teamwork'")
    assert done(from_raw(study, fit_id)).document["verdict"] == "different"


@pytest.mark.parametrize("part", ["raw", "specs"])
def test_a_damaged_file_of_the_raw_store_or_the_specifications_proves_nothing(study: Path, part: str):
    for path in (study / "warehouse" / part).iterdir():
        path.chmod(0o600)
        path.write_bytes(path.read_bytes() + b" ")
    ended = from_raw(study, fit_of(study))
    assert (ended.code, "is gone or damaged" in ended.document["error"]["message"]) == (3, True)


def test_a_fit_recorded_before_specifications_were_kept_is_told(study: Path):
    tamper(study, "UPDATE out.fits SET recipe_hash = ''")
    ended = from_raw(study, fit_of(study))
    assert (ended.code, "recorded before the specifications" in ended.document["error"]["message"]) == (2, True)
    proof = sensemaking("rerun", study, "--release", "r000001", "--from-raw", "--json")
    assert (proof.code, set(proof.document["verdicts"].values())) == (1, {"not_proved"})


@pytest.mark.parametrize("arguments", [(), ("trust.main.0", "--release", "r000001")])
def test_a_fit_or_a_release_has_to_be_named(study: Path, arguments: tuple[str, ...]):
    ended = sensemaking("rerun", study, *arguments)
    assert (ended.code, "name a fit, or a release" in ended.stderr) == (2, True)


def test_every_fit_of_a_release_is_proved_after_later_runs_replaced_it_and_its_model_is_gone(study: Path):
    edit(study, "models/trust.yaml", "covariance: HC3", "covariance: HC1")
    bring_up_to_date(study)
    (study / "models" / "trust.yaml").unlink()
    edit(study, "study.yaml", "models: [trust]", "models: []")
    bring_up_to_date(study)
    for depth in ((), ("--from-raw",)):
        document = done(sensemaking("rerun", study, "--release", "r000001", *depth, "--json")).document
        assert len(document["verdicts"]) >= 2
        assert set(document["verdicts"].values()) == {"identical"}


WRONG = {
    "an estimate": ("UPDATE out.estimates SET estimate = estimate + 0.01 WHERE term = 'teamwork'", "different"),
    "a digest": ("UPDATE out.fits SET digest = 'other'", "different"),
    "no fit": ("DELETE FROM out.fits", "gone"),
}


@pytest.mark.parametrize("what", WRONG, ids=[name.replace(" ", "_") for name in WRONG])
def test_a_release_that_the_warehouse_does_not_bear_out_ends_with_1(study: Path, what: str):
    statement, verdict = WRONG[what]
    tamper(study, statement)
    ended = sensemaking("rerun", study, "--release", "r000001", "--json")
    assert (ended.code, set(ended.document["verdicts"].values())) == (1, {verdict})


def test_an_unknown_or_altered_release_is_told(study: Path):
    ended = sensemaking("rerun", study, "--release", "r000009")
    assert (ended.code, "there is no release 9" in ended.stderr) == (2, True)
    (path,) = (study / "releases").glob("r*.duckdb")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")
    ended = sensemaking("rerun", study, "--release", "r000001")
    assert (ended.code, "is not as it was published" in ended.stderr) == (2, True)


@pytest.mark.slow
def test_after_an_erasure_what_is_left_comes_again_from_the_raw_store_and_the_plan_stands(tmp_path: Path):
    folder = build_panel_study(tmp_path / "small", framed=True)
    done(sensemaking("plan", "lock", folder))
    bring_up_to_date(folder)
    fit_id = fit_of(folder)
    assert done(from_raw(folder, fit_id)).document["verdict"] == "identical"
    before = table(folder, "out.plan")
    done(sensemaking("erase", folder, "--person", TOKEN.format(7), "--because", "asked"))
    document = done(from_raw(folder, fit_id)).document
    assert document["verdict"] == "not_reproducible"
    assert "erased" in document["erased"]
    kept_rows = done(sensemaking("rerun", folder, fit_id, "--json")).document
    assert document["refitted"] == kept_rows["refitted"]
    pd.testing.assert_frame_equal(table(folder, "out.plan"), before)
    assert done(sensemaking("plan", "status", folder, "--json")).document["faults"] == []


@pytest.mark.slow
def test_compare_says_in_words_what_two_fits_were_made_from_differently(study: Path):
    first = fit_of(study)
    edit(study, "models/trust.yaml", "covariance: HC3", "covariance: HC1")
    table_of_spring = answers("spring")
    table_of_spring.loc[0, "tenure"] = "1"
    write_export(study, "spring.csv", table_of_spring.iloc[:-1])
    bring_up_to_date(study)
    document = done(sensemaking("compare", study, first, fit_of(study), "--json")).document
    assert document["differing"] == ["spec_hash", "data_hash"]
    assert document["told"][0] == 'model: covariance: "HC3" → "HC1"'
    assert "rows: 1 response lost" in document["told"]
    assert "rows: tenure of 1 response has another value" in document["told"]
    assert set(document["labels"]) == {first, fit_of(study)}
    shown = done(sensemaking("compare", study, first, fit_of(study))).stdout
    assert f"{first} is exploratory: no analysis plan was locked" in shown


ROWS = pd.DataFrame({"response_id": ["a", "b", "c"], "trust": [1.0, None, 3.0], "wave": ["x", "x", "y"]})
DIFFERENT_ROWS = {
    "the same": (ROWS, ["the same responses and values in another order or kind"]),
    "another order": (ROWS.iloc[::-1], ["the same responses and values in another order or kind"]),
    "one lost": (ROWS.iloc[1:], ["1 response lost"]),
    "one gained": (pd.concat([ROWS, ROWS.head(1).assign(response_id="d")]), ["1 response gained"]),
    "a value": (ROWS.assign(trust=[1.0, None, 4.0]), ["trust of 1 response has another value"]),
    "a missing value": (ROWS.assign(trust=[1.0, 2.0, None]), ["trust of 2 responses has another value"]),
    "missing in another kind": (
        ROWS.assign(trust=ROWS["trust"].astype("Float64").astype("object"), wave=ROWS["wave"].astype("string")),
        ["the same responses and values in another order or kind"],
    ),
    "a column": (
        ROWS.rename(columns={"wave": "group"}),
        ["read by the first only: wave", "read by the second only: group"],
    ),
}


@pytest.mark.parametrize("what", DIFFERENT_ROWS, ids=[name.replace(" ", "_") for name in DIFFERENT_ROWS])
def test_rows_are_compared_in_words_without_naming_anybody(what: str):
    other, told = DIFFERENT_ROWS[what]
    assert differences_of_rows(ROWS, other) == told
    counted = ROWS.assign(trust=ROWS["trust"].astype("Float64"))
    assert differences_of_rows(counted, other.assign(trust=other["trust"].astype("Float64"))) == told


def test_settings_are_compared_key_by_key_with_both_values():
    first, second = {"a": 1, "b": {"c": [1]}, "d": {"en": "x"}}, {"a": 1, "b": {"c": [2]}, "e": None}
    assert differences_of_settings(first, second) == ["b.c: [1] → [2]", 'd: {"en":"x"} → nothing', "e: nothing → null"]


def test_specifications_are_kept_once_however_many_fits_rest_on_them(study: Path):
    loaded = load_study(study)
    names = Store(loaded.warehouse).kept_names("specs")
    assert len(table(study, "out.fits")) > 2
    assert len(names) == 3, "the study, one instrument, one recipe"
