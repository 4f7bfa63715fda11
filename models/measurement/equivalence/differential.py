r"""Differential item functioning by ordinal logistic regression: do groups answer differently at the same level?

Proportional odds models of the item: (1) the matching score, (2) score and group, (3) score, group and their product.
Likelihood ratio tests: (2) against (1) uniform, (3) against (2) non-uniform, (3) against (1) both. The size is how much
pseudo R^2 rises. The matching score is the mean of the other items; purified, of the others that show no DIF, judged
anew until the set no longer changes. A score of few items measures with error: where groups differ much in level,
unbiased items may then look biased. Likelihood ratio tests take responses as independent and are too sharp where those
of one organisation are alike; with organisations given, items are judged by Wald tests of the same slopes that allow
for them (``cluster_tests``, CR1).

References:
    Zumbo (1999), A handbook on the theory and methods of differential item functioning; Jodoin and Gierl (2001),
    Applied Measurement in Education 14, 329-349 (Nagelkerke .035 and .070); Zumbo and Thomas (1997) (.13 and .26);
    Crane, Gibbons, Jolley and van Belle (2006), Medical Care 44, S115-S123 (McFadden .02). R: differences of
    ``MASS::polr`` or ``ordinal::clm`` fits.
"""

# pyright: reportMissingTypeStubs=false

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from instruments.faults import UsageError
from models.estimates import Matrix
from models.measurement.equivalence.cluster_tests import ClusteredTests, Members, clustered_tests
from models.measurement.equivalence.ordinal_logit import CountedAnswers, OrdinalLogit, fit_ordinal_logit

Measure = Literal["nagelkerke", "mcfadden"]
Size = Literal["none", "negligible", "moderate", "large"]
FEWEST_GROUPS = 2
FEWEST_ITEMS = 2
MOST_ROUNDS = 20


@dataclass(frozen=True)
class FunctioningRule:
    """When an item counts as functioning differently.

    Attributes:
        alpha: Level of the test of both kinds together.
        measure: Pseudo R^2 that is looked at.
        moderate: Rise from which it is moderate, and the item flagged.
        large: Rise from which it is large.
    """

    alpha: float = 0.01
    measure: Measure = "nagelkerke"
    moderate: float = 0.035
    large: float = 0.070


JODOIN_GIERL = FunctioningRule()
ZUMBO_THOMAS = FunctioningRule(moderate=0.13, large=0.26)
CRANE = FunctioningRule(measure="mcfadden", moderate=0.02, large=np.inf)
"""Names one cut-off only."""


@dataclass(frozen=True)
class LikelihoodRatio:
    """One comparison of two models.

    Attributes:
        statistic: Chi-square; NaN where a model could not be fitted.
        df: Degrees of freedom.
        p_value: Probability of a larger value without DIF.
        mcfadden: Rise of McFadden's pseudo R^2.
        nagelkerke: Rise of Nagelkerke's.
    """

    statistic: float
    df: int
    p_value: float
    mcfadden: float
    nagelkerke: float


@dataclass(frozen=True)
class ItemFunctioning:
    """One item.

    Attributes:
        item: Its name.
        matched_on: Items of the matching score.
        n_obs: Responses with the item, the score and a group.
        uniform: Group beside the score.
        non_uniform: Their product beside both.
        both: Both together.
        log_odds: Of a higher answer, of every group but the first against it, at the same score (model 2).
        clustered: Tests that allow for organisations; None without organisations or without finite estimates.
        size: ``none`` where the test of both does not reject, that of ``clustered`` where there is one; else by the
            rule.
        reason: ``constant_item``, ``constant_score``, ``separated`` (a model has no finite estimates),
            ``few_organisations`` (no more than slopes; nothing is flagged) or empty.
    """

    item: str
    matched_on: tuple[str, ...]
    n_obs: int
    uniform: LikelihoodRatio
    non_uniform: LikelihoodRatio
    both: LikelihoodRatio
    log_odds: tuple[float, ...]
    clustered: ClusteredTests | None
    size: Size
    reason: str = ""

    @property
    def is_flagged(self) -> bool:
        """Whether the item functions differently to a degree that matters."""
        return self.size in ("moderate", "large")


@dataclass(frozen=True, eq=False)
class Functioning:
    """All items of a scale.

    Attributes:
        groups: Names in ascending order; the first is the reference.
        items: One an item.
        n_rounds: Times that the items were judged.
        has_settled: Whether the flagged items were the same at the end; False also when too few were left to match on.
    """

    groups: tuple[str, ...]
    items: tuple[ItemFunctioning, ...]
    n_rounds: int
    has_settled: bool


def differential_functioning(
    items: pd.DataFrame,
    groups: pd.Series,
    rule: FunctioningRule = JODOIN_GIERL,
    *,
    clusters: pd.Series | None = None,
    is_purified: bool = False,
) -> Functioning:
    """Test every item of a scale.

    Args:
        items: One row a response (n), one column an item (k), reverse-scored items turned round, missing as NA;
            responses with a missing item are left out.
        groups: Group of each response; responses without one are left out.
        rule: When an item is flagged.
        clusters: Organisation of each response; responses without one are left out. None for independent responses.
        is_purified: Whether flagged items leave the matching score.

    Raises:
        UsageError: If there are fewer than two items or two groups.
    """
    codes = items.to_numpy(dtype=float, na_value=np.nan)
    is_used = np.isfinite(codes).all(axis=1) & groups.notna().to_numpy()
    if clusters is not None:
        is_used &= clusters.notna().to_numpy()
    if codes.shape[1] < FEWEST_ITEMS:
        raise UsageError("a single item cannot be matched on the rest of its scale: give two items or more")
    compared, names = _compared(groups, clusters, is_used, rule)
    if len(names) < FEWEST_GROUPS:
        raise UsageError(f"{len(names)} group with complete answers: differential functioning needs two groups or more")
    labels = [str(each) for each in items.columns]
    seen: list[tuple[int, ...]] = [()]
    found = _round(codes[is_used], labels, compared, ())
    has_settled = not is_purified
    while is_purified and len(seen) < MOST_ROUNDS:
        flagged = tuple(place for place, each in enumerate(found) if each.is_flagged)
        if flagged == seen[-1]:
            has_settled = True
            break
        if flagged in seen or len(labels) - len(flagged) < FEWEST_ITEMS:
            break
        seen.append(flagged)
        found = _round(codes[is_used], labels, compared, flagged)
    return Functioning(names, found, len(seen), has_settled)


