"""Answers of 72 people in nine teams (answers.csv), drawn once and fixed, as R and the tests read them.

R's numbers in the tests beside it: R 4.2.2, d <- read.csv("answers.csv") with role as factor, made 2026-11-26; sandwich
3.0-2, clubSandwich 0.5.8, brglm2 0.9, ordinal 2022.11-16, nnet 7.3-18, MASS 7.3-58.2, numDeriv. ``glm`` ran with
glm.control(epsilon = 1e-300, maxit = 40), ``clm`` with clm.control(gradTol = 1e-10), ``multinom`` with reltol = 1e-16.
"""

from pathlib import Path

import numpy as np
import pandas as pd

ANSWERS = pd.read_csv(Path(__file__).parent / "answers.csv")
NAMES = ["intercept", "age", "lead", "role1", "role2"]
TEAM = ANSWERS["team"].to_numpy()
WEIGHT = ANSWERS["weight"].to_numpy()
LOG_HOURS = np.log(ANSWERS["hours"].to_numpy())
ONES = np.ones(len(ANSWERS))


def matrix(**changes: object) -> np.ndarray:
    """Intercept, age, lead and two indicators of role, with some variables set to other values."""
    table = ANSWERS.assign(**changes)
    return np.column_stack([ONES, table["age"], table["lead"], table["role"] == 1, table["role"] == 2]).astype(float)


def spread(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diag(covariance))
