"""A mixed model's likelihood a second time, another way: Henderson's equations of the rows as they are, sparse.

It shares no cross-product, no standardisation and no elimination with ``criterion``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from models.estimates import Vector
from models.multilevel.problem import Problem, Rows
from models.multilevel.random_terms import triangles_of

SecondEngine = Callable[[Problem, Sequence[Vector]], Vector]
"""Gives -2 log-likelihood at some points, relative Cholesky factors each."""


def criteria_of_rows(problem: Problem, points: Sequence[Vector]) -> Vector:
    """Return the criterion of rows in memory at some points."""
    return np.array([criterion_of_rows(problem, point) for point in points])


def criterion_of_rows(problem: Problem, theta: Vector) -> float:
    """Return -2 log-likelihood (restricted by REML) at relative Cholesky factors of the scaled effects.

    log |L'Z'WZL + I| + v (1 + log(2 pi r2 / v)) - sum log w, plus log |X'H^-1X| by REML, by a sparse LU of the
    equations of the random effects.

    References:
        Henderson, Kempthorne, Searle and von Krosigk (1959), Biometrics 15(2), 192-218. R: ``-2 * logLik(lmer(...))``.
    """
    from scipy.sparse import eye_array, hstack, kron  # noqa: PLC0415 - slow to import
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    rows = problem.rows
    triangles = triangles_of(problem.factors, theta)
    parts = [
        effects @ kron(eye_array(factor.n_levels), triangle, format="csr")
        for factor, triangle, effects in zip(problem.factors, triangles, _effects(rows), strict=True)
    ]
    design: Any = hstack(parts, format="csr") * np.sqrt(rows.weights)[:, None]
    fixed = np.column_stack([rows.matrix, rows.outcome]) * np.sqrt(rows.weights)[:, None]
    symmetric = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}
    equations: Any = splu((design.T @ design + eye_array(design.shape[1])).tocsc(), **symmetric)
    to_fixed = design.T @ fixed
    left = fixed.T @ fixed - to_fixed.T @ equations.solve(to_fixed)
    inner, outcome = left[:-1, :-1], left[:-1, -1]
    squares = float(left[-1, -1] - outcome @ np.linalg.solve(inner, outcome))
    free = rows.n_obs - (len(inner) if problem.method == "REML" else 0)
    found = float(np.log(np.abs(equations.U.diagonal())).sum()) + free * (1 + np.log(2 * np.pi * squares / free))
    if problem.method == "REML":
        found += float(np.linalg.slogdet(inner)[1])
    return float(found - np.log(rows.weights).sum())


def _effects(rows: Rows) -> list[Any]:
    """Return the n x Gq matrix of each factor's random effects."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    found: list[Any] = []
    for factor in rows.factors:
        columns = factor.codes[:, None] * factor.n_effects + np.arange(factor.n_effects)
        places = (np.repeat(np.arange(rows.n_obs), factor.n_effects), columns.ravel())
        found.append(
            csr_array((factor.columns.ravel(), places), shape=(rows.n_obs, factor.n_levels * factor.n_effects))
        )
    return found
