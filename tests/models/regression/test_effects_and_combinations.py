"""Joint tests and slopes beside absorbed effects are those of a regression with an indicator of every group."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of

from models.regression.fit import fit_regression
from models.sections.regressors import Interaction, Variable

EDUCATION = Variable(variable="education", use="category")
PRODUCT = Interaction(interaction=("trust", EDUCATION))
SLOPE = Interaction(interaction=("trust", "workload"))


def organised():
    rng = np.random.default_rng(20261126)
    analysis = invented_analysis(n=240, seed=5)
    analysis["organisation_id"] = [
        f"org{number}" for number in np.r_[np.repeat(range(20), 2), rng.integers(0, 20, 200)]
    ]
    analysis["respondent_key"] = [f"p{number % 31}" for number in range(240)]
    return analysis


def both(*regressors, **said):
    """Return the fit with effects of organisations taken out, and that with an indicator of each."""
    analysis = organised()
    indicators = Variable(variable="organisation_id", use="category")
    absorbed = fit_regression(model_of(*regressors, fixed_effects="organisation_id", **said), analysis)
    return absorbed, fit_regression(model_of(*regressors, indicators, **said), analysis)


COVARIANCES = [
    ({"cluster": "organisation_id"}, "AHT"),
    ({"cluster": "respondent_key"}, "AHT"),
    ({"cluster": "organisation_id", "covariance": "CR1S"}, "F"),
    ({"covariance": "HC3"}, "F"),
    ({"covariance": "classical"}, "F"),
]
IDS = ["CR2 within", "CR2 across", "CR1S", "HC3", "classical"]


@pytest.mark.parametrize(("said", "method"), COVARIANCES, ids=IDS)
def test_joint_tests_beside_effects_are_those_with_indicators(said, method):
    absorbed, full = both("trust", "workload", EDUCATION, PRODUCT, **said)
    tests, expected = (fit.joint_tests.set_index("regressor") for fit in (absorbed, full))
    for regressor in ("education", "trust x education"):
        assert tests.loc[regressor, "method"] == expected.loc[regressor, "method"] == method
        figures = ["statistic", "df_num", "df_denom", "p_value"]
        np.testing.assert_allclose(
            tests.loc[regressor, figures].to_numpy(float), expected.loc[regressor, figures].to_numpy(float), rtol=1e-7
        )


def test_the_whole_model_beside_effects_is_what_varies_within_them():
    absorbed, _ = both("trust", "workload", EDUCATION, covariance="classical")
    tested = absorbed.joint_tests.set_index("regressor").loc["whole model"]
    analysis = organised()
    only_effects = fit_regression(model_of("trust", fixed_effects="organisation_id", covariance="classical"), analysis)
    assert (tested["df_num"], tested["df_denom"]) == (4, absorbed.df_resid)
    explained = absorbed.r_squared / tested["df_num"] / ((1 - absorbed.r_squared) / absorbed.df_resid)
    assert tested["statistic"] == pytest.approx(explained, rel=1e-9)
    alone = only_effects.joint_tests.set_index("regressor").loc["whole model", "statistic"]
    assert alone == pytest.approx(float(only_effects.estimates["statistic"].iloc[0]) ** 2, rel=1e-9)


@pytest.mark.parametrize("said", [said for said, _ in COVARIANCES], ids=IDS)
def test_slopes_and_regions_beside_effects_are_those_with_indicators(said):
    absorbed, full = both("trust", "workload", SLOPE, **said)
    assert len(absorbed.shapes.slopes) == 3
    pd.testing.assert_frame_equal(absorbed.shapes.slopes, full.shapes.slopes, rtol=1e-6)
    pd.testing.assert_frame_equal(absorbed.shapes.slope_regions, full.shapes.slope_regions, rtol=1e-5)
