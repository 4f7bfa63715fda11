"""The reference data of missing values: R's completed sets of nhanes2 and what R made of them (oracle 13)."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from models.missing_data.pooling import CompletedEstimates
from models.regression.heteroskedastic import classical_covariance
from models.regression.least_squares import LeastSquares, solve_least_squares

TERMS = ("(Intercept)", "age40-59", "age60-99", "bmi")


@dataclass(frozen=True)
class CompletedSet:
    """A completed set with the regression of cholesterol on age and body mass in it."""

    rows: pd.DataFrame
    matrix: np.ndarray
    outcome: np.ndarray
    fit: LeastSquares

    @property
    def estimates(self) -> CompletedEstimates:
        fit = self.fit
        return CompletedEstimates(TERMS, fit.coefficients, classical_covariance(fit), fit.df_resid)


def stored(reference: Path) -> dict:
    return json.loads((reference / "oracles" / "13_missing.json").read_text(encoding="utf-8"))


def read_set(reference: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(reference / "oracles" / "data" / name)


def completed_sets(reference: Path) -> list[CompletedSet]:
    sets = []
    for _, rows in read_set(reference, "nhanes2_imputed_m20.csv").groupby(".imp"):
        ages = [rows["age"] == age for age in ("40-59", "60-99")]
        matrix = np.column_stack([np.ones(len(rows)), *ages, rows["bmi"]]).astype(float)
        outcome = rows["chl"].to_numpy(dtype=float)
        sets.append(CompletedSet(rows, matrix, outcome, solve_least_squares(matrix, outcome)))
    return sets


def nhanes_in_numbers(reference: Path) -> pd.DataFrame:
    """Return nhanes2 with categories as their places, as R's as.numeric(factor) gives them."""
    data = read_set(reference, "nhanes2.csv")
    data["age"] = data["age"].astype("category").cat.codes + 1.0
    data["hyp"] = data["hyp"].map({"no": 1.0, "yes": 2.0})
    return data
