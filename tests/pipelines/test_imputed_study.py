"""A study with a variant whose missing values are imputed: recorded, made again with the same bits, released."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.regression.inference import t_quantiles
from pipelines.fit_disclosure import releasable_fits
from pipelines.steps.coarse_degrees import coarse_degrees
from pipelines.tables.out import ESTIMATES
from tests.command_line import done, sensemaking, table
from tests.imputed_study import build_imputed_study
from tests.replication_script import reproduced_here, with_hash_mended
from tests.run_steps import bring_up_to_date
from tests.small_study import answers, write_export

VARIANT = (
    "  - {name: imputed, missing: {method: multiple_imputation, imputations: 3, iterations: 8, auxiliary: [TW_1]}}\n"
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_imputed_study(tmp_path_factory.mktemp("imputed") / "small", VARIANT)


def test_no_response_is_left_out_and_the_fraction_of_missing_information_is_told(study: Path):
    fits = table(study, "out.fits").set_index("variant")
    assert fits.loc["main", "n_obs"] == 52
    assert fits.loc["imputed", "n_obs"] == 80
    rows = table(study, "out.diagnostics")
    own = rows[rows["fit_id"] == fits.loc["imputed", "fit_id"]].set_index("diagnostic")
    assert own.loc["n_imputations", "value"] == 3
    assert 0 < own.loc["fmi of tenure", "value"] < 1


@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_it_is_made_again_with_the_same_bits(study: Path, options: tuple[str, ...]):
    fit_id = table(study, "out.fits").set_index("variant").loc["imputed", "fit_id"]
    document = done(sensemaking("rerun", study, fit_id, "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_a_release_shows_it_with_how_often_and_intervals_that_tell_no_degrees_of_freedom(study: Path):
    found, store = bring_up_to_date(study)
    shown, estimates, withheld = releasable_fits(found, store)
    assert withheld == {}
    own = shown.set_index("variant")
    assert own["imputations"].to_dict() == {"main": 0, "classical": 0, "imputed": 3}
    made = store.read(ESTIMATES).set_index(["variant", "term"])
    for row in estimates.to_dict("records"):
        exact = made.loc[(row["variant"], row["term"])]
        reach = (row["conf_high"] - row["conf_low"]) / 2
        df = coarse_degrees(exact[["df"]].to_numpy(dtype=float))[0] if row["variant"] == "imputed" else exact["df"]
        assert reach == pytest.approx(t_quantiles(0.95, np.array([df]))[0] * exact["std_error"], abs=0.001)


@pytest.fixture(scope="module")
def package(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packaged") / "package"
    real = ("--data", "deidentified", "--sign-off", "Data Board")
    done(sensemaking("export", "replication", study, "--out", folder, *real))
    return folder


def imputed_file(package: Path) -> Path:
    (file,) = (package / "data/imputed").glob("*.csv")
    return file


def test_a_package_of_real_rows_holds_what_was_filled_in_and_pools_the_same_numbers(package: Path, tmp_path, capsys):
    received = Path(shutil.copytree(package, tmp_path / "received"))
    told = done(reproduced_here(received, capsys)).stdout
    assert re.search(r"as the study recorded: [1-9].* 0 different", told)
    beside = pd.read_csv(received / "reproduced/beside_recorded.csv")
    own = beside[beside["fit_id"].str.contains(".imputed.", regex=False)]
    assert len(own) > 0
    assert own["std_error_recorded"].to_numpy() == pytest.approx(own["std_error_made_again"], abs=1e-9)


def test_what_was_filled_in_names_nobody_and_is_of_incomplete_responses_only(study: Path, package: Path):
    filled = pd.read_csv(imputed_file(package))
    fit_id = imputed_file(package).stem
    index = pd.read_csv(package / "data/rows_of_fits.csv").set_index("fit_id")
    rows = pd.read_csv(package / "data" / index.loc[fit_id, "file"]).set_index("response_id")
    assert set(filled["imputation"]) == {0, 1, 2}
    assert set(filled["response_id"]) == set(rows.index[rows["tenure"].isna()])
    assert not set(filled["response_id"]) & set(table(study, "core.responses")["response_id"])
    assert filled.notna().all(axis=None)


def test_one_value_that_was_filled_in_otherwise_is_noticed(package: Path, tmp_path, capsys):
    received = Path(shutil.copytree(package, tmp_path / "received"))
    file = imputed_file(received)
    filled = pd.read_csv(file)
    filled.loc[0, "tenure"] += 1
    filled.to_csv(file, index=False)
    with_hash_mended(received, file.relative_to(received).as_posix())
    ended = reproduced_here(received, capsys)
    assert ended.code == 1
    assert f"different: {file.stem}, estimates" in ended.stdout


def test_a_package_of_invented_rows_fills_them_in_anew(study: Path, tmp_path, capsys):
    received = tmp_path / "package"
    done(sensemaking("export", "replication", study, "--out", received, "--data", "synthetic"))
    assert not (received / "data/imputed").exists()
    done(reproduced_here(received, capsys))


@pytest.mark.parametrize("n_incomplete", [9, 10])
def test_a_fit_of_imputed_values_is_withheld_beside_the_complete_ones_where_few_are_incomplete(
    study: Path, tmp_path: Path, n_incomplete: int
):
    """Else whoever subtracts one from the other has the answers of those few to everything that they did answer."""
    folder = Path(shutil.copytree(study, tmp_path / "few"))
    for wave in ("autumn", "spring"):
        rows = answers(wave)
        rows.loc[: n_incomplete - 1 if wave == "autumn" else -1, "tenure"] = ""
        write_export(folder, f"{wave}.csv", rows)
    found, store = bring_up_to_date(folder)
    _, _, withheld = releasable_fits(found, store)
    told = ["differs from a released fit by fewer than 10 responses"]
    assert list(withheld.values()) == (told if n_incomplete == 9 else [])
