"""Organisations' equations of the recovery report: the pipeline's own correction, products, units."""

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec
from pipelines.studies.demo.recovery.erring import Organisations, means_of
from pipelines.studies.demo.recovery.products import product_slopes
from pipelines.studies.demo.recovery.units import Unit

CAUSES = ("x", "z", "x x z", "x x x")
TRUE = (0.4, 0.2, 0.3, -0.1)


def members(number, each, rng, *, shares_error=True):
    """Draw answers of members: x, z and y of their organisation with errors that go together within a member."""
    x = rng.standard_normal(number)
    z = 0.4 * x + 0.9 * rng.standard_normal(number)
    y = TRUE[0] * x + TRUE[1] * z + TRUE[2] * x * z + TRUE[3] * x * x + 0.4 * rng.standard_normal(number)
    of = np.repeat(np.arange(number), each)
    common = 0.8 * rng.standard_normal(len(of)) * shares_error
    said = {
        name: values[of] + common + rng.standard_normal(len(of)) for name, values in {"x": x, "z": z, "y": y}.items()
    }
    return pd.DataFrame(said), pd.Series(of)


@pytest.fixture(scope="module")
def of_many():
    said, of = members(4000, 8, np.random.default_rng(3))
    return means_of(said, of, 4000)


def test_slopes_are_those_that_the_pipeline_gives_means_it_corrects():
    said, of = members(60, 7, np.random.default_rng(1))
    rows = said.assign(organisation_id=of.astype("str"), response_id=said.index.astype("str"), wave="w1")
    spec = RegressionSpec(
        name="corrected",
        kind="regression",
        title={"en": "y by x and z"},
        estimand={"en": "Slopes of true means"},
        level="organisation_and_wave",
        outcome="y",
        focal="x",
        regressors=("x", "z"),
        corrected=("x", "z"),
        cluster="organisation_id",
    )
    pipeline = fit_regression(spec, rows).estimates.set_index("term").loc[["x", "z"]]
    found = means_of(said, of, 60).slopes(["x", "z"], "y")
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        assert found[column].to_numpy() == pytest.approx(pipeline[column].to_numpy(), rel=1e-9)


def test_products_and_squares_are_recovered_where_plain_means_shrink_them(of_many):
    found = product_slopes(of_many, CAUSES, "y")
    assert (np.abs(found["estimate"].to_numpy() - TRUE) < 4 * found["std_error"].to_numpy()).all()
    assert found["std_error"].max() < 0.03
    told = of_many.told
    columns = np.column_stack([np.ones(len(told)), told["x"], told["z"], told["x"] * told["z"], told["x"] ** 2])
    plain = np.linalg.lstsq(columns, told["y"].to_numpy(), rcond=None)[0][1:]
    assert plain[2] < 0.8 * TRUE[2]


@pytest.mark.slow
def test_errors_of_products_are_those_of_repeated_draws():
    rng = np.random.default_rng(5)
    drawn = [product_slopes(means_of(*members(120, 10, rng), 120), CAUSES, "y") for _ in range(60)]
    estimates = np.array([each["estimate"].to_numpy() for each in drawn])
    errors = np.array([each["std_error"].to_numpy() for each in drawn])
    ratio = np.median(errors, axis=0) / estimates.std(axis=0, ddof=1)
    assert (np.abs(ratio - 1) < 0.35).all(), ratio


def test_variances_between_organisations_are_those_of_true_values(of_many):
    values = of_many.covariances("x", "x")
    assert values[0] == pytest.approx(1.0, abs=0.08)
    assert of_many.covariances("x", "z")[0] == pytest.approx(0.4, abs=0.08)
    assert np.abs(values[1:] - values[0]).max() < 0.05


def test_organisations_that_do_not_differ_have_no_equation_with_products():
    said, of = members(40, 4, np.random.default_rng(2))
    said["x"] -= said["x"].groupby(of).transform("mean")
    with pytest.raises(ModelDataError, match="hardly differ in what those who answered tell"):
        product_slopes(means_of(said, of, 40), CAUSES, "y")


def test_a_study_in_which_true_values_happen_to_vary_little_has_an_equation_too():
    said, of = members(40, 4, np.random.default_rng(2))
    said["x"] = np.random.default_rng(3).standard_normal(len(said))
    told = means_of(said, of, 40)
    with pytest.raises(ModelDataError, match="no variation of their own"):
        told.slopes(["x", "z"], "y")
    found = product_slopes(told, CAUSES, "y")
    assert np.isfinite(found[["estimate", "std_error"]].to_numpy()).all()
    assert np.isinf(found.loc["x", ["conf_low", "conf_high"]].to_numpy(dtype=float)).all()


def test_organisations_of_which_nothing_is_told_are_left_out():
    said, of = members(30, 5, np.random.default_rng(4))
    more = means_of(said, of, 33)
    assert more.told["x"].isna().sum() == 3
    assert isinstance(more, Organisations)
    assert more.slopes(["x"], "y").equals(means_of(said, of, 30).slopes(["x"], "y"))


def test_a_unit_puts_scores_where_latent_values_are():
    rng = np.random.default_rng(6)
    latent = 0.3 + rng.standard_normal(200_000)
    scores = 3 + 0.7 * latent + 0.5 * rng.standard_normal(200_000)
    unit = Unit.between(scores, latent)
    assert (unit.points, unit.origin) == pytest.approx((0.7, 3.0), abs=0.01)
    said = unit.in_units(pd.Series(scores))
    assert np.polyfit(latent, said, 1) == pytest.approx([1, 0], abs=0.01)
    assert np.polyfit(unit.expected(pd.Series(scores)), latent, 1) == pytest.approx([1, 0], abs=0.01)
