"""What a model specification says: what is explained, by what, for whom, with which inference. No data."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec, Texts, Words
from models.sections.comparisons import CompetingForms, Together, fitting_comparisons, refuse_unfit_comparisons
from models.sections.composition import Composition, refuse_unfit_composition
from models.sections.corrected import Correction, corrections_of_means, names_corrected, refuse_unfit_corrections
from models.sections.dyads import refuse_unfit_dyads
from models.sections.figures import Figures, refuse_unfit_figures, variables_of_figures
from models.sections.imputation import Missing, refuse_imputation_of
from models.sections.inference import (
    FIGURES,
    MIXED,
    OF_CLUSTERS,
    PANEL,
    PATHS,
    UNCLUSTERED,
    Covariance,
    Estimator,
    cautious_covariance,
    refuse_keys_of_other_estimators,
    refuse_unfit_covariance,
)
from models.sections.marginal import WorkingCorrelation, refuse_unfit_equations
from models.sections.nonresponse import covariance_of, refuse_unfit_nonresponse
from models.sections.panel import Level, Panel, effects_in, refuse_mixed_panel, refuse_rows_without
from models.sections.paths import Paths, refuse_unfit_paths, variables_beside
from models.sections.population import Population
from models.sections.random_effects import (
    DegreesOfFreedom,
    Likelihood,
    QuadraturePoints,
    RandomEffects,
    refuse_unfit_random_effects,
)
from models.sections.regressors import (
    Interaction,
    Regressor,
    Sign,
    Surface,
    Variable,
    as_variable,
    parts_of,
    refuse_strange_names,
    refuse_strange_regressors,
    refuse_unfit_regressors,
    with_coefficients,
    without_focal,
)
from models.sections.sample_design import SampleDesign, refuse_mixed_design
from models.sections.variants import Expected, Variant, changes_of, variants_without


def _outcome_in(said: dict[str, str]) -> str:
    return said.get("outcome", "")


class RegressionSpec(Spec):
    """A regression in words.

    Attributes:
        name: The file's name without ``.yaml``.
        kind: ``regression``.
        code: Short name of the hypothesis in publications, such as H1.
        title: Title by language.
        hypothesis: What is expected and why; plain words, or words by language.
        estimand: What is to be known; plain words, or words by language.
        population: Which responses are used.
        without_items: Items that scales are scored without; enough answers are the same share as ever.
        level: What a row is: a ``response``, or an organisation (``organisation``, ``organisation_and_wave``).
        estimator: ``linear``; ``logit`` or ``probit`` of an outcome of 0 and 1, ``firth_logit`` of one that regressors
            foretell (separation), ``misclassified_logit`` of a code seen with errors; ``ordered_logit`` or
            ``ordered_probit`` of three or more ordered values; ``multinomial`` of categories without order;
            ``poisson`` of counts, ``negative_binomial`` of counts that vary more; of units in waves:
            ``within`` units, ``between`` their means, ``within_between`` (random effects with the units' means as
            regressors, Mundlak), ``random_effects`` (with the Hausman test) or ``first_differences``;
            ``mixed``: linear, with effects that differ between groups (multilevel);
            ``mixed_logit``, ``mixed_ordered_logit`` or ``mixed_ordered_probit``: with random intercepts, effects within
            a group; ``gee_linear``, ``gee_logit`` or ``gee_poisson``: estimating equations, effects in the population;
            paths: ``mediation``, ``mediation_across_levels`` (within clusters and between their latent means),
            ``cross_lagged_panel`` (RI-CLPM), ``latent_growth``, ``two_outcomes`` explained together; figures of the
            population, without regressors: ``population_mean``, ``_total``, ``_ratio``, ``_quantiles``.
        panel: What a unit is; for those estimators.
        dyads: Kind of dyads of the other members and of the groups ``dyad_id``, who share one, such as a manager.
        fixed_effects: Column whose groups have an effect each that is taken out, such as organisation_id, or two.
        random_effects: Of a mixed model the effects that differ between groups; intercepts only but for ``mixed``.
        degrees_of_freedom: Of ``mixed``, classical: ``satterthwaite`` (left out too), or ``kenward_roger``.
        likelihood: Of a ``mixed`` model: ``REML`` (left out too), or ``ML``.
        quadrature_points: Of a categorical mixed model with one random intercept; 1 is Laplace's. Left out: 11.
        working_correlation: Of ``gee_`` models: ``exchangeable`` (left out too), ``ar1`` over waves, ``independence``.
        paths: What lies between, over waves, or beside, of an estimator of paths.
        figures: Domains, denominator, quantiles and subpopulation of figures of the population.
        outcome: A scale or a number; for ``multinomial`` an item with categories.
        outcome_reference: Category of a ``multinomial`` outcome that others are compared with; left out, the first.
        composition: Parts of a whole, the outcome among them; coefficients are of its log-ratio to the others.
        by_threshold: Regressors of an ordered outcome whose effect may differ between thresholds, written the same way
            as there; the others have one effect at all thresholds (proportional odds).
        bootstrap_draws: Behind intervals of average effects; left out, 499 up to 20,000 responses; replicates of
            ``unit_bootstrap``, left out, 500.
        focal: The regressor or product of interest; of figures of the population, left out, the outcome.
        regressors: Names, or names with a use, interactions, or a response surface; the intercept is always there.
        corrected: Variables whose organisation means are corrected for few answers or errors of measurement.
        covariance: ``classical``, ``HC0`` to ``HC3`` without clusters; ``CR0``, ``CR1S``, ``CR2`` or ``CR3`` with
            clusters; ``design`` with a design, of figures also by replicate weights (``unit_jackknife``,
            ``balanced_halves``, ``unit_bootstrap``); ``jackknife`` with corrected means. Left out: ``CR2`` with a
            cluster, ``CR1S`` with two, else ``HC3``; for an ordered or multinomial outcome ``CR1S`` or ``HC0``;
            ``firth_logit`` and categorical mixed models have ``classical`` only; ``mixed``, left out, too; estimating
            equations ``classical`` (true working correlation), ``CR0`` and, left out, ``CR3`` (Mancl and DeRouen).
        cluster: Column whose values are the clusters, or two such columns; of units in waves, left out, the units.
        design: How responses were sampled; for ``linear``, ``logit``, ``ordered_logit``, figures; without a cluster.
        weights: Column of weights, such as ``analysis_weight``; of rows of organisations also ``number_of_answers``.
        missing: ``listwise``: responses that miss a variable of the model are left out; ``multiple_imputation``, or a
            section: they are imputed; those who answered are weighted for those who did not; or silence is modelled.
        confidence_level: Of the intervals, between 0 and 1.
        expected_sign: Of the focal regressor.
        also_expected: What is expected of further regressors.
        because: Why a control is in the model, by variable.
        smallest_effect_of_interest: In units of the outcome.
        together: Regressors that go together, compared by importance and by a penalty (ridge); for ``linear``.
        competing_forms: Forms in which scores may enter, compared by what they predict; for ``linear``.
        family: Within which the focal p-value is adjusted for multiplicity; left out, the code of the hypothesis.
        variants: Deviations declared in advance.
    """

    name: Name
    kind: Literal["regression"]
    code: str = ""
    title: Texts
    hypothesis: Words = {}
    estimand: Words
    population: Population = Population()
    without_items: tuple[Name, ...] = ()
    level: Level = "response"
    estimator: Estimator = "linear"
    panel: Panel | None = None
    dyads: Name | None = None
    fixed_effects: Name | tuple[Name, Name] | None = None
    random_effects: tuple[RandomEffects, ...] = ()
    degrees_of_freedom: DegreesOfFreedom | None = None
    likelihood: Likelihood | None = None
    quadrature_points: QuadraturePoints | None = None
    working_correlation: WorkingCorrelation | None = None
    paths: Paths | None = None
    figures: Figures | None = None
    outcome: Name
    outcome_reference: str | int | None = None
    composition: Composition | None = None
    by_threshold: tuple[Name | Variable | Interaction, ...] = ()
    bootstrap_draws: int | None = Field(default=None, ge=0, le=10_000)
    focal: Name | Variable | Interaction = Field(default_factory=_outcome_in)
    regressors: tuple[Name | Variable | Interaction | Surface, ...] = ()
    corrected: tuple[Correction, ...] = ()
    covariance: Covariance | None = None
    cluster: Name | tuple[Name, Name] | None = None
    design: SampleDesign | None = None
    weights: Name | None = None
    missing: Missing = "listwise"
    confidence_level: float = Field(default=0.95, gt=0.5, lt=1)
    expected_sign: Sign = "none"
    also_expected: tuple[Expected, ...] = ()
    because: dict[Name, str] = {}
    smallest_effect_of_interest: float | None = None
    together: Together | None = None
    competing_forms: CompetingForms | None = None
    family: Name | None = None
    variants: tuple[Variant, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        self._refuse_what_does_not_go_together()
        names = [variant.name for variant in self.variants]
        if len({"main", *names}) < len(names) + 1:
            raise ValueError("every variant needs a name of its own, other than main")
        for regressors in (self.regressors, *(variant.regressors or () for variant in self.variants)):
            refuse_unfit_regressors(regressors, self.outcome)
        self._refuse_strangers()
        refuse_unfit_comparisons(self)
        return self

    def _refuse_what_does_not_go_together(self) -> None:
        for name in ("main", *(variant.name for variant in self.variants)):
            said = self.with_variant(name)
            refuse_mixed_panel(said.estimator, said.panel, effects_in(said.fixed_effects), said.level)
            refuse_imputation_of(said)
            refuse_unfit_nonresponse(said)
            refuse_unfit_composition(said.composition, said.outcome, said.estimator, said.level, said.missing)
            refuse_rows_without(
                said.level, said.estimator, said.weights, said.variables(), (*said.clusters(), *said.random_groups())
            )
            refuse_unfit_random_effects(said)
            refuse_unfit_equations(said.estimator, said.working_correlation, said.clusters(), said.weights)
            refuse_unfit_corrections(said)
            refuse_unfit_dyads(said)
            refuse_unfit_paths(said)
            refuse_unfit_figures(said)
            refuse_keys_of_other_estimators(
                said.estimator,
                clusters=said.clusters(),
                by_threshold=bool(said.by_threshold),
                reference=said.outcome_reference is not None,
                draws=said.bootstrap_draws or 0,
            )
            groups = (*said.clusters(), *said.effects())
            refuse_mixed_design(said, groups)
            refuse_unfit_covariance(said.estimator, said.covariance, said.clusters())
            if said.estimator not in FIGURES and parts_of(said.focal) not in with_coefficients(said.regressors):
                raise without_focal(name, said.focal)

    def clusters(self) -> tuple[str, ...]:
        """Return the columns whose values are clusters; none for a covariance without clusters.

        Rows of a unit go together: a model of units in waves that names no cluster has the units as clusters.
        """
        if self.estimator not in OF_CLUSTERS and self.covariance in UNCLUSTERED:
            return ()
        if self.estimator in MIXED and self.covariance is None:
            return ()
        if self.cluster is None:
            return (self.panel.column,) if self.panel is not None and self.estimator in PANEL else ()
        return self.cluster if isinstance(self.cluster, tuple) else (self.cluster,)

    def effects(self) -> tuple[str, ...]:
        """Return the columns whose groups' effects are taken out: none, one or two."""
        if self.estimator == "within" and self.panel is not None:
            return (self.panel.column,)
        return effects_in(self.fixed_effects)

    def random_groups(self) -> tuple[str, ...]:
        """Return the columns whose values make groups with effects of their own, each once."""
        return tuple(dict.fromkeys(column for each in self.random_effects for column in each.columns))

    def covariance_used(self) -> Covariance:
        """Return the covariance; the cautious one where the model names none."""
        if self.corrected or self.design is not None:
            return "jackknife" if self.corrected else self.covariance or "design"
        return covariance_of(self) or cautious_covariance(self.estimator, len(self.clusters()))

    def _refuse_strangers(self) -> None:
        """Raise ValueError when something is said of a regressor that the model does not have."""
        every = (self.regressors, *(variant.regressors or () for variant in self.variants))
        said = [("also_expected", each.regressor) for each in self.also_expected]
        said += [("by_threshold", each) for model in (self, *self.variants) for each in model.by_threshold or ()]
        refuse_strange_regressors(said, [parts for regressors in every for parts in with_coefficients(regressors)])
        named = {"because explains": set(self.because), "corrected names": set(names_corrected(self.corrected))}
        refuse_strange_names(named, {each.variable for each in self.variables()})

    def regressors_as_variables(self) -> list[Regressor]:
        """Return the regressors with every plain name written out as a variable used as a number."""
        return [as_variable(each) if isinstance(each, str) else each for each in self.regressors]

    def lone_variables(self) -> list[Variable]:
        """Return the variables that have a coefficient of their own: alone, or as a report of a surface."""
        return [part for each in self.regressors if not isinstance(each, Interaction) for part in parts_of(each)]

    def surface(self) -> Surface | None:
        """Return the response surface among the regressors, if there is one."""
        return next((each for each in self.regressors if isinstance(each, Surface)), None)

    def variables(self) -> list[Variable]:
        """Return every variable on the right-hand side of the model and its variants, interactions taken apart."""
        every = (self.regressors, *(variant.regressors or () for variant in self.variants))
        beside = [each for model in (self, *self.variants) for each in variables_beside(model.paths)]
        beside += [each for model in (self, *self.variants) for each in variables_of_figures(model.figures)]
        return [*(part for regressors in every for each in regressors for part in parts_of(each)), *beside]

    def with_exclusions(self, rules: Iterable[str]) -> "RegressionSpec":
        """Return the model with a further variant for each exclusion rule; see ``variants.variants_without``."""
        added = variants_without(rules, self.population, self.variants)
        return self.model_copy(update={"variants": (*self.variants, *added)})

    def with_variant(self, name: str) -> "RegressionSpec":
        """Return the model as a variant changes it, without variants; ``main`` is the model itself.

        What is said of regressors that it does not have is left out, so that it is a whole model by itself.
        """
        variant = next((each for each in self.variants if each.name == name), None)
        if variant is None and name != "main":
            raise ValueError(f"the model {self.name} has no variant {name}")
        changes = {} if variant is None else changes_of(variant)
        changed = self.model_copy(update={"variants": (), **changes})
        panel = changed.panel if changed.estimator in (*PANEL, *PATHS) else None
        return changed.model_copy(update={"panel": panel})._without_strangers()  # noqa: SLF001 - its own class

    def _without_strangers(self) -> "RegressionSpec":
        """Return the model without what is said of regressors that it does not have."""
        known = with_coefficients(self.regressors)
        names = {each.variable for each in self.variables()}
        return self.model_copy(
            update={
                "also_expected": tuple(each for each in self.also_expected if parts_of(each.regressor) in known),
                "corrected": corrections_of_means(self),
                "by_threshold": tuple(each for each in self.by_threshold if parts_of(each) in known),
                "because": {name: reason for name, reason in self.because.items() if name in names},
                **fitting_comparisons(self),
            }
        )
