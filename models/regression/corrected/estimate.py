r"""Slopes of organisations' means as if every organisation had been asked without end, with intervals of Fieller.

The slopes solve the corrected moments, ``sum T_i b = sum r_i`` with the errors' part taken from ``h_i h_i'`` and
``h_i y_i`` (errors in variables): the plain slope of a mean of reliability .5 is half the true one. ``solved`` tells
how much of it is taken in small samples, and of the intervals. Errors are those of the jackknife over organisations,
covariances within estimated anew each time: ``(G - 1) / G sum (b_g - b.) (b_g - b.)'``, t on G - k, k columns that are
the same for all of an organisation in a wave.

References:
    Fuller (1987), Measurement error models, 3.1; Nakamura (1990), Biometrika 77, 127-137; Croon and van Veldhoven
    (2007), Psychological Methods 12, 45-57; Efron and Stein (1981), Annals of Statistics 9, 586-596.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Matrix, Vector
from models.regression.columns import Labels, column_of
from models.regression.corrected.bases import Bases, bases_of
from models.regression.corrected.behind import answers_behind
from models.regression.corrected.difference import latent_views
from models.regression.corrected.errors import errors_of
from models.regression.corrected.moments import Erring, Moments, corrected_moments
from models.regression.corrected.solved import Solved, solve_corrected, solve_moments
from models.regression.design import INTERCEPT, Design
from models.regression.diagnostics import counts_of_categories, judged, of_clusters
from models.regression.identification import ModelDataError
from models.regression.inference import Uncertainty
from models.regression.reading.of_coefficients import COLUMNS
from models.sections.corrected import CLUSTER, erring_means, is_of_the_rows, measured_means
from models.sections.regressors import Variable
from models.spec import RegressionSpec

ESTIMATOR = "corrected_means"
PLAIN = "plain_mean"
FEWEST_ORGANISATIONS = 20
FEWEST_BEYOND = 3
LEAST_RELIABILITY = 0.2
LEAST_OF_MEASUREMENT = 0.3
LEAST_EIGENVALUE = 1e-6
STILL = 1e-9


@dataclass(frozen=True, eq=False)
class Corrected:
    """Corrected slopes.

    Attributes:
        terms: Names of the k coefficients, intercept first.
        coefficients: k.
        uncertainty: Of them.
        estimates: One row a term as ``inference.label_estimates``, intervals and p-values as ``solved`` tells.
        r_squared: Share of the outcome's variance that the true regressors explain.
        diagnostics: ``max_leverage`` of the columns as they are; of each corrected mean ``mean_reliability of`` it
            (0 to 1, over the rows) and ``answers_behind of`` it (harmonic mean of people an organisation and wave); and
            those of any regression.
        readings: ``plain_mean``: what each coefficient that rests on a corrected mean is without the correction; of a
            surface what ``difference.latent_views`` tells.
    """

    terms: tuple[str, ...]
    coefficients: Vector
    uncertainty: Uncertainty
    estimates: pd.DataFrame
    r_squared: float
    diagnostics: pd.DataFrame
    readings: pd.DataFrame


def estimate_corrected(spec: RegressionSpec, design: Design, labels: Labels) -> Corrected:
    """Estimate a regression whose means are corrected.

    Args:
        spec: The model, variant applied.
        design: Its rows.
        labels: Variable → code → label.

    Raises:
        ModelDataError: If there are too few organisations, means are too unreliable, or organisations differ no more
            than people drawn from one level would.
    """
    codes, names = pd.factorize(design.rows[CLUSTER], sort=True)
    clusters, organisations = np.asarray(codes, dtype=np.intp), pd.Index(names)
    taken = bases_of(spec, design, labels)
    rows = errors_of(spec, design, taken, clusters, organisations)
    df = _degrees_of_freedom(design, len(organisations))
    reliability = _reliability(spec, taken, rows)
    measured = {column_of(each) for each in measured_means(spec)}
    _refuse_unreliable({name: value for name, value in reliability.items() if name not in measured})
    _refuse_ill_measured({name: value for name, value in reliability.items() if name in measured})
    moments, terms = corrected_moments(rows), tuple(taken.terms)
    refuse_without_variation(moments, terms, list(reliability))
    is_gone = _is_gone(moments)
    solved = solve_corrected(moments.plain, moments.corrected, df, is_gone)
    plain = solve_moments(moments.plain, moments.plain[:, 0, 0], df, is_gone)
    found = {
        "max_leverage": _largest_leverage(rows, moments.plain[0]),
        **{f"mean_reliability of {name}": value for name, value in reliability.items()},
        **{f"answers_behind of {name}": value for name, value in _numbers(spec, design).items()},
        "n_parameters": float(len(terms)),
        **counts_of_categories(design),
        **of_clusters(solved.uncertainty),
        **({} if design.data is design.rows else {"n_responses": float(len(design.data))}),
        "share_of_responses_used": len(design.rows) / design.n_in_population,
    }
    return Corrected(
        terms,
        solved.slopes[0],
        solved.uncertainty,
        solved.estimates(terms, spec.confidence_level),
        _explained(moments.corrected[0], solved.slopes[0]),
        judged(found),
        pd.concat(
            [
                _readings(spec, design, solved, plain.estimates(terms, spec.confidence_level), _resting(taken, rows)),
                *latent_views(spec, terms, moments),
            ],
            ignore_index=True,
        ),
    )


def _degrees_of_freedom(design: Design, n: int) -> float:
    """Return organisations less columns that do not differ within an organisation and wave.

    Raises:
        ModelDataError: If there are too few organisations.
    """
    keys = [key for key in (CLUSTER, "wave") if key in design.rows]
    groups = design.matrix.groupby([design.rows[key] for key in keys])
    n_between = int(((groups.max() - groups.min()).max() <= STILL).sum())
    fewest = max(FEWEST_ORGANISATIONS, n_between + FEWEST_BEYOND)
    if n < fewest:
        raise ModelDataError(
            f"{counted(n, 'organisation')} for means that are corrected and {counted(n_between, 'column')} of "
            f"organisations; expected at least {fewest}; write corrected: [] and say that slopes are too small, or "
            "compare people within organisations"
        )
    return float(n - n_between)


def _reliability(spec: RegressionSpec, taken: Bases, rows: Erring) -> dict[str, float]:
    """Return 1 - error variance / variance of each corrected mean, over the rows."""
    spreads, found = [each.whole_and_without() for each in rows.spreads], dict[str, float]()
    means = {column_of(each): each for each in erring_means(spec)}
    for place, base in enumerate(taken.bases):
        shared = rows.shared.get((place, place))
        if base.variable is None or shared is None or (name := column_of(base.variable)) not in means:
            continue
        error = float(rows.weights @ shared.factor * spreads[shared.spread][0])
        mean = float(rows.weights @ base.numbers / rows.weights.sum())
        varied = float(rows.weights @ (base.numbers - mean) ** 2)
        found[name] = 1 - error / varied if varied > 0 else np.nan
    return found


def _refuse_unreliable(reliability: dict[str, float]) -> None:
    for name, value in reliability.items():
        if np.isnan(value):
            raise ModelDataError(
                f"'{name}' cannot be corrected: no organisation has two people who answered, or none differs; expected "
                "some with several, from whom to learn how reliable means are; write corrected: [] and say that the "
                "slope is too small"
            )
        if value < LEAST_RELIABILITY:
            found = (
                "differs between organisations no more than people drawn from one level would"
                if value <= 0
                else (f"has a reliability of {value:.2f}")
            )
            raise ModelDataError(
                f"'{name}' {found}; expected at least {LEAST_RELIABILITY:g}, below which a correction is mostly "
                "noise; ask more people an organisation, write corrected: [] and say that the slope is too small, or "
                "take the mean out"
            )


def _refuse_ill_measured(reliability: dict[str, float]) -> None:
    for name, value in reliability.items():
        if not value >= LEAST_OF_MEASUREMENT:
            found = f"has a reliability of {value:.2f}" if np.isfinite(value) else "has no known errors of measurement"
            raise ModelDataError(
                f"'{name}' {found}; expected at least {LEAST_OF_MEASUREMENT:g} beside the errors that its items tell, "
                "below which a correction is mostly noise; ask more items, or take errors: measurement out and say "
                "that the slope is too small"
            )


def refuse_without_variation(moments: Moments, terms: tuple[str, ...], means: list[str]) -> None:
    """Raise ModelDataError when corrected columns, or those without one organisation, have no variation of their own.

    Args:
        moments: Of the columns, intercept first and outcome last.
        terms: Names of the columns.
        means: Names of the corrected means.
    """
    corrected, plain = (_centred(each)[:, :-1, :-1] for each in (moments.corrected, moments.plain))
    gone = _is_gone(moments)[:, 1:]
    raw = np.where(gone, 1.0, np.sqrt(np.diagonal(plain, axis1=1, axis2=2)))
    corrected = np.where(gone[:, :, None] | gone[:, None, :], np.eye(gone.shape[1]), corrected)
    scale = raw[:, :, None] * raw[:, None, :]
    is_whole = np.isfinite(corrected).all(axis=(1, 2)) & (scale > 0).all(axis=(1, 2))
    least = np.full(len(corrected), -np.inf)
    least[is_whole] = np.linalg.eigvalsh(corrected[is_whole] / scale[is_whole])[:, 0]
    if least.min() <= LEAST_EIGENVALUE:
        of = "in all organisations" if least[0] <= LEAST_EIGENVALUE else "without one of the organisations"
        raise ModelDataError(
            f"corrected for their errors, {', '.join(means)} and the other regressors "
            f"({', '.join(term for term in terms if term not in (INTERCEPT, *means))}) have no variation of their own "
            f"{of}; expected each to differ beyond the others; take one out, merge small categories, or write "
            "corrected: []"
        )


def _is_gone(moments: Moments) -> NDArray[np.bool_]:
    """Tell which columns but the intercept do not vary without each organisation, (1 + G) x k."""
    varied = np.diagonal(_centred(moments.plain)[:, :-1, :-1], axis1=1, axis2=2)
    return np.column_stack([np.zeros(len(varied), dtype=bool), varied <= STILL * varied[0]])


def _centred(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return moments about the means: without the intercept, first."""
    first = moments[:, 1:, 0]
    return moments[:, 1:, 1:] - first[:, :, None] * first[:, None, :] / moments[:, 0, 0][:, None, None]


