"""Why a factor model is not estimated, or how far its estimates may be trusted: named, never a silent number."""

from dataclasses import dataclass

import numpy as np

from instruments.faults import UsageError
from models.estimates import Matrix, Vector
from models.measurement.confirmatory.implied import matrices, moments
from models.measurement.confirmatory.parameters import Layout

LARGEST_CORRELATION = 1 - 1e-8
SMALLEST_EIGENVALUE = 1e-10


class FactorModelError(UsageError):
    """A factor model that these answers cannot support; the message says why and what to do."""


@dataclass(frozen=True)
class Problem:
    """One reason to distrust estimates.

    Attributes:
        name: ``not_converged``, ``negative_variance``, ``correlation_beyond_one``, ``covariance_not_positive`` or
            ``item_correlation_at_bound``.
        about: The variable or pair concerned; empty when it concerns the whole model.
        value: Its value; NaN where there is none.
    """

    name: str
    about: str = ""
    value: float = np.nan


def refuse_unusable(items: tuple[str, ...], data: Matrix, group: str = "", n_obs: int | None = None) -> None:
    """Refuse answers from which no factor model of the items can be estimated.

    Args:
        items: Names of the columns (p).
        data: n x p, missing as NaN.
        group: Name of the group, for the message.
        n_obs: Responses, where a row stands for as many as gave the same answers; None where each is one.

    Raises:
        FactorModelError: If a column is empty or constant, two columns are the same, or there are no more rows than
            columns.
    """
    where = f" in {group}" if group else ""
    n_obs = len(data) if n_obs is None else n_obs
    if n_obs <= len(items):
        msg = f"{n_obs} responses{where} for {len(items)} items: a factor model needs more responses than items"
        raise FactorModelError(msg)
    for place, item in enumerate(items):
        answers = data[:, place][~np.isnan(data[:, place])]
        if len(answers) == 0:
            raise FactorModelError(f"{item} has no answers{where}: take it out of the model")
        if np.ptp(answers) == 0:
            raise FactorModelError(f"{item} has the same answer everywhere{where}: take it out of the model")
    _refuse_twins(items, data, where)


def _refuse_twins(items: tuple[str, ...], data: Matrix, where: str) -> None:
    for place in range(len(items)):
        for other in range(place):
            both = ~np.isnan(data[:, [place, other]]).any(axis=1)
            if both.sum() > 1 and np.array_equal(data[both, place], data[both, other]):
                names = f"{items[other]} and {items[place]}"
                raise FactorModelError(f"{names} have the same answers everywhere{where}: keep one of them")


def refuse_unidentified(layout: Layout, derivatives: Matrix) -> None:
    """Refuse a model whose parameters the moments cannot tell apart.

    Args:
        layout: The model.
        derivatives: Of all moments by the q free values, k x q, at a point.

    Raises:
        FactorModelError: If there are more values than moments, or the derivatives are linearly dependent; names the
            parameters that take part.
    """
    k, q = derivatives.shape
    if q > k:
        msg = f"the model has {q} parameters and the items only {k} moments: state fewer parameters or ask more items"
        raise FactorModelError(msg)
    scale = np.sqrt((derivatives**2).sum(axis=0))
    scaled = derivatives / np.where(scale > 0, scale, 1.0)
    _, sizes, directions = np.linalg.svd(scaled, full_matrices=False)
    if sizes[-1] > SMALLEST_EIGENVALUE * sizes[0] * np.sqrt(k):
        return
    takes_part = np.abs(directions[-1]) > 1e-3  # noqa: PLR2004
    named = [
        each.name
        for each, number in zip(layout.parameters, layout.free, strict=True)
        if number >= 0 and takes_part[number]
    ]
    msg = "the model is not identified: these parameters cannot be told apart: " + ", ".join(dict.fromkeys(named))
    raise FactorModelError(msg)


def problems(layout: Layout, theta: Vector, *, has_converged: bool, names: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    """Return what speaks against the estimates: no convergence, Heywood cases, factors that cannot be told apart.

    Args:
        layout: The model.
        theta: Its free values (q).
        has_converged: Whether the estimates are an optimum.
        names: Names of the groups, as a reader knows them; numbers from 1 without them.
    """
    found = [] if has_converged else [Problem("not_converged")]
    for group in range(layout.n_groups):
        each = matrices(layout, theta, group)
        suffix = f" ({names[group] if names else f'group {group + 1}'})" if layout.n_groups > 1 else ""
        residual = _residual_variances(layout, theta, group)
        found += [
            Problem("negative_variance", f"residual of {item}{suffix}", float(value))
            for item, value in zip(layout.items, residual, strict=True)
            if value < 0
        ]
        latent = each.latent_covariance
        found += [
            Problem("negative_variance", f"{factor}{suffix}", float(value))
            for factor, value in zip(layout.factors, np.diagonal(each.factor_covariance), strict=True)
            if value < 0
        ]
        found += _too_close(layout, latent, suffix)
    return tuple(found)


def _residual_variances(layout: Layout, theta: Vector, group: int) -> Vector:
    each = matrices(layout, theta, group)
    if not layout.has_response_scale:
        return np.diagonal(each.residual_covariance)
    explained = np.diagonal(moments(layout, theta, group, with_derivatives=False).covariance)
    return 1 / each.response_scale**2 - explained


def _too_close(layout: Layout, latent: Matrix, suffix: str) -> list[Problem]:
    variance = np.diagonal(latent)
    if len(latent) == 0 or (variance <= 0).any():
        return []
    correlation = latent / np.sqrt(np.outer(variance, variance))
    rows, columns = np.tril_indices(len(latent), -1)
    found = [
        Problem(
            "correlation_beyond_one",
            f"{layout.factors[column]} ~ {layout.factors[row]}{suffix}",
            float(correlation[row, column]),
        )
        for row, column in zip(rows, columns, strict=True)
        if abs(correlation[row, column]) >= LARGEST_CORRELATION
    ]
    if not found and np.linalg.eigvalsh(correlation)[0] < -SMALLEST_EIGENVALUE:
        found.append(Problem("covariance_not_positive", f"factors{suffix}"))
    return found
