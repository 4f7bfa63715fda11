"""A study whose imputed variants take effects of groups out, have a design or a mediation: made again, packaged."""

import re
import shutil
from pathlib import Path

import pytest

from pipelines.fit_disclosure import releasable_fits
from tests.command_line import done, sensemaking, table
from tests.imputed_study import build_imputed_study
from tests.replication_script import reproduced_here
from tests.run_steps import bring_up_to_date

pytestmark = pytest.mark.slow

MISSING = "missing: {method: multiple_imputation, imputations: 3, iterations: 8}"
VARIANTS = f"""\
  - {{name: imputed_effects, fixed_effects: organisation_id, {MISSING}}}
  - {{name: imputed_design, covariance: design, cluster: none, design: {{clusters: organisation_id}}, {MISSING}}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_imputed_study(tmp_path_factory.mktemp("imputed_estimators") / "small", VARIANTS)


@pytest.mark.parametrize("variant", ["imputed_effects", "imputed_design"])
def test_they_are_made_again_with_the_same_bits_from_raw_tables(study: Path, variant: str):
    fit_id = table(study, "out.fits").set_index("variant").loc[variant, "fit_id"]
    document = done(sensemaking("rerun", study, fit_id, "--json", "--from-raw")).document
    assert (document["verdict"], document["changed"]) == ("identical", [])


def test_a_package_of_real_rows_pools_the_same_numbers(study: Path, tmp_path, capsys):
    received = tmp_path / "package"
    real = ("--data", "deidentified", "--sign-off", "Data Board")
    done(sensemaking("export", "replication", study, "--out", received, *real))
    told = done(reproduced_here(received, capsys)).stdout
    assert re.search(r"as the study recorded: [1-9].* 0 different", told)


def test_rules_of_disclosure_see_the_complete_responses(study: Path, tmp_path):
    found, store = bring_up_to_date(Path(shutil.copytree(study, tmp_path / "again")))
    shown, _, withheld = releasable_fits(found, store)
    assert {*shown["variant"]} | {name.split(".")[1] for name in withheld} >= {"imputed_effects", "imputed_design"}
