"""What a measurement specification says: scales measured together, and what must hold before their scores are used.

Put here what such a file says; what is computed from it is in ``models.measurement``.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec, Texts, Words
from models.measurement.aggregation.nulls import Null
from models.measurement.aggregation.rule import AggregationRule

Level = Literal["configural", "threshold", "metric", "scalar", "strict"]
LEVELS: tuple[Level, ...] = ("configural", "threshold", "metric", "scalar", "strict")
"""From the weakest to the strictest; thresholds exist only for ordered items."""
BETWEEN_FORMS = "form"
"""What a comparison is over that sets answers about oneself beside answers of others in the parallel scale."""


class Comparison(Spec):
    """Groups in which a score is to mean the same.

    Attributes:
        over: ``wave``, ``language``, ``respondent_group``, ``source``, a category of the analysis table, or ``form``:
            answers about oneself beside those of observers to the parallel scale of every scale.
        level: The level of invariance that must hold: ``metric`` to compare relations, ``scalar`` to compare means.
        may_be_partial: Whether the level counts as held when at most half of the items differ.
    """

    over: Name
    level: Level = "scalar"
    may_be_partial: bool = True


class InvarianceRule(Spec):
    """What a step of invariance may cost.

    Attributes:
        largest_fall_of_cfi: Cheung and Rensvold (2002) propose .01.
        largest_rise_of_rmsea: Chen (2007) proposes .015.
        alpha: Level of the difference test that must not reject; 0 leaves the test out.
    """

    largest_fall_of_cfi: float = Field(default=0.01, gt=0, lt=1)
    largest_rise_of_rmsea: float = Field(default=0.015, gt=0, lt=1)
    alpha: float = Field(default=0.0, ge=0, lt=1)


class ReliabilityGate(Spec):
    """How reliable a score must be.

    Attributes:
        coefficient: ``alpha``, ``omega`` (one factor of continuous items, denominator implied by the model) or
            ``ordered_omega`` (Green and Yang, one factor of ordered items, denominator implied by the model).
        at_least: Between 0 and 1.
        judged_by: Whether the ``estimate`` must reach it or the lower end of its 95 % interval, ``conf_low``; ordered
            omega has no interval.
    """

    coefficient: Literal["alpha", "omega", "ordered_omega"] = "omega"
    at_least: float = Field(default=0.7, gt=0, lt=1)
    judged_by: Literal["estimate", "conf_low"] = "estimate"

    @model_validator(mode="after")
    def _has_an_interval(self) -> Self:
        if self.coefficient == "ordered_omega" and self.judged_by == "conf_low":
            raise ValueError("ordered_omega has no interval; write judged_by: estimate, or coefficient: omega")
        return self


class FitGate(Spec):
    """How well the model must fit; robust indices where the estimator gives them.

    Attributes:
        cfi_at_least: Comparative fit index.
        rmsea_at_most: Root mean square error of approximation.
        srmr_at_most: Standardised root mean square residual.
    """

    cfi_at_least: float = Field(default=0.90, gt=0, le=1)
    rmsea_at_most: float = Field(default=0.08, gt=0, lt=1)
    srmr_at_most: float = Field(default=0.10, gt=0, lt=1)


class AgreementGate(Spec):
    """The rule by which a scale may be averaged to the organisation; each condition must hold in every wave.

    Conditions set to null are left out.

    Attributes:
        icc_1_at_least: Share of variance between organisations.
        f_test_below: The p-value of the F test that organisations do not differ stays below it.
        rwg_j_at_least: Median r_wg(j) over organisations.
        null_distribution: What agreement is measured against; others than ``uniform`` exist for 5 to 11 points.
        icc_2_at_least: Reliability of the organisation means.
        members_at_least: Median number of members with every item answered.
        organisations_at_least: Organisations with two scores or more.
    """

    icc_1_at_least: float | None = Field(default=0.05, ge=0, lt=1)
    f_test_below: float | None = Field(default=0.05, gt=0, lt=1)
    rwg_j_at_least: float | None = Field(default=0.70, ge=0, le=1)
    null_distribution: Null = "uniform"
    icc_2_at_least: float | None = Field(default=None, ge=0, le=1)
    members_at_least: float | None = Field(default=None, ge=2)
    organisations_at_least: int = Field(default=2, ge=2)

    @property
    def rule(self) -> AggregationRule:
        """The conditions as the judge of aggregation takes them."""
        return AggregationRule(
            least_icc_1=self.icc_1_at_least,
            alpha=self.f_test_below,
            least_median_rwg_j=self.rwg_j_at_least,
            least_icc_2=self.icc_2_at_least,
            fewest_members=self.members_at_least,
            fewest_organisations=self.organisations_at_least,
        )


class Gates(Spec):
    """What must hold before a score enters a comparison or a regression.

    Attributes:
        reliability: Left out, it is not asked for.
        fit: Left out, it is not asked for.
        agreement: Whether scores may be averaged to the organisation; left out, it is not asked for.
        when_not_met: ``block``: models that need the score are refused with the reason; ``mark``: they are made and say
            so. The dashboard compares only what was shown, whatever stands here.
    """

    reliability: ReliabilityGate | None = None
    fit: FitGate | None = None
    agreement: AgreementGate | None = None
    when_not_met: Literal["block", "mark"] = "mark"


class MeasurementSpec(Spec):
    """Scales that are measured together, in words.

    Attributes:
        name: The file's name without ``.yaml``.
        kind: ``measurement``.
        title: Title by language.
        because: Why these scales belong together; plain words, or words by language.
        scales: Reflective scales; each is a factor of its own items.
        second_order: Factor of factors → its scales.
        residuals_together: Pairs of items that share more than their factor.
        estimator: ``wlsmv`` for ordered answers, ``mlr`` for answers taken as continuous, gaps included, ``ml`` for
            normal ones.
        respondent_groups: Respondent groups whose answers are modelled, each alone; all that were asked when empty.
        waves: Waves whose answers are used, together; all when empty.
        clusters: Whether standard errors allow for organisations.
        comparisons: Groups in which the scores are to mean the same.
        invariance: What a step of invariance may cost.
        gates: What must hold before scores are used.
    """

    name: Name
    kind: Literal["measurement"]
    title: Texts
    because: Words = {}
    scales: tuple[Name, ...] = Field(min_length=1)
    second_order: dict[Name, tuple[Name, ...]] = {}
    residuals_together: tuple[tuple[Name, Name], ...] = ()
    estimator: Literal["wlsmv", "mlr", "ml"] = "wlsmv"
    respondent_groups: tuple[Name, ...] = ()
    waves: tuple[Name, ...] = ()
    clusters: bool = True
    comparisons: tuple[Comparison, ...] = ()
    invariance: InvarianceRule = InvarianceRule()
    gates: Gates = Gates()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if len(set(self.scales)) < len(self.scales):
            raise ValueError("a scale is named twice; name each once")
        for factor, parts in self.second_order.items():
            strangers = [each for each in parts if each not in self.scales]
            if strangers:
                raise ValueError(
                    f"second_order '{factor}' has the part '{strangers[0]}', which is not among the scales"
                )
            if factor in self.scales:
                raise ValueError(f"second_order '{factor}' is called like a scale; give it a name of its own")
        over = [each.over for each in self.comparisons]
        if len(set(over)) < len(over):
            raise ValueError("two comparisons are over the same groups; keep one")
        if self.estimator != "wlsmv" and any(each.level == "threshold" for each in self.comparisons):
            raise ValueError("only ordered items have thresholds; write level: metric, or estimator: wlsmv")
        if self.estimator == "ml" and self.clusters:
            raise ValueError("estimator ml takes responses as independent; write estimator: mlr, or clusters: false")
        return self
