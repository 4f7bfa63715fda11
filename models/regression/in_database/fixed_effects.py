"""A linear regression with an effect of every group, from what groups add up to or from rows less their group's means.

The same coefficients and covariances as with one 0/1 column a group. Put here the regression within groups; not how
rows are added up (``group_moments``) nor panels in memory (``models.regression.panel``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments
from models.regression.clustered import (
    POWER_OF_FREE_SHARE,
    ClusterCovariance,
    Clustered,
    cluster_covariance,
    decided_by_one_cluster,
)
from models.regression.identification import ModelDataError, dependencies_of, refuse_dependencies, refuse_few
from models.regression.in_database.blocks import LARGEST_CONDITION, Block, Blocks, Factored, factor
from models.regression.in_database.cluster_sums import MOST_KEPT
from models.regression.in_database.group_moments import GroupMoments
from models.regression.in_database.residual_sums import solve_blocks
from models.regression.inference import Uncertainty
from models.sections.inference import Covariance
from models.triangles import inverse_of_triangle

LEAST_WITHIN = 1e-4
NO_VARIATION = 1e-10
OF_MOMENTS = ("classical", *POWER_OF_FREE_SHARE)
DEFINED = ("classical", "HC0", "HC1", "CR0", "CR1S", "CR2", "CR3")


@dataclass(frozen=True, eq=False)
class FixedEffects:
    """A regression within groups, k coefficients without an intercept.

    Attributes:
        coefficients: k.
        r_squared: Of what the effects leave of the outcome's variation.
        df_resid: Rows less coefficients and groups.
        uncertainties: Covariance → how sure the coefficients are. Classical, HC1 and CR1S count the effects among the
            parameters.
    """

    coefficients: Vector
    r_squared: float
    df_resid: int
    uncertainties: dict[Covariance, Uncertainty]


def suffice(moments: GroupMoments, kinds: Collection[Covariance]) -> bool:
    """Tell whether a regression within groups can be had from moments, exactly and with these covariances."""
    if moments.products is None or any(kind not in OF_MOMENTS for kind in kinds):
        return False
    within = moments.within[1:, 1:]
    if not (np.diag(within) > LEAST_WITHIN * np.diag(moments.product)[1:]).all():
        return False
    lengths = np.sqrt(np.diag(within))
    values = np.linalg.eigvalsh(within / np.outer(lengths, lengths))
    return bool(values[0] * LARGEST_CONDITION**2 > values[-1])


def fit_from_moments(moments: GroupMoments, kinds: Collection[Covariance]) -> FixedEffects:
    """Fit within groups from their cross-products: one reading of the rows.

    Args:
        moments: That ``suffice``.
        kinds: Covariances: classical, or clustered on the groups.

    References:
        Cameron and Miller (2015), Journal of Human Resources 50(2), section III.B (effects within clusters).
        Pustejovsky and Tipton (2018), theorem 2 (CR2). R: ``plm(model = "within")``, ``fixest::feols(y ~ x | g)``.
    """
    k = len(moments.sums) - 2
    within = moments.within[1:, 1:]
    lengths = np.sqrt(np.diag(within))
    whole = np.asarray(np.linalg.cholesky(within / np.outer(lengths, lengths)).T * lengths, dtype=float)
    root = inverse_of_triangle(whole[:k, :k])
    solved: Vector = root @ whole[:k, k]
    scales, of_outcome = moments.standard.scales[1:-1], float(moments.standard.scales[-1])
    squares, df_resid = float(whole[k, k] ** 2), moments.n_obs - moments.n_groups - k
    back = of_outcome / scales
    uncertainties: dict[Covariance, Uncertainty] = {}
    of_groups = _cluster_moments(moments, solved, root) if any(kind != "classical" for kind in kinds) else None
    for kind in kinds:
        if of_groups is None or kind == "classical":
            found = Uncertainty(squares / df_resid * root @ root.T, np.full(k, float(df_resid)))
        else:
            found = _clustered(of_groups, cast("Clustered", kind))
        covariance = found.covariance * np.outer(back, back)
        corrected = None if found.corrected is None else _in_units(found.corrected, covariance, scales)
        uncertainties[kind] = replace(found, covariance=covariance, corrected=corrected)
    return FixedEffects(solved * back, 1 - squares / float(within[k, k]), df_resid, uncertainties)


def _in_units(found: ClusterCovariance, covariance: Matrix, scales: Vector) -> ClusterCovariance:
    """Return what standardised columns came to in units of the columns as they are."""
    squares = np.outer(scales, scales)
    return ClusterCovariance(covariance, found.adjusted * squares, found.squared * squares, found.bread / squares)


def _cluster_moments(moments: GroupMoments, solved: Vector, root: Matrix) -> ClusterMoments:
    """Return each group's cross-products and scores within, of the standardised columns without the intercept."""
    means, products = moments.means[1:], cast("Matrix", moments.products)[1:, 1:]
    within = (products - means[:, None] * moments.sums[None, 1:]).transpose(2, 0, 1)
    inner = np.ascontiguousarray(within[:, :-1, :-1])
    scores = within[:, :-1, -1] - inner @ solved
    return ClusterMoments(inner, scores, root @ root.T, root, moments.n_obs, moments.n_groups)


