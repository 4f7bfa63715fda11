"""Rows drawn from a Gaussian copula with intercepts of clusters: same margins, correlations and clusters, other people.

What is kept: the margins of every column within strata, correlations within and between clusters, which columns are
known together, how many rows a cluster has. What is not: curves, interactions, and who belongs to which cluster.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.synthetic.levels import Codes, Covariances, covariances_of, level_of
from models.synthetic.margins import LEAST_CLUSTERS, margin_of, normal_scores

FEWEST_IN_STRATUM = 50


@dataclass(frozen=True, eq=False)
class RealRows:
    """The rows that a model of rows is fitted to.

    Attributes:
        columns: n x p numbers, missing as NaN.
        clusters: Cluster of each row, from 0.
        periods: Period of each row, such as a wave, from 0.
        strata: Stratum of each row, such as a respondent group, from 0; margins are those of strata.
    """

    columns: pd.DataFrame
    clusters: Codes
    periods: Codes
    strata: Codes

    @property
    def cells(self) -> Codes:
        """Period of a cluster of each row, from 0."""
        return np.unique(self.clusters * (self.periods.max() + 1) + self.periods, return_inverse=True)[1]


@dataclass(frozen=True, eq=False)
class DrawnRows:
    """Drawn rows.

    Attributes:
        columns: n x p, missing where the pattern is.
        clusters: Cluster of each row, from 0.
        patterns: Real row that lent each row its period, its stratum and what is missing; none of its values.
    """

    columns: pd.DataFrame
    clusters: Codes
    patterns: NDArray[np.intp]


def draw_rows(real: RealRows, least: int, rng: np.random.Generator) -> DrawnRows:
    """Draw as many rows as there are real ones.

    z = u_cluster + v_period of it + e, normal, with the covariances of the normal scores at each level; each column is
    put back through its margin. Cluster sizes are means of three neighbours; missing patterns are dealt out anew.

    Args:
        real: The rows.
        least: Fewest values behind a number of a margin; they are of three clusters at least.
        rng: Source of chance.

    References:
        Nelsen (2006), An Introduction to Copulas, section 2.3; Kamthe, Assefa and Deisenroth (2021), arXiv:2101.00598.
    """
    levels = [level_of(real.columns[name].to_numpy(), real.clusters, real.cells) for name in real.columns]
    covariances = covariances_of(_scores(real, levels), real.clusters, real.cells, levels)
    clusters = _dealt_clusters(real.clusters, rng)
    patterns = rng.permutation(len(real.columns)).astype(np.intp)
    periods, strata = real.periods[patterns], real.strata[patterns]
    latent = _latent(covariances, clusters, periods, rng)
    columns = {
        str(name): _values(real, place, levels[place], strata, latent[:, place], least)
        for place, name in enumerate(real.columns)
    }
    is_known = real.columns.notna().to_numpy()[patterns]
    return DrawnRows(pd.DataFrame(columns).where(is_known), clusters, patterns)


def _scores(real: RealRows, levels: list[str]) -> Matrix:
    """Return the normal scores of every column: of rows in their stratum, else of clusters or cells, each once."""
    found: list[Vector] = []
    for name, level in zip(real.columns, levels, strict=True):
        values = real.columns[name].to_numpy()
        if level == "row":
            scores = np.full(len(values), np.nan)
            for rows in _strata_of(values, real.strata):
                scores[rows] = normal_scores(values[rows])
        else:
            once = _once_each(values, real.clusters if level == "cluster" else real.cells)
            scores = normal_scores(once)[real.clusters if level == "cluster" else real.cells]
            scores[np.isnan(values)] = np.nan
        found.append(scores)
    return np.column_stack(found)


def _strata_of(values: Vector, strata: Codes) -> list[NDArray[np.bool_]]:
    """Return the rows of every stratum with enough known values, and of the others; all rows where these are few."""
    is_known = ~np.isnan(values)
    sizes = np.bincount(strata[is_known], minlength=int(strata.max()) + 1)
    large = np.flatnonzero(sizes >= FEWEST_IN_STRATUM)
    rest = ~np.isin(strata, large)
    n_rest = int((rest & is_known).sum())
    if 0 < n_rest < FEWEST_IN_STRATUM:
        return [np.ones(len(values), dtype=bool)]
    return [*(strata == code for code in large), *([rest] if n_rest else [])]


def _once_each(values: Vector, codes: Codes) -> Vector:
    once = np.full(int(codes.max()) + 1, np.nan)
    is_known = ~np.isnan(values)
    once[codes[is_known]] = values[is_known]
    return once


def _values(real: RealRows, place: int, level: str, strata: Codes, latent: Vector, least: int) -> Vector:
    from scipy.special import ndtr  # noqa: PLC0415

    values, shares = real.columns.iloc[:, place].to_numpy(), ndtr(latent)
    if level != "row":
        units = real.clusters if level == "cluster" else real.cells
        once, owners = _once_each(values, units), np.zeros(int(units.max()) + 1, dtype=np.intp)
        owners[units] = real.clusters
        is_known = ~np.isnan(once)
        return margin_of(once[is_known], owners[is_known], LEAST_CLUSTERS).at(shares)
    drawn = np.full(len(values), np.nan)
    for rows in _strata_of(values, real.strata):
        wanted = np.isin(strata, np.unique(real.strata[rows]))
        known = rows & ~np.isnan(values)
        drawn[wanted] = margin_of(values[known], real.clusters[known], least).at(shares[wanted])
    return drawn


def _dealt_clusters(clusters: Codes, rng: np.random.Generator) -> Codes:
    """Return clusters whose sizes are the means of three neighbours, to the same number of rows and clusters."""
    sizes = np.sort(np.bincount(clusters))
    blocks = np.array_split(sizes, max(1, len(sizes) // LEAST_CLUSTERS))
    wanted = np.concatenate([np.full(len(block), block.mean()) for block in blocks])
    ends = np.round(np.cumsum(rng.permutation(wanted))).astype(np.intp)
    dealt = np.searchsorted(ends, np.arange(len(clusters)), side="right")
    return np.minimum(dealt, len(sizes) - 1).astype(np.intp)


def _latent(covariances: Covariances, clusters: Codes, periods: Codes, rng: np.random.Generator) -> Matrix:
    n_columns, n_periods = len(covariances.within), int(periods.max()) + 1
    n_clusters = int(clusters.max()) + 1
    between = _normal(covariances.between, n_clusters, rng)
    of_periods = _normal(covariances.periods, n_clusters * n_periods, rng)
    within = _normal(covariances.within, len(clusters), rng)
    latent = between[clusters] + of_periods[clusters * n_periods + periods] + within
    return latent.reshape(-1, n_columns)


def _normal(covariance: Matrix, n: int, rng: np.random.Generator) -> Matrix:
    values, vectors = np.linalg.eigh(covariance)
    return rng.standard_normal((n, len(covariance))) @ (vectors * np.sqrt(np.maximum(values, 0))).T
