"""What a model says of how its responses came into the sample: strata, clusters, sizes of the population."""

from typing import Literal, NamedTuple, Protocol

from pydantic import model_validator

from instruments.spec_file import Name, Spec
from models.sections.inference import FIGURES, REPLICATED, WITH_DESIGN, Covariance, Estimator

OF_DESIGN: Covariance = "design"
BEFORE_CALIBRATION, IS_TRIMMED = "nonresponse_weight", "is_trimmed"
CALIBRATED = ("calibrated_weight", "analysis_weight")
GROUPS_OF_WEIGHTS = ("wave", "respondent_group")
"""Within whose categories responses are weighted."""
CROSSED = " x "


class StageColumns(NamedTuple):
    """Columns of one stage of sampling; None where it has none."""

    clusters: str | None
    strata: str | None
    population_size: str | None


class SampleDesign(Spec):
    """How responses came into the sample; the analysis table is the sample, the model's population a part of it.

    Attributes:
        clusters: Column of the units that were drawn, such as organisation_id, or several, one a stage of sampling, the
            first first; left out, responses were drawn themselves.
        strata: Column of the strata that the units of the first stage were drawn from.
        population_sizes: Column of how many units there are to draw from in the stratum, or several, one a stage (the
            last may be of the responses within the last clusters); left out, so many that it makes no difference.
        lonely_strata: What a stratum with a single sampled unit adds to variances: ``fail`` refuses the fit, ``adjust``
            takes its distance from nought, ``average`` what other strata add on average, ``certainty`` nothing.
        calibrated: Margins of the population that the weights were calibrated to, by the names that they have under
            ``weights.calibration`` in ``study.yaml``, all of them; what they explain has no error. Left out, weights
            count as they are, and errors are rather too large.
        calibrated_totals: Numbers to whose totals the weights were calibrated beside or in place of margins, by their
            names under ``weights.calibration.totals``, all of them.
    """

    clusters: Name | tuple[Name, ...] = ()
    strata: Name | None = None
    population_sizes: Name | tuple[Name, ...] = ()
    lonely_strata: Literal["fail", "adjust", "average", "certainty"] = "fail"
    calibrated: tuple[str, ...] = ()
    calibrated_totals: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> "SampleDesign":
        n_clusters, n_sizes = len(_listed(self.clusters)), len(_listed(self.population_sizes))
        if n_sizes > n_clusters + 1:
            raise ValueError(
                f"{n_sizes} population_sizes for {n_clusters} clusters; expected one a stage, and at most one more for "
                "responses within the last clusters"
            )
        if len(set(self.columns())) < len(self.columns()):
            raise ValueError("a design names the same column twice; keep one")
        if len(set(self.calibrated)) < len(self.calibrated):
            raise ValueError("calibrated names a margin twice; keep one")
        if len(set(self.calibrated_totals)) < len(self.calibrated_totals):
            raise ValueError("calibrated_totals names a number twice; keep one")
        return self

    def stages(self) -> tuple[StageColumns, ...]:
        """Return the columns of every stage of sampling, the first first."""
        clusters, sizes = _listed(self.clusters), _listed(self.population_sizes)
        return tuple(
            StageColumns(
                clusters[place] if place < len(clusters) else None,
                self.strata if place == 0 else None,
                sizes[place] if place < len(sizes) else None,
            )
            for place in range(max(len(clusters), len(sizes), 1))
        )

    def groups(self) -> tuple[str, ...]:
        """Return the columns whose values are clusters or strata."""
        return (*_listed(self.clusters), *(() if self.strata is None else (self.strata,)))

    def sizes(self) -> tuple[str, ...]:
        """Return the columns of population sizes."""
        return _listed(self.population_sizes)

    @property
    def is_calibrated(self) -> bool:
        """Whether it says what weights were calibrated to."""
        return bool(self.calibrated or self.calibrated_totals)

    def margins(self) -> tuple[tuple[str, ...], ...]:
        """Return the variables of every margin that weights were calibrated to; several where they are crossed."""
        return tuple(tuple(name.split(CROSSED)) for name in self.calibrated)

    def columns(self) -> tuple[str, ...]:
        """Return every column that the design names."""
        return (*self.groups(), *self.sizes())


class _Model(Protocol):
    """What of a model decides whether its design goes together with the rest."""

    @property
    def estimator(self) -> Estimator: ...
    @property
    def design(self) -> SampleDesign | None: ...
    @property
    def covariance(self) -> Covariance | None: ...
    @property
    def level(self) -> str: ...
    @property
    def weights(self) -> str | None: ...
    @property
    def missing(self) -> object: ...
    @property
    def bootstrap_draws(self) -> int | None: ...


def refuse_mixed_design(model: _Model, groups: tuple[str, ...]) -> None:
    """Raise ValueError when a design does not go together with what else a model says.

    Args:
        model: The model.
        groups: Columns named under cluster or fixed_effects.
    """
    estimator, covariance = model.estimator, model.covariance
    if model.design is None:
        if covariance == OF_DESIGN:
            raise ValueError("covariance: design needs a key design that names strata or clusters")
        return
    if estimator not in WITH_DESIGN:
        raise ValueError(f"a design is for estimator {', '.join(WITH_DESIGN)}; found {estimator}; write design: none")
    if covariance not in (None, OF_DESIGN, *(REPLICATED if estimator in FIGURES else ())):
        raise ValueError(
            f"with a design the covariance is design; found {covariance}; remove it, or write design: none"
        )
    if model.design.is_calibrated:
        _refuse_unfit_calibration(model)
    if model.level != "response":
        raise ValueError(f"a design is of responses; found level {model.level}; write level: response, or design: none")
    if groups:
        raise ValueError(
            f"a design has its own clusters and no fixed_effects; found '{groups[0]}'; name clusters under design "
            "only, or write design: none"
        )


def _refuse_unfit_calibration(model: _Model) -> None:
    if model.weights not in CALIBRATED:
        raise ValueError(
            f"design.calibrated needs weights that were calibrated: {' or '.join(CALIBRATED)}; found "
            f"{model.weights or 'none'}; name them under weights, or take calibrated out"
        )
    found = {
        f"covariance: {model.covariance}": (model.covariance not in (None, OF_DESIGN), "replicates are not calibrated"),
        "missing other than listwise": (
            model.missing != "listwise",
            "completed sets lack those outside the population, among whom weights were calibrated",
        ),
        f"bootstrap_draws: {model.bootstrap_draws}": (
            bool(model.bootstrap_draws) and model.estimator not in FIGURES,
            "draws are not calibrated",
        ),
    }
    if named := next(((key, why) for key, (is_there, why) in found.items() if is_there), None):
        raise ValueError(
            f"design.calibrated does not go together with {named[0]}: {named[1]}; take one of the two out (without "
            "calibrated, weights count as they are)"
        )


def _listed(names: Name | tuple[Name, ...]) -> tuple[str, ...]:
    return names if isinstance(names, tuple) else (names,)