@dataclass(frozen=True, eq=False)
class _Compared:
    """Who is compared: group of each response as 0 and 1 (n x k), number of its organisation, and the rule."""

    design: Matrix
    clusters: NDArray[np.intp] | None
    rule: FunctioningRule


def _compared(
    groups: pd.Series, clusters: pd.Series | None, is_used: NDArray[np.bool_], rule: FunctioningRule
) -> tuple[_Compared, tuple[str, ...]]:
    used: pd.Series = groups.loc[is_used]
    members, names = pd.factorize(used, sort=True)
    design = np.eye(len(names))[members][:, 1:]
    numbers = None
    if clusters is not None:
        of_used: pd.Series = clusters.loc[is_used]
        numbers = pd.factorize(of_used, sort=True)[0].astype(np.intp)
    return _Compared(design, numbers, rule), tuple(str(each) for each in names)


def _round(
    codes: Matrix, labels: Sequence[str], compared: _Compared, left_out: tuple[int, ...]
) -> tuple[ItemFunctioning, ...]:
    found: list[ItemFunctioning] = []
    for item in range(len(labels)):
        others = [each for each in range(len(labels)) if each != item and each not in left_out]
        score = codes[:, others].mean(axis=1)
        named = tuple(labels[each] for each in others)
        found.append(_item(labels[item], named, codes[:, item], score, compared))
    return tuple(found)


def _item(
    label: str,
    matched_on: tuple[str, ...],
    answers: NDArray[np.float64],
    score: NDArray[np.float64],
    compared: _Compared,
) -> ItemFunctioning:
    k, rule = compared.design.shape[1], compared.rule
    reason = "constant_item" if np.ptp(answers) == 0 else "constant_score" if np.ptp(score) == 0 else ""
    fits, clustered = ([], None) if reason else _nested(answers, score - score.mean(), compared)
    if not reason and not all(each.has_converged for each in fits):
        reason = "separated"
    if reason:
        return ItemFunctioning(
            item=label,
            matched_on=matched_on,
            n_obs=len(answers),
            uniform=_unknown(k),
            non_uniform=_unknown(k),
            both=_unknown(2 * k),
            log_odds=(np.nan,) * k,
            clustered=None,
            size="none",
            reason=reason,
        )
    plain, with_group, with_product = fits
    both = _ratio(plain, with_product, 2 * k)
    return ItemFunctioning(
        item=label,
        matched_on=matched_on,
        n_obs=len(answers),
        uniform=_ratio(plain, with_group, k),
        non_uniform=_ratio(with_group, with_product, k),
        both=both,
        log_odds=tuple(float(each) for each in with_group.slopes[1:]),
        clustered=clustered,
        size=_size(both, clustered.both.p_value if clustered else both.p_value, rule),
        reason="few_organisations" if clustered and np.isnan(clustered.both.p_value) else "",
    )


def _nested(
    answers: NDArray[np.float64], score: NDArray[np.float64], compared: _Compared
) -> tuple[list[OrdinalLogit], ClusteredTests | None]:
    """Fit the three models to counted combinations of answer, score and group, and test with organisations."""
    rows, places, counts = np.unique(
        np.column_stack([answers, score, compared.design]), axis=0, return_inverse=True, return_counts=True
    )
    categories = np.unique(rows[:, 0], return_inverse=True)[1]
    matched, group = rows[:, 1:2], rows[:, 2:]
    designs = (matched, np.hstack([matched, group]), np.hstack([matched, group, matched * group]))
    counted = [CountedAnswers(categories, each, counts.astype(float)) for each in designs]
    fits = [fit_ordinal_logit(each) for each in counted]
    if compared.clusters is None:
        return fits, None
    members = Members(places.ravel(), compared.clusters, int(compared.clusters.max()) + 1)
    return fits, clustered_tests(counted[1:], fits[1:], members, group.shape[1])


def _ratio(narrow: OrdinalLogit, wide: OrdinalLogit, df: int) -> LikelihoodRatio:
    statistic = max(2 * (wide.log_likelihood - narrow.log_likelihood), 0.0)
    return LikelihoodRatio(
        statistic=statistic,
        df=df,
        p_value=float(chdtrc(df, statistic)),
        mcfadden=wide.mcfadden - narrow.mcfadden,
        nagelkerke=wide.nagelkerke - narrow.nagelkerke,
    )


def _unknown(df: int) -> LikelihoodRatio:
    return LikelihoodRatio(np.nan, df, np.nan, np.nan, np.nan)


def _size(both: LikelihoodRatio, p_value: float, rule: FunctioningRule) -> Size:
    if not p_value < rule.alpha:
        return "none"
    rise = both.nagelkerke if rule.measure == "nagelkerke" else both.mcfadden
    return "large" if rise >= rule.large else "moderate" if rise >= rule.moderate else "negligible"
