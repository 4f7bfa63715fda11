"""The linear mixed models of oracle 09, and rows drawn for derivations."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.multilevel.autoregressive import AutoregressiveModel, fit_autoregressive
from models.multilevel.criterion import Method
from models.multilevel.mixed_model import MixedModel, fit_mixed
from models.multilevel.random_terms import RandomTerm

OVER_A, OVER_B, OVER_C = ("a", ("intercept", "x"), True), ("b", ("intercept",), True), ("c", ("intercept",), True)
SLEEP, UNIV = ("Reaction", ("Days",)), ("JSAT", ("TIME",))
MODELS: dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, tuple[str, ...], bool], ...]]] = {
    "sleep_ri": (*SLEEP, (("Subject", ("intercept",), True),)),
    "sleep_rs": (*SLEEP, (("Subject", ("intercept", "Days"), True),)),
    "sleep_rs_uncor": (*SLEEP, (("Subject", ("intercept", "Days"), False),)),
    "univ_growth_ri": (*UNIV, (("SUBNUM", ("intercept",), True),)),
    "univ_growth_rs": (*UNIV, (("SUBNUM", ("intercept", "TIME"), True),)),
    "univ_3level": (*UNIV, (("UNIT", ("intercept",), True), ("SUBNUM", ("intercept",), True))),
    "univ_cross": ("JSAT", ("TIME", "AGE", "TIME:AGE"), (("SUBNUM", ("intercept", "TIME"), True),)),
}


@dataclass(frozen=True, eq=False)
class Oracle:
    """Stored results of R and the rows behind them."""

    stored: dict[str, Any]
    tolerance: dict[str, float]
    rows: dict[str, pd.DataFrame]


@cache
def read_oracle(reference: Path) -> Oracle:
    stored = json.loads((reference / "oracles" / "09_mixed.json").read_text(encoding="utf-8"))
    data = reference / "oracles" / "data"
    univ = pd.read_csv(data / "univbct.csv").dropna(subset="JSAT")
    univ["UNIT"] = univ["BTN"].astype(str) + "." + univ["COMPANY"]
    univ["TIME:AGE"] = univ["TIME"] * univ["AGE"]
    rows = {"sleep": pd.read_csv(data / "sleepstudy.csv"), "univ": univ.reset_index(drop=True)}
    return Oracle(stored, stored["tolerance"], rows)


@cache
def fitted(reference: Path, name: str, method: Method = "REML") -> MixedModel:
    outcome, regressors, terms = MODELS[name]
    rows = read_oracle(reference).rows[name.split("_", maxsplit=1)[0]]
    return fit_rows(rows.dropna(subset=list(regressors)), outcome, regressors, terms, method=method)


def fit_rows(
    rows: pd.DataFrame,
    outcome: str,
    regressors: tuple[str, ...],
    terms: tuple[tuple[str, tuple[str, ...], bool], ...],
    weights: np.ndarray | None = None,
    method: Method = "REML",
) -> MixedModel:
    matrix = with_ones(rows, "(Intercept)", regressors)
    random = [
        RandomTerm(group, rows[group], with_ones(rows, "intercept", columns), is_correlated)
        for group, columns, is_correlated in terms
    ]
    return fit_mixed(rows[outcome], matrix, random, weights, method)


def fit_in_time(
    rows: pd.DataFrame, group: str, time: str, outcome: str, order: pd.Series | None = None
) -> AutoregressiveModel:
    matrix = with_ones(rows, "(Intercept)", (time,))
    term = RandomTerm(group, rows[group], matrix.rename(columns={"(Intercept)": "intercept"}))
    return fit_autoregressive(rows[outcome], matrix, [term], rows[time] if order is None else order)


@cache
def autoregressive(reference: Path) -> AutoregressiveModel:
    """Fit the oracle's growth with autoregressive residuals; R counts the rows of a group, missed waves are none."""
    rows = read_oracle(reference).rows["univ"]
    return fit_in_time(rows, "SUBNUM", "TIME", "JSAT", rows.groupby("SUBNUM").cumcount())


def with_ones(rows: pd.DataFrame, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    others = [each for each in columns if each != name]
    ones = {name: np.ones(len(rows))} if name == "(Intercept)" or name in columns else {}
    return pd.DataFrame({**ones, **{each: rows[each].to_numpy(float) for each in others}}, index=rows.index)


def drawn(rng: np.random.Generator, n: int = 120, groups: int = 12, others: int = 5) -> pd.DataFrame:
    """Draw rows of groups a, of groups b that cross them, and of groups c that hold them, with one slope over a."""
    a = np.r_[np.arange(groups).repeat(2), rng.integers(0, groups, n - 2 * groups)]
    b, x = rng.integers(0, others, n), rng.normal(size=n)
    b[:others] = np.arange(others)
    effects = rng.normal(size=(groups, 2)) @ np.array([[1.0, 0.3], [0.0, 0.5]])
    crossed, holding = rng.normal(0, 1.5, others), rng.normal(0, 1.5, (groups + 2) // 3)
    y = 1 + 0.5 * x + effects[a, 0] + effects[a, 1] * x + crossed[b] + holding[a // 3] + rng.normal(size=n)
    return pd.DataFrame({"a": a, "b": b, "c": a // 3, "x": x, "y": y, "w": rng.uniform(0.5, 2, n)})


def dense_covariance(model: MixedModel) -> np.ndarray:
    """Return the n x n covariance of the outcome, written out."""
    rows = model.problem.rows
    found = np.diag(model.sigma2 / rows.weights)
    for factor in rows.factors:
        design = np.zeros((rows.n_obs, factor.n_levels, factor.n_effects))
        design[np.arange(rows.n_obs), factor.codes] = factor.columns * factor.scales
        flat = design.reshape(rows.n_obs, -1)
        found += flat @ np.kron(np.eye(factor.n_levels), model.group_covariances[factor.group]) @ flat.T
    return found
