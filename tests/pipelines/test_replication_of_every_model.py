"""A package with a model of every kind: every table of results made again in its folder, every change noticed."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from instruments.faults import DataError
from models.replication import report
from models.replication.agreement import KEYS, What
from models.replication.refit import PRINTED, TABLES, Refitted, open_package, refit_package
from models.replication.report import agreements, recorded_agreements
from pipelines.commands.export_replication import drawn_anew
from pipelines.replication.given import GIVEN_FILE
from pipelines.replication.printed import print_package
from pipelines.store.passing import in_a_database
from tests.command_line import Ended, done, sensemaking, table
from tests.replicated_study import MODELS, build_replicated_study
from tests.replication_script import reproduced, reproduced_here, with_hash_mended
from tests.run_steps import bring_up_to_date

FEW = ("moderated", "congruent", "staying")
"""Models that between them fill every table."""
LEFT_OUT = {("through", "resampled"), ("through", "waves"), ("everybody", "drawn_again")}
"""Fits that no package holds: intervals drawn anew from its rows, and people followed over waves."""
OF_SINGLE_ANSWERS = {("everybody", "quartiles")}
"""Fits that no package without real rows holds."""


def packaged(study: Path, folder: Path, kind: str) -> Path:
    more = ("--sign-off", "Data Board") if kind == "deidentified" else ()
    done(sensemaking("export", "replication", study, "--out", folder, "--data", kind, *more))
    return folder


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few")
    study = build_replicated_study(folder / "small", FEW)
    bring_up_to_date(study)
    return packaged(study, folder / "package", "deidentified")


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = build_replicated_study(tmp_path_factory.mktemp("every") / "small")
    bring_up_to_date(study)
    return study


@pytest.fixture
def refitted_once(few: Path, cache_of_refits: Refitted, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package; its fits are made once for all tests that change what is written down."""
    monkeypatch.setattr(report, "refit_package", lambda *_: cache_of_refits)
    return few


@pytest.fixture(scope="module")
def cache_of_refits(few: Path) -> Refitted:
    return refit_package(open_package(few), in_a_database)


@pytest.fixture(scope="module")
def made(few: Path, cache_of_refits: Refitted) -> dict[str, pd.DataFrame]:
    return {**cache_of_refits.tables, PRINTED: print_package(open_package(few), cache_of_refits).cells}


def drawn(package: Path) -> frozenset[What]:
    return frozenset(tuple(each) for each in json.loads((package / "about.json").read_text())["drawn_anew"])


def copied(package: Path, folder: Path) -> Path:
    return shutil.copytree(package, folder / "received")


def different(ended: Ended) -> list[str]:
    return [line.strip() for line in ended.stdout.splitlines() if line.strip().startswith("different:")]


@pytest.mark.slow
def test_every_table_of_results_is_recorded_and_made_again(few, tmp_path, capsys):
    package = copied(few, tmp_path)
    told = done(reproduced_here(package, capsys)).stdout
    assert different(Ended(0, told, "")) == []
    for name in (*TABLES, PRINTED):
        if name != "refusals":
            for folder in ("results/recorded", "results/expected", "reproduced"):
                assert len(pd.read_csv(package / folder / f"{name}.csv")) > 0, (folder, name)
    for name in ("regressions.html", "regressions.tex"):
        assert (package / "reproduced" / name).read_bytes() == (package / "results/tables" / name).read_bytes()


FIGURES = {
    "fits": "r_squared",
    "estimates": "std_error",
    "diagnostics": "value",
    "readings": "value",
    "joint_tests": "p_value",
    "predictions": "estimate",
    "slopes": "estimate",
    "slope_regions": "share_of_responses",
    "curves": "estimate",
    "surface": "estimate",
    PRINTED: "text",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["recorded", "expected"])
