"""Factor models of ordered items answered in organisations: bias, coverage and size of the test over replications.

Two factors of four items with five categories. Factors and items vary between organisations; the loadings are the same
at both levels, so that the model of all responses together is right and its standardised loadings, factor correlation
and thresholds are known. Standard errors with and without organisations are set side by side.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.analysis import analyse, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.model import FactorModel, Setting

SEED = 20261126
REPLICATIONS = 500
LOADINGS = np.array([0.8, 0.7, 0.6, 0.7])
CORRELATION = 0.5
SHARES = np.array([0.1, 0.2, 0.35, 0.25, 0.1])
MODEL = FactorModel({"first": tuple("abcd"), "second": tuple("efgh")})
ITEMS = tuple("abcdefgh")


@dataclass(frozen=True)
class Design:
    """One cell of the simulation.

    Attributes:
        n_organisations: Organisations drawn.
        n_each: Responses in each.
        icc: Share of the variance of factors and of residuals that lies between organisations.
    """

    n_organisations: int
    n_each: int
    icc: float

    @property
    def name(self) -> str:
        """The design in words."""
        return f"{self.n_organisations} organisations of {self.n_each}, ICC {self.icc:g}"


DESIGNS = tuple(Design(n, each, icc) for n in (50, 100, 200) for each, icc in ((10, 0.05), (10, 0.20), (30, 0.10)))


def answers_of(design: Design, rng: np.random.Generator) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Draw answers 1 to 5 and the organisation of each response."""
    n = design.n_organisations * design.n_each
    organisation = np.repeat(np.arange(design.n_organisations), design.n_each)
    root = np.linalg.cholesky(np.array([[1.0, CORRELATION], [CORRELATION, 1.0]]))

    def between_and_within(columns: int) -> Matrix:
        between = rng.standard_normal((design.n_organisations, columns))[organisation]
        within = rng.standard_normal((n, columns))
        return np.sqrt(design.icc) * between + np.sqrt(1 - design.icc) * within

    factors = between_and_within(2) @ root.T
    loadings = np.concatenate([LOADINGS, LOADINGS])
    latent = factors[:, np.repeat([0, 1], 4)] * loadings + between_and_within(8) * np.sqrt(1 - loadings**2)
    limits = ndtri(np.cumsum(SHARES)[:-1])
    return pd.DataFrame(np.searchsorted(limits, latent) + 1.0, columns=list(ITEMS)), organisation


@dataclass(frozen=True, eq=False)
class Replication:
    """What one drawn study gives; standard errors and rejection with organisations, then without."""

    estimates: Vector
    errors: Matrix
    rejected: tuple[bool, bool]


def truth() -> Vector:
    """Return the standardised loadings and the factor correlation."""
    return np.concatenate([LOADINGS, LOADINGS, [CORRELATION]])


def replicate(design: Design, number: int) -> Replication:
    """Draw and fit one study."""
    drawn, organisation = answers_of(design, np.random.default_rng([SEED, *_key(design), number]))
    rows, errors, rejected = [], [], []
    for clusters in (pd.Series(organisation), None):
        found = analyse(
            MODEL, measured(grouped_answers(drawn, ITEMS, is_complete=True, clusters=clusters), "wlsmv"), Setting()
        )
        if found.problems:
            raise AssertionError(f"{design.name}, replication {number}: {found.problems[0]}")
        table = parameter_table(found)
        wanted = (table["kind"] == "loading") | (
            (table["kind"] == "factor_covariance") & (table["left"] != table["right"])
        )
        rows.append(table.loc[wanted, "standardised"].to_numpy())
        errors.append(table.loc[wanted, "standardised_error"].to_numpy())
        rejected.append(bool(found.test.p_value < 0.05))
    return Replication(rows[0], np.array(errors), (rejected[0], rejected[1]))


def _key(design: Design) -> tuple[int, int, int]:
    return design.n_organisations, design.n_each, round(100 * design.icc)


def replications(design: Design, n: int) -> Iterator[Replication]:
    """Draw and fit studies of a design."""
    return (replicate(design, number) for number in range(n))