def _clustered(moments: ClusterMoments, kind: Clustered) -> Uncertainty:
    k, found = moments.n_coefficients, cluster_covariance(moments, kind)
    is_corrected = POWER_OF_FREE_SHARE[kind] < 0
    df = found.satterthwaite_df(np.eye(k)) if is_corrected else np.full(k, moments.n_clusters - 1.0)
    n_decided = int(decided_by_one_cluster(moments).sum())
    corrected = found if is_corrected and found.adjusted.size + found.squared.size <= MOST_KEPT else None
    return Uncertainty(found.covariance, df, moments.n_clusters, n_decided, corrected=corrected)


def fit_from_rows(
    blocks: Blocks, moments: GroupMoments, kinds: Collection[Covariance], terms: tuple[str, ...]
) -> FixedEffects:
    """Fit within groups from rows less their group's means: two further readings of the rows.

    Args:
        blocks: The rows with the codes of their groups, the intercept first; sorted by group for CR2 and CR3.
        moments: Of the same rows, for their groups' means.
        kinds: Covariances: classical, HC0, HC1, or clustered on the groups.
        terms: Names of the k coefficients.

    Raises:
        ModelDataError: If a regressor does not vary within groups, or follows from others there.
    """
    inner, k = less_means(blocks, moments), len(terms)
    factored = factor(inner, has_intercept=False)
    _refuse_dependent(factored, moments, terms)
    found = solve_blocks(inner, factored, kinds, has_intercept=False)
    n_parameters = k + moments.n_groups
    uncertainties: dict[Covariance, Uncertainty] = {kind: found.uncertainty(kind, n_parameters) for kind in kinds}
    share = 1 - found.squares / found.total
    return FixedEffects(found.coefficients, share, moments.n_obs - n_parameters, uncertainties)


def less_means(blocks: Blocks, moments: GroupMoments) -> Blocks:
    """Return the rows without the intercept, each column less its group's mean."""
    means = moments.raw_means()

    def read() -> Iterator[Block]:
        for block in blocks():
            if block.clusters is None:
                raise ValueError("means of groups need the groups of the rows")
            of_row = means[:, block.clusters]
            yield Block(block.columns[1:] - of_row[1:-1], block.outcome - of_row[-1], block.weights, block.clusters)

    return read


def refuse_unfit_within(moments: GroupMoments, terms: tuple[str, ...], outcome: str) -> None:
    """Raise ModelDataError when rows cannot carry a regression with an effect of every group."""
    refuse_few(moments.n_obs, len(terms) + moments.n_groups)
    product, within = np.diag(moments.product), np.diag(moments.within)
    is_fixed = within <= NO_VARIATION * product
    fixed = [term for term, is_so in zip(terms, is_fixed[1:-1], strict=True) if is_so]
    if fixed:
        listed = ", ".join(f"'{term}'" for term in fixed)
        raise ModelDataError(
            f"{listed} does not vary within any group, so that the groups' effects swallow it; take it out of the "
            "model, or use a random intercept or the means of the groups"
        )
    if is_fixed[-1]:
        raise ModelDataError(
            f"the outcome '{outcome}' is the same within every group; expected variation; use a regression of groups"
        )


def _refuse_dependent(factored: Factored, moments: GroupMoments, terms: tuple[str, ...]) -> None:
    k, scales = len(terms), factored.standard.scales[:-1]
    of_rows = np.sqrt(np.diag(moments.product)[1:-1]) * moments.standard.scales[1:-1]
    refuse_dependencies(dependencies_of(factored.triangle[:k, :k] * scales, of_rows, list(terms)))