def test_one_figure_changed_in_each_table_is_named_and_nothing_else(refitted_once, tmp_path, capsys, kind):
    package, expected = copied(refitted_once, tmp_path), []
    for name, column in FIGURES.items():
        file = f"results/{kind}/{name}.csv"
        rows = pd.read_csv(package / file, dtype="str", keep_default_na=False)
        place = _place_to_change(rows, name, column)
        before = str(rows.loc[place, column])
        rows.loc[place, column] = before.replace("0.", "1.", 1) if name == PRINTED else repr(float(before) + 1e-6)
        rows.to_csv(package / file, index=False)
        with_hash_mended(package, file)
        key = [str(rows.loc[place, each]) for each in KEYS[name]]
        expected.append(f"different: {key[0]}, {name}, {'/'.join(key)}: {column}")
    ended = reproduced_here(package, capsys)
    assert ended.code == 1
    assert [line.partition(" (")[0] for line in different(ended)] == expected


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["recorded", "expected"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_row_taken_out_of_any_one_table_is_named(few, made, kind, name):
    written = open_package(few).results(f"results/{kind}")
    written[name] = written[name].drop(index=0)
    compared = recorded_agreements(written, made, drawn(few)) if kind == "recorded" else agreements(written, made)
    (found,) = (each for each in compared if each.verdict == "different")
    assert (found.table, found.where) == (name, "other rows")


def _place_to_change(rows: pd.DataFrame, name: str, column: str) -> int:
    """Return a row that is compared: of the rows alone and not drawn, and with a figure in it."""
    if name == PRINTED:
        return int(rows.index[rows["place"].str.startswith("row ") & rows["text"].str.contains(r"0\.\d")][0])
    is_known = rows[column] != ""
    if name == "readings":
        is_known &= rows["reading"] == "standardised"
    if name == "diagnostics":
        is_known &= rows["diagnostic"] == "n_parameters"
    return int(rows.index[is_known][0])


@pytest.mark.slow
def test_a_bootstrap_of_rows_in_another_order_is_compared_with_the_same_order_only(refitted_once, tmp_path, capsys):
    package = copied(refitted_once, tmp_path)
    of_tables = {(name, what.partition(" on ")[0]) for name, _, what in drawn(package)}
    assert {("predictions", "boot_low"), ("predictions", "boot_high")} <= of_tables
    assert of_tables <= {
        ("predictions", "boot_low"),
        ("predictions", "boot_high"),
        ("readings", "average_effect_bootstrap"),
        ("readings", "wild_bootstrap"),
    }
    file = "results/recorded/predictions.csv"
    rows = pd.read_csv(package / file, dtype="str", keep_default_na=False)
    rows.loc[rows["boot_low"] != "", "boot_low"] = "0.5"
    rows.to_csv(package / file, index=False)
    with_hash_mended(package, file)
    assert done(reproduced_here(package, capsys))
    assert "boot_low (predictions)" in (package / "README.md").read_text()


def test_what_no_bootstrap_draws_must_come_out_from_rows_in_another_order(few, made):
    recorded = open_package(few).results("results/recorded")
    assert set(drawn_anew(recorded, made)) == drawn(few)
    without = recorded["readings"]["reading"].str.contains("bootstrap")
    fewer = {**recorded, "readings": recorded["readings"][~without]}
    assert {what for table, _, what in drawn_anew(fewer, made) if table == "readings"} >= {"wild_bootstrap"}
    other = {**recorded, "slopes": recorded["slopes"].assign(estimate=1.0)}
    with pytest.raises(DataError, match=r"slopes.*please report it"):
        drawn_anew(other, made)


@pytest.mark.parametrize(("n_in_family", "is_made_again"), [(2, True), (3, False)])
def test_holm_is_made_from_new_p_values_where_the_family_is_whole(
    few, made, cache_of_refits, tmp_path, n_in_family, is_made_again
):
    package = copied(few, tmp_path)
    given = json.loads((package / GIVEN_FILE).read_text())
    together = [fit for fit in given["fits"] if fit["family"] == "together"]
    assert [fit["n_in_family"] for fit in together] == [2, 2]
    for fit in together:
        fit |= {"holm_p": 0.5, "n_in_family": n_in_family}
    (package / GIVEN_FILE).write_text(json.dumps(given))
    printed = print_package(open_package(package), cache_of_refits).cells
    is_other = printed["text"] != made[PRINTED]["text"]
    assert is_other.any() != is_made_again
    assert (".500" in set(printed["text"])) != is_made_again


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["synthetic", "deidentified"])
def test_a_model_of_every_kind_is_packaged_and_made_again_by_the_script_alone(every, tmp_path, kind):
    package = packaged(every, tmp_path / "package", kind)
    fits = pd.read_csv(package / "results/recorded/fits.csv")
    declared = table(every, "out.fits")
    left_out = declared[~declared["fit_id"].isin(fits["fit_id"])]
    expected = LEFT_OUT if kind == "deidentified" else LEFT_OUT | OF_SINGLE_ANSWERS
    assert set(zip(left_out["model"], left_out["variant"], strict=True)) == expected
    assert set(fits["fit_id"]) == set(declared["fit_id"]) - set(left_out["fit_id"])
    assert set(fits["model"]) == set(MODELS)
    alone = table(every, "out.diagnostics").query("diagnostic == 'n_alone' and model == 'persons'")["value"]
    assert alone.max() > 0
    ended = done(reproduced(package))
    assert "0 within 1e-9, 0 different" in ended.stdout
    assert different(ended) == []
    refused = pd.read_csv(package / "results/expected/refusals.csv")
    assert set(refused["fit_id"]) <= set(fits["fit_id"])
    assert len(pd.read_csv(package / "reproduced/fits.csv")) + len(refused) == len(fits)


@pytest.mark.slow
def test_invented_rows_carry_every_model(every, tmp_path):
    package = packaged(every, tmp_path / "package", "synthetic")
    assert len(pd.read_csv(package / "results/expected/refusals.csv")) == 0


@pytest.mark.slow
def test_no_curve_over_observed_answers_is_given_without_real_rows(every, tmp_path):
    for kind in ("synthetic", "none"):
        package = packaged(every, tmp_path / kind, kind)
        assert len(pd.read_csv(package / "results/recorded/curves.csv")) == 0
        assert "but for curves" in (package / "README.md").read_text()


@pytest.mark.parametrize(
    ("table", "name", "column", "is_drawn"),
    [
        ("diagnostics", "ridge_penalty", "value", True),
        ("diagnostics", "cross_validated_r2_held", "value", True),
        ("diagnostics", "r2_together", "value", False),
        ("readings", "ridge", "value", True),
        ("readings", "error_against_first", "conf_high", True),
        ("readings", "importance", "conf_low", True),
        ("readings", "importance", "value", False),
        ("readings", "aic", "value", False),
    ],
)
def test_predictions_of_clusters_put_together_by_chance_may_differ_in_another_order(table, name, column, is_drawn):
    key = [("term", "age")] if table == "readings" else []
    row = {"fit_id": "a.main.1", **dict(key), table.removesuffix("s"): name, "value": "1.0", column: "1.0"}
    others = {"diagnostics": pd.DataFrame({"fit_id": [], "diagnostic": [], "value": []}, dtype="str")}
    recorded, made = ({**others, table: pd.DataFrame([{**row, column: value}])} for value in ("1.0", "1.2"))
    if is_drawn:
        assert drawn_anew(recorded, made) == ((table, "a.main.1", name),)
    else:
        with pytest.raises(DataError, match=rf"{table}.*please report it"):
            drawn_anew(recorded, made)
