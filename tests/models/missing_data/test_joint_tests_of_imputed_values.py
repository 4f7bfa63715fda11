"""D1 and D2 of a model that imputes: those of R, of sets that R imputed, and D2 by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nhanes import read_set, stored
from scipy import stats

from models.regression.fit import fit_imputed
from models.regression.fit_task import FitTask
from models.regression.found import FROM_STATISTICS
from models.spec import RegressionSpec

EXACT = 1e-8
"""Of oracle 13, exact part: R 4.2.2, mice 3.15.0, D1 and D2(use = "wald") of lm(chl ~ age + bmi), 2026-11-22."""


def fitted(reference: Path):
    """Fit the regression of cholesterol on age and body mass to the twenty sets, covariance classical."""
    data, sets = read_set(reference, "nhanes2.csv"), read_set(reference, "nhanes2_imputed_m20.csv")
    data["response_id"] = [f"r{number:02d}" for number in range(len(data))]
    is_incomplete = data[["bmi", "chl"]].isna().any(axis=1).to_numpy()
    parts = [
        own.assign(response_id=data["response_id"].to_numpy(), imputation=number)[is_incomplete]
        for number, (_, own) in enumerate(sets.groupby(".imp"))
    ]
    values = pd.concat(parts, ignore_index=True)[["response_id", "imputation", "bmi", "chl"]].astype(
        {"bmi": float, "chl": float}
    )
    model = RegressionSpec.model_validate(
        {
            "name": "cholesterol",
            "kind": "regression",
            "title": {"en": "Cholesterol"},
            "estimand": "Difference in cholesterol",
            "outcome": "chl",
            "focal": "bmi",
            "regressors": ({"variable": "age", "use": "category"}, "bmi"),
            "covariance": "classical",
            "missing": {"method": "multiple_imputation", "imputations": 20},
        }
    )
    return fit_imputed(FitTask(model, {}), data, values), sets


@pytest.mark.parametrize(("of", "expected"), [("age", "D1_age"), (f"age{FROM_STATISTICS}", "D2_age")])
def test_a_category_is_tested_as_r_does(reference: Path, of: str, expected: str) -> None:
    fit, _ = fitted(reference)
    row = fit.joint_tests.set_index("regressor").loc[of]
    told = stored(reference)["exact"][expected]
    assert str(row["method"]) == expected[:2]
    figures = (row["statistic"], row["df_num"], row["df_denom"], row["p_value"])
    assert figures == pytest.approx(tuple(told[name] for name in ("F.value", "df1", "df2", "P(>F)")), rel=EXACT)


def test_the_whole_model_is_tested_from_the_statistics_of_the_sets_as_by_hand(reference: Path) -> None:
    fit, sets = fitted(reference)
    statistics = []
    for _, rows in sets.groupby(".imp"):
        x = np.column_stack([np.ones(len(rows)), rows["age"] == "40-59", rows["age"] == "60-99", rows["bmi"]]).astype(
            float
        )
        y = rows["chl"].to_numpy(dtype=float)
        b = np.linalg.lstsq(x, y, rcond=None)[0]
        around = ((y - y.mean()) ** 2).sum()
        left = ((y - x @ b) ** 2).sum()
        statistics.append((around - left) / (left / (len(y) - 4)))
    m, k, d = len(statistics), 3, np.array(statistics)
    r = (1 + 1 / m) * np.sqrt(d).var(ddof=1)
    f = (d.mean() / k - (m + 1) / (m - 1) * r) / (1 + r)
    df = k ** (-3 / m) * (m - 1) * (1 + 1 / r) ** 2
    row = fit.joint_tests.set_index("regressor").loc[f"whole model{FROM_STATISTICS}"]
    assert (row["statistic"], row["df_denom"], row["p_value"]) == pytest.approx((f, df, stats.f.sf(f, k, df)), rel=1e-9)