def _explained(moments: Matrix, coefficients: Vector) -> float:
    centred = _centred(moments[None])[0]
    return float(coefficients[1:] @ centred[:-1, -1] / centred[-1, -1])


def _resting(taken: Bases, rows: Erring) -> list[str]:
    """Return the terms that rest on a corrected mean."""
    erring = {place for place, other in rows.shared if place == other}
    return [term for term, places in taken.terms.items() if erring & set(places)]


def _largest_leverage(rows: Erring, moments: Matrix) -> float:
    """Return the largest diagonal value of the hat matrix of the columns as they are, 0 to 1."""
    columns = np.column_stack([rows.bases[:, list(places)].prod(axis=1) for places in rows.terms[:-1]])
    bread = np.linalg.inv(moments[:-1, :-1])
    return float((rows.weights * np.einsum("ij,jk,ik->i", columns, bread, columns)).max())


def _readings(
    spec: RegressionSpec, design: Design, solved: Solved, plain: pd.DataFrame, resting: list[str]
) -> pd.DataFrame:
    """Return what terms that rest on a corrected mean are without it, and focal ones against what would matter."""
    rows = [
        (term, PLAIN, value, low, high, "")
        for term, value, low, high in plain[["term", "estimate", "conf_low", "conf_high"]].itertuples(index=False)
        if term in resting
    ]
    smallest = spec.smallest_effect_of_interest
    for place, term in enumerate(plain["term"]):
        if smallest is not None and term in design.focal:
            tested = solved.equivalence(place, smallest, spec.confidence_level)
            rows.append((term, "equivalence", tested.p_value, tested.conf_low, tested.conf_high, tested.reading))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _numbers(spec: RegressionSpec, design: Design) -> dict[str, float]:
    """Return the harmonic mean of how many people are behind each corrected mean, over organisations and waves."""
    found: dict[str, float] = {}
    for mean in erring_means(spec):
        counts = _counts(mean, design, is_of_rows=spec.level != "response" and is_of_the_rows(mean))
        found[column_of(mean)] = float(len(counts) / (1 / counts).sum())
    return found


def _counts(mean: Variable, design: Design, *, is_of_rows: bool) -> Vector:
    if is_of_rows:
        keys = [key for key in (CLUSTER, "wave") if key in design.rows]
        answered = design.data[mean.variable].notna().groupby([design.data[key] for key in keys]).sum()
        return np.asarray(answered, dtype=float)
    keys = [key for key in (CLUSTER, "wave", "respondent_group") if key in design.rows]
    cells = design.rows.drop_duplicates(keys)
    return cells[answers_behind(mean, mean)].to_numpy(dtype=float)
