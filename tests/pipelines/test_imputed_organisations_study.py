"""A study whose answers are imputed before they are averaged: made again with the same bits, withheld with a reason."""

import shutil
from pathlib import Path

import pytest

from pipelines.fit_disclosure import packageable_fits, releasable_fits
from tests.command_line import done, sensemaking, table
from tests.imputed_study import build_imputed_study
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow

VARIANTS = """\
  - {name: organisations, level: organisation_and_wave, cluster: organisation_id, covariance: CR2, missing: {method:
      multiple_imputation, imputations: 3, iterations: 8, auxiliary: [TW_1], deltas: {tenure: [-2]}}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_imputed_study(tmp_path_factory.mktemp("imputed_organisations") / "small", VARIANTS, 16)


def of_organisations(study: Path) -> str:
    return str(table(study, "out.fits").set_index("variant").loc["organisations", "fit_id"])


def test_its_rows_are_organisations_and_waves_and_its_responses_are_kept_as_they_were(study: Path):
    fits = table(study, "out.fits").set_index("variant")
    assert fits.loc["organisations", "n_obs"] == 32
    rows = table(study, "out.diagnostics")
    own = rows[rows["fit_id"] == of_organisations(study)].set_index("diagnostic")["value"]
    assert own["n_imputations"] == 3
    assert own["n_responses"] == 80
    assert 0 < own["fmi of tenure"] < 1


@pytest.mark.parametrize("options", [(), ("--from-raw",)])
def test_it_is_made_again_with_the_same_bits(study: Path, options: tuple[str, ...]):
    document = done(sensemaking("rerun", study, of_organisations(study), "--json", *options)).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


@pytest.mark.parametrize(
    ("language", "why"),
    [("en", "means of organisations with imputed answers"), ("da", "gennemsnit for organisationer")],
)
def test_a_release_and_a_package_withhold_it_with_the_reason(study: Path, tmp_path: Path, language: str, why: str):
    found, store = bring_up_to_date(Path(shutil.copytree(study, tmp_path / "again")))
    fit = of_organisations(study)
    assert why in releasable_fits(found, store, language)[2][fit]
    named, withheld = packageable_fits(found, store, has_real_rows=True)
    assert fit not in named
    assert "with no rule on what they tell of a hidden mean" in withheld[fit]
