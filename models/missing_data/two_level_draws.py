"""Draws of missing numbers of rows in organisations: linear regression with random intercepts, by Gibbs sampling."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.missing_data.completed import Codes
from models.missing_data.draws import Task, nearest_donors
from models.regression.identification import ModelDataError

FEWEST_ORGANISATIONS = 3
FIRST_SWEEPS = 50
SWEEPS = 10
LEAST_VARIANCE = 1e-10
SPREADS = np.geomspace(1.0, 1000.0, 40)
"""Degrees of freedom of the organisations' residual variances among which one is drawn."""


@dataclass(frozen=True, eq=False)
class Clustered:
    """Rows in organisations; the outcome in its standard units.

    Attributes:
        matrix: n x k, constant included.
        outcome: n.
        organisations: n, from 0.
        counts: Rows of each of J organisations; 0 is possible.
        sums: Sums of the matrix over organisations, J x k.
        outcome_sums: Sums of the outcome, J.
        above: What is above each organisation, from 0, J; None where nothing is.
    """

    matrix: Matrix
    outcome: Vector
    organisations: Codes
    counts: Vector
    sums: Matrix
    outcome_sums: Vector
    above: Codes | None = None

    @property
    def is_there(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether an organisation has rows, J."""
        return self.counts > 0


@dataclass(frozen=True, eq=False)
class InterceptDraw:
    """A draw from the posterior of a regression with random intercepts.

    Attributes:
        coefficients: k.
        intercepts: Of all J organisations, those without rows included; with the intercepts of what is above them.
        between: Variance of intercepts, within what is above.
        within: Residual variance in each organisation, J.
        level: Scale of the residual variances (their common value where spread is equal).
        freedom: Degrees of freedom of the organisations' residual variances; infinite where spread is equal.
        above: Variance of the intercepts of what is above; nought where nothing is.
    """

    coefficients: Vector
    intercepts: Vector
    between: float
    within: Vector
    level: float
    freedom: float
    above: float = 0.0

    def as_memory(self) -> dict[str, Vector]:
        """Return what the next sweep starts from."""
        numbers = {"between": self.between, "level": self.level, "freedom": self.freedom, "above": self.above}
        return {"within": self.within} | {name: np.array([value]) for name, value in numbers.items()}


def clustered(
    matrix: Matrix, outcome: Vector, organisations: Codes, n_organisations: int, name: str, above: Codes | None = None
) -> Clustered:
    """Sum rows over organisations.

    Raises:
        ModelDataError: If fewer than three organisations have rows, or rows are no more than coefficients.
    """
    counts = np.bincount(organisations, minlength=n_organisations).astype(float)
    if (counts > 0).sum() < FEWEST_ORGANISATIONS or len(outcome) <= matrix.shape[1]:
        raise ModelDataError(
            f"'{name}' is known in {len(outcome)} rows of {int((counts > 0).sum())} organisations and has "
            f"{matrix.shape[1]} coefficients; expected at least {FEWEST_ORGANISATIONS} organisations and more rows "
            "than coefficients; use fewer predictors, or a method without levels (has_levels: false)"
        )

    def total(values: Vector) -> Vector:
        return np.asarray(np.bincount(organisations, values, n_organisations), dtype=float)

    sums = np.column_stack([total(column) for column in matrix.T])
    return Clustered(matrix, outcome, organisations, counts, sums, total(outcome), above)


def draw_intercepts(
    rows: Clustered, memory: dict[str, Vector], rng: np.random.Generator, *, has_equal_spread: bool
) -> InterceptDraw:
    """Sample coefficients, intercepts and variances by turns; coefficients with the intercepts integrated out.

    Intercepts of what is above organisations are drawn with those of organisations integrated out, then these.
    Priors: flat on coefficients and on the deviations of intercepts; residual variances flat in logarithms, or scaled
    inverse chi-square over organisations with level and degrees of freedom of their own (flat in logarithms, 1 to
    1,000).

    Args:
        rows: What it is fitted to.
        memory: Of the last draw; empty at first. It is brought up to date.
        rng: What is random.
        has_equal_spread: Whether all organisations have the same residual variance.

    References:
        Kasim and Raudenbush (1998), Journal of Educational and Behavioral Statistics 23(2), 93-116; Gelman (2006),
        Bayesian Analysis 1(3), 515-534; Schafer and Yucel (2002), Journal of Computational and Graphical Statistics
        11(2), 437-457. R: ``mice::mice.impute.2l.pan`` (equal spread), ``2l.norm``, with other priors.
    """
    found = _start(rows, memory)
    for _ in range(SWEEPS if memory else FIRST_SWEEPS):
        found = _sweep(rows, found, rng, has_equal_spread=has_equal_spread)
    memory.update(found.as_memory())
    return found


def draw_two_level(task: Task, rng: np.random.Generator) -> Vector:
    """Draw q numbers, or those of donors with near predictions, by a regression with random intercepts.

    Raises:
        ModelDataError: If organisations or rows are too few.
    """
    name, codes = task.column.name, task.fitted_organisations
    centre, scale = float(task.outcome.mean()), float(task.outcome.std())
    if scale == 0:
        raise ModelDataError(f"'{name}' is the same in all rows where it is known; expected variation; leave it out")
    above = task.above if task.above is not None and task.above.any() else None
    outcome = (task.outcome - centre) / scale
    rows = clustered(task.regressors.fitted, outcome, codes, task.n_organisations, name, above)
    found = draw_intercepts(rows, task.memory, rng, has_equal_spread=task.column.has_equal_spread)
    wanted = task.regressors.wanted @ found.coefficients + found.intercepts[task.wanted_organisations]
    if task.column.method == "two_level_matching":
        donors = rows.matrix @ found.coefficients + found.intercepts[codes]
        return task.outcome[nearest_donors(donors, wanted, name, rng)] + task.column.delta
    noise = np.sqrt(found.within[task.wanted_organisations]) * rng.standard_normal(len(wanted))
    return centre + scale * (wanted + noise) + task.column.delta


def _start(rows: Clustered, memory: dict[str, Vector]) -> InterceptDraw:
    n_organisations, k = rows.sums.shape
    if memory:
        return InterceptDraw(
            np.zeros(k), np.zeros(n_organisations), float(memory["between"][0]), memory["within"],
            float(memory["level"][0]), float(memory["freedom"][0]), float(memory["above"][0]),
        )  # fmt: skip
    residuals = rows.outcome - rows.matrix @ np.linalg.lstsq(rows.matrix, rows.outcome, rcond=None)[0]
    variance = max(float(residuals @ residuals) / (len(residuals) - k), LEAST_VARIANCE)
    within = np.full(n_organisations, variance)
    above = 0.0 if rows.above is None else variance / 4
    return InterceptDraw(np.zeros(k), np.zeros(n_organisations), variance / 4, within, variance, 10.0, above)


def _sweep(rows: Clustered, last: InterceptDraw, rng: np.random.Generator, *, has_equal_spread: bool) -> InterceptDraw:
    coefficients = draw_coefficients(rows, last, rng)
    residuals = rows.outcome - rows.matrix @ coefficients
    totals = rows.outcome_sums - rows.sums @ coefficients
    lasting, above = _above(rows, totals, last, rng)
    precision = rows.counts / last.within + 1 / last.between
    mean = (totals - rows.counts * lasting) / last.within / precision
    own = mean + rng.standard_normal(len(precision)) / np.sqrt(precision)
    between = _variance(own[rows.is_there], rng)
    intercepts = lasting + own
    residuals = residuals - intercepts[rows.organisations]
    if has_equal_spread:
        level = max(float(residuals @ residuals) / rng.chisquare(len(residuals)), LEAST_VARIANCE)
        return InterceptDraw(coefficients, intercepts, between, np.full(len(totals), level), level, np.inf, above)
    within = _within(rows, residuals, last, rng)
    level, freedom = _hyper(within[rows.is_there], last.freedom, rng)
    return InterceptDraw(coefficients, intercepts, between, within, level, freedom, above)


def _variance(intercepts: Vector, rng: np.random.Generator) -> float:
    return max(float(intercepts @ intercepts) / rng.chisquare(len(intercepts) - 1), LEAST_VARIANCE)


def _above(rows: Clustered, totals: Vector, last: InterceptDraw, rng: np.random.Generator) -> tuple[Vector, float]:
    """Draw intercepts of what is above organisations, given once an organisation, and their variance."""
    if rows.above is None:
        return np.zeros(len(totals)), 0.0
    freed = 1 / (last.within + rows.counts * last.between)
    precision = np.bincount(rows.above, rows.counts * freed) + 1 / last.above
    mean = np.bincount(rows.above, totals * freed) / precision
    drawn = mean + rng.standard_normal(len(precision)) / np.sqrt(precision)
    is_known = np.bincount(rows.above, rows.counts) > 0
    return drawn[rows.above], _variance(drawn[is_known], rng)


def draw_coefficients(rows: Clustered, last: InterceptDraw, rng: np.random.Generator) -> Vector:
    """Draw coefficients given variances, intercepts integrated out: precision X'WX - S'CS over organisations.

    With S_c the sums of an organisation's rows and v_c = within + n_c between, what is above takes away T'GT, where T
    has the sums of S_c / v_c and G is above / (1 + above sum n_c / v_c).
    """
    weights = 1 / last.within
    shrunk = weights**2 * last.between / (1 + rows.counts * weights * last.between)
    weighted = rows.matrix * weights[rows.organisations, None]
    precision = weighted.T @ rows.matrix - (rows.sums * shrunk[:, None]).T @ rows.sums
    target = weighted.T @ rows.outcome - rows.sums.T @ (shrunk * rows.outcome_sums)
    if rows.above is not None:
        freed = 1 / (last.within + rows.counts * last.between)
        sums = np.column_stack([np.bincount(rows.above, column * freed) for column in rows.sums.T])
        shares = last.above / (1 + last.above * np.bincount(rows.above, rows.counts * freed))
        precision -= (sums * shares[:, None]).T @ sums
        target -= sums.T @ (shares * np.bincount(rows.above, rows.outcome_sums * freed))
    root = np.linalg.cholesky(precision)
    mean = np.linalg.solve(root.T, np.linalg.solve(root, target))
    return mean + np.linalg.solve(root.T, rng.standard_normal(len(mean)))


def _within(rows: Clustered, residuals: Vector, last: InterceptDraw, rng: np.random.Generator) -> Vector:
    squares = np.bincount(rows.organisations, residuals**2, len(rows.counts))
    scaled = last.freedom * last.level + squares
    return np.maximum(scaled / rng.chisquare(last.freedom + rows.counts), LEAST_VARIANCE)


def _hyper(within: Vector, freedom: float, rng: np.random.Generator) -> tuple[float, float]:
    """Draw level and degrees of freedom of the organisations' residual variances."""
    from scipy.special import gammaln  # noqa: PLC0415 - slow to import

    n, inverse, logs = len(within), float((1 / within).sum()), float(np.log(within).sum())
    level = float(rng.gamma(n * freedom / 2, 2 / (freedom * inverse)))
    half = SPREADS / 2
    heights = n * (half * np.log(half * level) - gammaln(half)) - (half + 1) * logs - half * level * inverse
    chances = np.cumsum(np.exp(heights - heights.max()))
    place = int(np.searchsorted(chances, rng.random() * chances[-1]))
    return level, float(SPREADS[min(place, len(SPREADS) - 1)])
