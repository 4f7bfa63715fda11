r"""Slopes of organisations' means, corrected for how few members each mean rests on.

A mean of n members has error covariance ``S / n`` with S the pooled covariance of members within organisations. With h
the regressors and outcome of an organisation, means among them, the slopes solve the moments ``sum (h h' - S / n)``
in place of ``sum h h'`` (errors in variables): the plain slope of a mean of reliability .5 is half the true one.
Where the outcome is a mean of the same members too, the errors that both share are taken out as well. Errors are those
of the jackknife over organisations, S estimated anew each time; t on G - k degrees of freedom. Fuller's modification
for small samples, where S is estimated, and Fieller's intervals are those of ``models.regression.corrected.solved``.

References:
    Fuller (1987), Measurement error models, 3.1; Croon and van Veldhoven (2007), Psychological Methods 12, 45-57;
    Efron and Stein (1981), Annals of Statistics 9, 586-596.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.one_thread import on_one_thread
from models.regression.cluster_moments import grouped_products, grouped_sums
from models.regression.corrected.solved import Solved, share_of_errors, solve_moments
from models.regression.identification import ModelDataError

LEAST_EIGENVALUE = 1e-6


@dataclass(frozen=True)
class OrganisationModel:
    """A regression over organisations.

    Attributes:
        outcome: Variable explained.
        regressors: What explains it.
        averaged: Which of them are means of members, and corrected; others are known of the organisation.
        reliability: Of means, 0 to 1, where it is known from elsewhere; otherwise it follows from the members.
    """

    outcome: str
    regressors: tuple[str, ...]
    averaged: frozenset[str]
    reliability: Mapping[str, float] | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """Outcome, then regressors."""
        return (self.outcome, *self.regressors)


@dataclass(frozen=True, eq=False)
class CorrectedSlopes:
    """Slopes with and without correction.

    Attributes:
        n_organisations: Organisations used.
        n_dropped: Rows of members left out for a missing value.
        estimates: Corrected, one row a term: term, estimate, std_error, df, statistic, p_value, conf_low, conf_high.
        plain: Not corrected, the same columns.
        reliability: One row an averaged variable: variable, reliability (of the means, all organisations together).
    """

    n_organisations: int
    n_dropped: int
    estimates: pd.DataFrame
    plain: pd.DataFrame
    reliability: pd.DataFrame


@dataclass(frozen=True, eq=False)
class _Sums:
    """What organisations add to the moments of v variables; the first is the outcome.

    Attributes:
        ones: 1 each, G.
        level: Means, G x v.
        products: G x v x v.
        shares: 1 / n, G.
        squares: Cross-products within, G x v x v, nought where a variable is no mean.
        rest: Members less one, G.
    """

    ones: Vector
    level: Matrix
    products: NDArray[np.float64]
    shares: Vector
    squares: NDArray[np.float64]
    rest: Vector

    def whole(self) -> "_Sums":
        """Return the sums over all organisations, one row."""
        return _Sums(*(each.sum(axis=0)[None] for each in self._parts()))

    def without_each(self) -> "_Sums":
        """Return the sums without each organisation, G rows."""
        return _Sums(*(each.sum(axis=0)[None] - each for each in self._parts()))

    def _parts(self) -> tuple[NDArray[np.float64], ...]:
        return self.ones, self.level, self.products, self.shares, self.squares, self.rest

    def moments(self) -> NDArray[np.float64]:
        """Return covariances of the means times the number of organisations."""
        return self.products - self.level[:, :, None] * self.level[:, None, :] / self.ones[:, None, None]

    def errors(self, reliability: Vector | None) -> NDArray[np.float64]:
        """Return what sampling of members adds to ``moments``."""
        if reliability is not None:
            variance = np.diagonal(self.moments(), axis1=1, axis2=2) * (1 - reliability)
            return variance[:, :, None] * np.eye(len(reliability))
        rest = np.maximum(self.rest, 1.0)[:, None, None]
        # Centring at the mean of all means takes one mean's error away from G of them
        factor = self.shares * (1 - 1 / self.ones)
        return self.squares / rest * factor[:, None, None]


def corrected_slopes(
    model: OrganisationModel, members: pd.DataFrame, organisations: pd.Series, confidence_level: float = 0.95
) -> CorrectedSlopes:
    """Estimate the slopes of organisations' means as if every member had answered without end.

    Args:
        model: Outcome, regressors and which are means.
        members: One row a member, numbers, missing as NA; what is known of an organisation is the same in its rows.
        organisations: Organisation of each row.
        confidence_level: Of the intervals.

    Raises:
        ModelDataError: If there are too few organisations, none has two members, a value known of the organisation
            differs in it, or means differ no more than members sampled from one level would.
    """
    with on_one_thread():
        values, codes, n_dropped = _used(model, members, organisations)
        sums = _sums(model, values, codes)
        n = len(sums.ones)
        _refuse_few(model, n, float(sums.rest.sum()))
        known = _known_reliability(model)
        corrected, plain = (
            _solve(sums, known, model, is_corrected=is_corrected).estimates(model.regressors, confidence_level)
            for is_corrected in (True, False)
        )
        return CorrectedSlopes(n, n_dropped, corrected, plain, _reliability(model, sums.whole(), known))


def _used(
    model: OrganisationModel, members: pd.DataFrame, organisations: pd.Series
) -> tuple[Matrix, NDArray[np.intp], int]:
    absent = [each for each in model.variables if each not in members]
    if absent:
        raise ModelDataError(f"the data have no column {', '.join(absent)}; expected {', '.join(model.variables)}")
    values = members[list(model.variables)].to_numpy(dtype=float, na_value=np.nan)
    is_used = np.isfinite(values).all(axis=1) & organisations.notna().to_numpy()
    if not is_used.any():
        raise ModelDataError(f"no member has all of {', '.join(model.variables)}; expected complete rows")
    codes = pd.factorize(organisations[is_used], sort=True)[0].astype(np.intp)
    used = values[is_used]
    order = np.lexsort((*used.T[::-1], codes))
    return used[order], codes[order], int((~is_used).sum())


def _sums(model: OrganisationModel, values: Matrix, codes: NDArray[np.intp]) -> _Sums:
    sizes = np.bincount(codes).astype(float)
    centred = values - values.mean(axis=0)
    means = grouped_sums(centred, codes) / sizes[:, None]
    deviations = centred - means[codes]
    is_averaged = np.array([each in model.averaged for each in model.variables])
    spread = np.abs(deviations[:, ~is_averaged]).max(axis=0, initial=0.0)
    unlike = spread > 1e-9 * np.maximum(np.abs(values[:, ~is_averaged]).max(axis=0, initial=0.0), 1.0)
    if unlike.any():
        name = np.array(model.variables)[~is_averaged][unlike][0]
        raise ModelDataError(
            f"'{name}' differs within organisations; expected one value in each; name it among the averaged variables"
        )
    squares = grouped_products(deviations * is_averaged, codes)[0]
    products = means[:, :, None] * means[:, None, :]
    return _Sums(np.ones(len(sizes)), means, products, 1 / sizes, squares, sizes - 1)


def _refuse_few(model: OrganisationModel, n: int, rest: float) -> None:
    fewest = len(model.regressors) + 3
    if n < fewest:
        raise ModelDataError(
            f"{n} organisations for {len(model.regressors)} slopes; expected at least {fewest}; take out regressors"
        )
    if model.averaged and model.reliability is None and rest == 0:
        raise ModelDataError(
            "no organisation has two members; expected some, from whom to learn how reliable means are; give the "
            "reliability, or report the plain slope as too small"
        )


def _known_reliability(model: OrganisationModel) -> Vector | None:
    if model.reliability is None:
        return None
    found = np.ones(len(model.variables))
    for name, value in model.reliability.items():
        if not 0 < value <= 1 or name not in model.averaged:
            raise ModelDataError(f"reliability {value:g} of '{name}'; expected above 0 to 1, of an averaged variable")
        found[model.variables.index(name)] = value
    return found


def _solve(sums: _Sums, known: Vector | None, model: OrganisationModel, *, is_corrected: bool) -> Solved:
    every = (sums.whole(), sums.without_each())
    moments, errors = (
        np.concatenate(each) for each in zip(*((one.moments(), one.errors(known)) for one in every), strict=True)
    )
    raw = np.sqrt(np.diagonal(moments, axis1=1, axis2=2))
    left = moments[:, 1:, 1:] - (errors[:, 1:, 1:] if is_corrected else 0.0)
    scale = raw[:, 1:, None] * raw[:, None, 1:]
    with np.errstate(invalid="ignore"):
        least = np.linalg.eigvalsh(np.where(scale > 0, left / scale, 0.0))[:, 0]
    if (least <= LEAST_EIGENVALUE).any():
        raise ModelDataError(
            f"organisations' means of {', '.join(model.regressors)} differ no more than members drawn from one level "
            "would, in all organisations or without one of them, or follow from each other; expected variation of "
            "their own; take one out, or ask more members"
        )
    n, n_erring = len(sums.ones), len(model.averaged - {model.outcome})
    taken = share_of_errors(n_erring, n) if known is None else np.ones(n + 1)
    order, sizes = [*range(1, len(model.variables)), 0], np.concatenate([one.ones for one in every])
    told, tested = (
        solve_moments(
            (moments - is_corrected * share[:, None, None] * errors)[:, order][:, :, order],
            sizes,
            float(n - len(model.variables)),
        )
        for share in (taken, np.ones(n + 1))
    )
    return replace(tested, slopes=told.slopes, uncertainty=told.uncertainty)


def _reliability(model: OrganisationModel, whole: _Sums, known: Vector | None) -> pd.DataFrame:
    variance = np.diagonal(whole.moments()[0])
    shares = 1 - np.diagonal(whole.errors(known)[0]) / variance
    names = [each for each in model.variables if each in model.averaged]
    return pd.DataFrame(
        {"variable": names, "reliability": [float(shares[model.variables.index(each)]) for each in names]}
    )
