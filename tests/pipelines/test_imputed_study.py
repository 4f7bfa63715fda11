"""A study with a variant whose missing values are imputed: recorded, made again with the same bits, released."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from models.regression.inference import t_quantiles
from pipelines.fit_disclosure import packageable_fits, releasable_fits
from pipelines.steps.coarse_degrees import coarse_degrees
from pipelines.tables.out import ESTIMATES
from tests.command_line import done, sensemaking, table
from tests.run_steps import bring_up_to_date
from tests.small_study import answers, build_small_study, write_export

VARIANT = (
    "  - {name: imputed, missing: {method: multiple_imputation, imputations: 3, iterations: 8, auxiliary: [TW_1]}}\n"
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("imputed") / "small")
    for wave in ("autumn", "spring"):
        rows = answers(wave)
        rows.loc[::3, "tenure"] = ""
        write_export(folder, f"{wave}.csv", rows)
    path = folder / "models" / "trust.yaml"
    path.write_text(path.read_text(encoding="utf-8") + VARIANT, encoding="utf-8")
    bring_up_to_date(folder)
    return folder


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


def test_a_package_leaves_it_out_because_its_rows_would_not_give_it_again(study: Path):
    names, withheld = packageable_fits(*bring_up_to_date(study))
    assert sorted(name.split(".")[1] for name in names) == ["classical", "main"]
    assert list(withheld.values()) == ["imputed values, which are drawn otherwise from the rows of a package"]


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
