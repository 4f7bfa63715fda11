"""What single responses, and whole organisations, do to a regression; nothing is refitted."""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments
from models.regression.least_squares import LeastSquares

LEVERAGE_OF_ONE = 1 - 1e-9


@dataclass(frozen=True, eq=False)
class Influence:
    """Measures of each of n responses; NaN where a response alone decides a coefficient (leverage 1).

    Attributes:
        leverage: Diagonal of the hat matrix.
        standardised: Residual over its standard error, e / (s sqrt(1 - h)).
        studentised: The same with s of the other responses.
        cooks_distance: standardised^2 h / ((1 - h) k).
        dffits: studentised sqrt(h / (1 - h)).
        coefficient_changes: n x k, coefficients of all responses less those without each.
    """

    leverage: Vector
    standardised: Vector
    studentised: Vector
    cooks_distance: Vector
    dffits: Vector
    coefficient_changes: Matrix


def influence_of_responses(fit: LeastSquares) -> Influence:
    """Measure what each response does to a fit of n > k + 1 rows with classical variance.

    References:
        Belsley, Kuh and Welsch (1980), Regression Diagnostics, chapter 2. Cook (1977), Technometrics 19(1), 15-18. R:
        ``hatvalues``, ``rstandard``, ``rstudent``, ``cooks.distance``, ``dffits``, ``dfbeta``.
    """
    free = np.where(fit.leverage < LEVERAGE_OF_ONE, 1 - fit.leverage, np.nan)
    standardised = fit.residuals / np.sqrt(fit.sigma2 * free)
    of_others = (fit.sigma2 * fit.df_resid - fit.residuals**2 / free) / (fit.df_resid - 1)
    studentised = fit.residuals / np.sqrt(of_others * free)
    return Influence(
        fit.leverage,
        standardised,
        studentised,
        standardised**2 * fit.leverage / (free * fit.n_coefficients),
        studentised * np.sqrt(fit.leverage / free),
        (fit.rows * (fit.residuals / free)[:, None]) @ fit.bread,
    )


@dataclass(frozen=True, eq=False)
class ClusterInfluence:
    """What leaving out each of G clusters does.

    Attributes:
        coefficients: G x k coefficients without each cluster; NaN where the others cannot tell them apart.
        changes: G x k, coefficients of all clusters less those without each.
        leverage: G traces of the clusters' hat matrices; they add up to k.
    """

    coefficients: Matrix
    changes: Matrix
    leverage: Vector


def influence_of_clusters(moments: ClusterMoments, coefficients: Vector) -> ClusterInfluence:
    """Return the coefficients that a refit without each cluster would give.

    b - b_(g) = (X'X - X_g'X_g)^-1 X_g'e_g, with weights their roots in X and e.

    Args:
        moments: Of the fit to all clusters.
        coefficients: k, of the same fit.

    References:
        MacKinnon, Nielsen and Webb (2023), Stata Journal 23(4), 942-982 (``summclust``). The sum over clusters of
        change times change' is the covariance CR3 of R's ``clubSandwich::vcovCR(type = "CR3")``.
    """
    shares = moments.root.T @ moments.products @ moments.root
    values, vectors = np.linalg.eigh(shares)
    is_needed = values.max(axis=1) >= LEVERAGE_OF_ONE
    free = np.where(is_needed[:, None], np.nan, 1 - values)
    turned = np.einsum("gab,ga->gb", vectors, moments.scores @ moments.root) / free
    changes = np.einsum("gab,gb->ga", vectors, turned) @ moments.root.T
    return ClusterInfluence(coefficients - changes, changes, values.sum(axis=1))
