"""A study with a variant whose missing values are imputed: recorded, made again with the same bits, not released."""

from pathlib import Path

import pytest

from pipelines.fit_disclosure import withheld_fits
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
        rows.loc[::4, "tenure"] = ""
        write_export(folder, f"{wave}.csv", rows)
    path = folder / "models" / "trust.yaml"
    path.write_text(path.read_text(encoding="utf-8") + VARIANT, encoding="utf-8")
    bring_up_to_date(folder)
    return folder


def test_no_response_is_left_out_and_the_fraction_of_missing_information_is_told(study: Path):
    fits = table(study, "out.fits").set_index("variant")
    assert fits.loc["main", "n_obs"] == 60
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


def test_a_release_would_withhold_it(study: Path):
    found, store = bring_up_to_date(study)
    fit_id = table(study, "out.fits").set_index("variant").loc["imputed", "fit_id"]
    assert "imputed values" in withheld_fits(found, store, "en")[fit_id]
