"""Whether a scale may be averaged to the organisation: a rule with thresholds, and its verdict with every reason.

Put here the decision; the figures come from ``evidence``, their wording for readers from elsewhere.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Code = Literal[
    "too_few_organisations",
    "too_few_members",
    "icc_1_too_low",
    "organisations_do_not_differ",
    "agreement_too_low",
    "icc_2_too_low",
]


@dataclass(frozen=True)
class AggregationRule:
    """What must hold; None leaves a condition out.

    Attributes:
        least_icc_1: Of ICC(1); LeBreton and Senter (2008) call .01 small, .10 medium and .25 large.
        alpha: Level at which the F test must reject that organisations do not differ.
        least_median_rwg_j: Of the median r_wg(j) over organisations (.70, Lance, Butts and Michels, 2006, on its
            origin).
        least_icc_2: Of ICC(2).
        fewest_members: Of the median number of members that answered.
        fewest_organisations: With two members or more.
    """

    least_icc_1: float | None = 0.05
    alpha: float | None = 0.05
    least_median_rwg_j: float | None = 0.70
    least_icc_2: float | None = None
    fewest_members: float | None = None
    fewest_organisations: int = 2


@dataclass(frozen=True)
class Evidence:
    """What is known of a scale; NaN where undefined.

    Attributes:
        icc_1: ICC(1).
        icc_2: ICC(2).
        p_value: Of the F test.
        median_rwg_j: Over organisations with two members or more.
        median_members: Likewise.
        n_organisations: With two members or more.
    """

    icc_1: float
    icc_2: float
    p_value: float
    median_rwg_j: float
    median_members: float
    n_organisations: int


@dataclass(frozen=True)
class Condition:
    """One condition and whether it holds.

    Attributes:
        code: What is wrong when it does not hold.
        value: The figure; NaN where undefined, and the condition does not hold then.
        threshold: What the rule asks for.
        asked: Whether the figure must reach the threshold or stay below it.
        holds: The verdict.
    """

    code: Code
    value: float
    threshold: float
    asked: Literal["at_least", "below"]
    holds: bool


@dataclass(frozen=True)
class Verdict:
    """Whether a scale may be averaged.

    Attributes:
        conditions: Every condition of the rule, in its order.
    """

    conditions: tuple[Condition, ...]

    @property
    def may_be_averaged(self) -> bool:
        """Whether every condition holds."""
        return all(each.holds for each in self.conditions)

    @property
    def reasons(self) -> tuple[Condition, ...]:
        """What speaks against it; empty when it may be averaged."""
        return tuple(each for each in self.conditions if not each.holds)


def judge_aggregation(evidence: Evidence, rule: AggregationRule) -> Verdict:
    """Judge whether answers may be averaged to the organisation; a figure that is undefined never meets a condition."""
    asked: tuple[tuple[Code, float, float | None, Literal["at_least", "below"]], ...] = (
        ("too_few_organisations", evidence.n_organisations, rule.fewest_organisations, "at_least"),
        ("too_few_members", evidence.median_members, rule.fewest_members, "at_least"),
        ("icc_1_too_low", evidence.icc_1, rule.least_icc_1, "at_least"),
        ("organisations_do_not_differ", evidence.p_value, rule.alpha, "below"),
        ("agreement_too_low", evidence.median_rwg_j, rule.least_median_rwg_j, "at_least"),
        ("icc_2_too_low", evidence.icc_2, rule.least_icc_2, "at_least"),
    )
    return Verdict(
        tuple(
            Condition(code, float(value), float(threshold), sense, _holds(value, threshold, sense))
            for code, value, threshold, sense in asked
            if threshold is not None
        )
    )


def _holds(value: float, threshold: float, sense: Literal["at_least", "below"]) -> bool:
    if np.isnan(value):
        return False
    return value >= threshold if sense == "at_least" else value < threshold
