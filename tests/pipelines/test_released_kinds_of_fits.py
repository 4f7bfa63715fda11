"""A study with mixed, sampled and estimating-equation variants: what a release shows of them and what it keeps."""

import shutil
from pathlib import Path
from unittest.mock import patch

import duckdb
import numpy as np
import pytest

from pipelines import fit_disclosure, fits_beside_units
from pipelines.commands.reruns import rerun_release
from pipelines.files import file_sha256
from pipelines.release import preview, publish
from pipelines.steps.coarse_degrees import coarse_degrees
from pipelines.steps.fits_to_withhold import LINEAR_EQUATIONS
from pipelines.store.released import read_release
from pipelines.tables.out import ESTIMATES
from pipelines.tables.released import FITS_RELEASED
from tests.run_steps import bring_up_to_date
from tests.small_study import answers, build_small_study, write_export

VARIANTS = """\
  - {name: mixed, estimator: mixed, covariance: classical, random_effects: [{groups: organisation_id}]}
  - {name: drawn, covariance: design, design: {clusters: organisation_id}}
  - {name: working, estimator: gee_linear, covariance: CR3, cluster: organisation_id}
"""
MIXED, DRAWN, WORKING = "mixed", "drawn", "working"
N_ORGANISATIONS = 16
FORBIDDEN = (
    *("variance_residual", "variance of organisation_id: intercept", "icc", "least_df", "o07"),
    *("working_correlation", "scale", "qic"),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("kinds") / "small", waves=())
    names = [f"o{place:02d}" for place in range(N_ORGANISATIONS)]
    table = answers("spring", n_responses=160).assign(organisation=np.repeat(names, 10))
    write_export(folder, "spring.csv", table)
    path = folder / "models" / "trust.yaml"
    path.write_text(path.read_text(encoding="utf-8") + VARIANTS, encoding="utf-8")
    bring_up_to_date(folder)
    return folder


def test_a_release_shows_them_with_intervals_by_coarse_degrees_of_freedom(study: Path):
    found, store = bring_up_to_date(study)
    made = publish(found, store, "Test")
    assert made.withheld_fits == {}
    with duckdb.connect(made.path, read_only=True) as connection:
        fits = connection.sql("SELECT * FROM out.fits").df().set_index("variant")
        estimates = connection.sql("SELECT * FROM out.estimates").df().set_index(["variant", "term"])
    assert fits.loc[MIXED, ["estimator", "random_effects", "n_clusters"]].tolist() == ["mixed", "organisation_id", 15]
    assert fits.loc[DRAWN, ["covariance", "random_effects", "n_clusters"]].tolist() == ["design", "", 15]
    exact = store.read(ESTIMATES).set_index(["variant", "term"])
    assert fits.loc[WORKING, ["estimator", "covariance", "n_clusters"]].tolist() == ["gee_linear", "CR3", 15]
    for variant in (MIXED, DRAWN, WORKING):
        own, was = estimates.loc[variant], exact.loc[variant]
        assert (coarse_degrees(was["df"].to_numpy()) < was["df"].to_numpy()).any()
        assert (own["conf_low"] <= was["conf_low"] + 0.0005).all()
        assert (own["conf_high"] >= was["conf_high"] - 0.0005).all()
        assert own["estimate"].to_numpy() == pytest.approx(was["estimate"].to_numpy(), abs=0.0005)
    assert set(rerun_release(found, "1").verdicts.values()) == {"identical"}


def test_a_release_holds_no_variance_and_nothing_of_single_organisations(study: Path):
    found, store = bring_up_to_date(study)
    for table, rows in preview(found, store).tables:
        told = {*map(str, rows.columns), *(str(each) for name in rows.select_dtypes("string") for each in rows[name])}
        for forbidden in (
            "variance_residual",
            "variance of organisation_id: intercept",
            "icc",
            "least_df",
            "o07",
            "working_correlation",
        ):
            assert forbidden not in told, table.name


def test_a_release_from_before_the_kinds_were_told_is_read_as_one_without_them(study: Path, tmp_path: Path):
    found, store = bring_up_to_date(study)
    older = Path(shutil.copy(publish(found, store, "Test").path, tmp_path / "older.duckdb"))
    with duckdb.connect(older) as connection:
        connection.sql("ALTER TABLE out.fits DROP COLUMN random_effects; ALTER TABLE out.fits DROP COLUMN imputations")
    older.rename(tmp_path / f"r000001-{file_sha256(older)[:12]}.duckdb")
    fits = read_release(tmp_path, 1, [FITS_RELEASED], withdrawn={}).tables["out.fits"]
    assert len(fits) == 5
    assert (set(fits["random_effects"]), set(fits["imputations"])) == ({""}, {0})


@pytest.mark.parametrize("variant", [MIXED, DRAWN, WORKING])
def test_what_is_behind_the_rows_decides_and_the_reason_is_said(study: Path, variant: str):
    found, store = bring_up_to_date(study)
    with patch.object(fit_disclosure, "behind_a_fit", lambda *_: {"unit_leverage": 0.95}):
        withheld = preview(found, store).withheld_fits
    told = next(why for name, why in withheld.items() if f".{variant}." in name)
    assert "one organisation or person nearly decides a coefficient" in told


@pytest.mark.parametrize(("variant", "estimator"), [(MIXED, "mixed"), (WORKING, "gee_linear")])
def test_a_fit_of_groups_is_set_beside_the_means_that_are_shown(study: Path, variant: str, estimator: str):
    """Where its squares leave a hidden mean too little room it is withheld, and no other fit with it."""
    found, store = bring_up_to_date(study)
    with (
        patch.object(
            fits_beside_units, "_of_groups", lambda record, *_: [0.0] if record["estimator"] == estimator else []
        ),
        patch.object(fits_beside_units, "squares_widths", lambda *_: np.zeros(1)),
    ):
        withheld = preview(found, store).withheld_fits
    assert [name.split(".")[1] for name in withheld] == [variant]
    assert "mean of a hidden organisation would follow" in next(iter(withheld.values()))


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_the_squares_of_a_working_correlation_are_not_asked_for(study: Path, is_on: bool):
    found, store = bring_up_to_date(study)
    asked = LINEAR_EQUATIONS if is_on else ()
    with (
        patch.object(fits_beside_units, "squares_widths", lambda *_: np.zeros(1)),
        patch.object(fits_beside_units, "LINEAR_EQUATIONS", asked),
    ):
        withheld = preview(found, store).withheld_fits
    assert [name.split(".")[1] for name in withheld] == [MIXED, *([WORKING] if is_on else [])]
