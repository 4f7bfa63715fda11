"""What a model says of who did not answer: weights for those who did, or correlations of silence with the outcome."""

from typing import Annotated, Literal, Protocol, Self

from pydantic import Field, field_validator, model_validator

from instruments.spec_file import Name, Spec
from models.sections.inference import MARGINAL, MIXED, ORDERED, Covariance, Estimator
from models.sections.marginal import WorkingCorrelation
from models.sections.panel import Level
from models.sections.population import Population
from models.sections.regressors import Variable, as_variable
from models.sections.sample_design import SampleDesign

STACKED: Covariance = "stacked"
"""The covariance of weighted estimates whose weights were estimated from the same people."""
SELECTION, SELECTION_ESTIMATED, SELECTION_TIPS = "selection", "selection_estimated", "selection_tips"
"""Readings of selection models: ``selection 0.5 on outcome``, ``selection_estimated on outcome``."""
OF_WEIGHTS = ("linear", "logit", "probit", "poisson", *ORDERED, "multinomial", *MARGINAL)
"""Estimators whose covariance knows that weights of response were estimated."""
MOST_CORRELATIONS = 20
LARGEST = 0.99
ASKED = "explained_by"

Correlation = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]


class _Explained(Spec):
    explained_by: tuple[Name | Variable, ...] = Field(min_length=1)

    @field_validator("explained_by")
    @classmethod
    def _are_known_of_everyone(cls, said: tuple[str | Variable, ...]) -> tuple[str | Variable, ...]:
        variables = [as_variable(each) for each in said]
        for each in variables:
            if each.use not in ("number", "category") or each.earlier_wave or each.other_member:
                raise ValueError(
                    f"{ASKED} takes numbers and categories of the response itself; found '{each.variable}' otherwise; "
                    "name the variable, and for categories use: category"
                )
        if len({each.variable for each in variables}) < len(variables):
            raise ValueError(f"{ASKED} names a variable twice; keep one")
        return said

    def variables(self) -> list[Variable]:
        """Return what explains who answered."""
        return [as_variable(each) for each in self.explained_by]


class ResponseWeights(_Explained):
    """Those who answered stand for those like them who did not: weights of inverse probabilities.

    For estimators of responses linear, logit, probit, poisson, ordered_logit, ordered_probit, multinomial, and
    gee_linear, gee_logit, gee_poisson with ``working_correlation: independence``.

    Attributes:
        method: ``response_weights``.
        of: ``outcome``: who answered the outcome, among responses with all other variables of the model; ``staying``:
            who answered the next wave, at every wave since the first, and every wave in between.
        explained_by: Variables of a logit of answering; of ``staying`` at the wave before, known of everyone there.
        since: First wave of ``staying``, whose answers have the weight 1; left out, the first of the population.
        trim: Interquartile ranges above the median at which weights are cut; left out, none is.
    """

    method: Literal["response_weights"]
    of: Literal["outcome", "staying"] = "outcome"
    since: Name | None = None
    trim: float | None = Field(default=None, gt=0, le=100)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.since is not None and self.of != "staying":
            raise ValueError("since is the first wave of those who stay; write of: staying, or remove it")
        return self


class Selection(_Explained):
    """What becomes of the model when those who did not answer the outcome would have answered otherwise.

    The model itself is of those who answered; responses that miss what explains answering are left out of both.

    Attributes:
        method: ``selection``: a probit of answering whose error goes together with that of the outcome.
        explained_by: Variables of the probit beside the regressors of the model, which are always there.
        correlations: Of the two errors, held at each value: below nought those who would answer higher keep silent.
        is_estimated: Whether the correlation is estimated too; asks for a variable under ``explained_by`` that is no
            regressor of the model and has nothing to do with the outcome beside them.
    """

    method: Literal["selection"]
    explained_by: tuple[Name | Variable, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    is_estimated: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        values = self.correlations
        if len(set(values)) < len(values) or len(values) > MOST_CORRELATIONS:
            raise ValueError(f"correlations: expected up to {MOST_CORRELATIONS} different numbers; found {values}")
        if not any(values) and not self.is_estimated:
            raise ValueError("selection needs correlations other than 0, such as [-0.5, 0.5], or is_estimated: true")
        return self


Nonresponse = ResponseWeights | Selection


def nonresponse_of(missing: object) -> Nonresponse | None:
    """Return what a model says of those who did not answer; None where rows are left out or imputed."""
    return missing if isinstance(missing, ResponseWeights | Selection) else None


class _Model(Protocol):
    """What of a model decides whether silence can be looked at."""

    @property
    def estimator(self) -> Estimator: ...
    @property
    def level(self) -> Level: ...
    @property
    def population(self) -> Population: ...
    @property
    def covariance(self) -> Covariance | None: ...
    @property
    def design(self) -> SampleDesign | None: ...
    @property
    def dyads(self) -> str | None: ...
    @property
    def corrected(self) -> tuple[object, ...]: ...
    @property
    def together(self) -> object | None: ...
    @property
    def competing_forms(self) -> object | None: ...
    @property
    def outcome(self) -> str: ...
    @property
    def weights(self) -> str | None: ...
    @property
    def working_correlation(self) -> WorkingCorrelation | None: ...
    @property
    def bootstrap_draws(self) -> int | None: ...
    @property
    def missing(self) -> object: ...

    def clusters(self) -> tuple[str, ...]: ...
    def effects(self) -> tuple[str, ...]: ...
    def variables(self) -> list[Variable]: ...


def covariance_of(model: _Model) -> Covariance | None:
    """Return the covariance that a model names, or that goes with its weights of response; None where there is none."""
    return STACKED if isinstance(model.missing, ResponseWeights) else model.covariance


def refuse_unfit_nonresponse(model: _Model) -> None:
    """Raise ValueError when a model cannot be weighted for response or selection cannot be looked at."""
    if (request := nonresponse_of(model.missing)) is None:
        return
    said = f"missing: {request.method}"
    estimators = ("linear",) if isinstance(request, Selection) else OF_WEIGHTS
    if model.estimator not in estimators or model.level != "response":
        raise ValueError(
            f"{said} is for estimator {', '.join(estimators)} with rows of responses; found {model.estimator} of "
            f"{model.level}; {_reason(model.estimator)}write missing: listwise or multiple_imputation, or a variant "
            "with such an estimator"
        )
    beside = {
        "design": model.design is not None,
        "fixed_effects": bool(model.effects()),
        "dyads": model.dyads is not None,
        "corrected": bool(model.corrected),
        "together": model.together is not None,
        "competing_forms": model.competing_forms is not None,
        "two clusters": len(model.clusters()) > 1,
        "bootstrap_draws": bool(model.bootstrap_draws),
        "weights": isinstance(request, Selection) and model.weights is not None,
    }
    if named := [key for key, is_there in beside.items() if is_there]:
        raise ValueError(f"{said} does not go together with {', '.join(named)}; take that out, or write listwise")
    if model.outcome in {each.variable for each in request.variables()}:
        raise ValueError(f"{said}: {ASKED} names the outcome '{model.outcome}', which silent people miss; take it out")
    if isinstance(request, Selection):
        _refuse_unidentified(model, request)
    else:
        _refuse_unfit_weights(model, request)


def _reason(estimator: Estimator) -> str:
    """Return why an estimator has no weights of response, where there is more to say than that it has none."""
    if estimator not in MIXED:
        return ""
    return (
        "the likelihood of a group is an integral over its effect, in which a weight of a row has no place and its "
        "scores do not add up over rows; "
    )


def _refuse_unidentified(model: _Model, request: Selection) -> None:
    own = {each.variable for each in model.variables()}
    if request.is_estimated and not [each for each in request.variables() if each.variable not in own]:
        raise ValueError(
            "selection: the correlation is not identified but by the form of the normal distribution, for everything "
            f"that explains who answered explains the outcome too; name under {ASKED} a variable that is no regressor, "
            "such as how often people were reminded, or hold correlations at several values"
        )


def _refuse_unfit_weights(model: _Model, request: ResponseWeights) -> None:
    if model.covariance is not None:
        raise ValueError(
            f"response_weights have a covariance of their own, which knows that weights were estimated ({STACKED}); "
            f"found covariance: {model.covariance}; remove the key"
        )
    if model.estimator in MARGINAL and model.working_correlation != "independence":
        raise ValueError(
            f"response_weights of {model.estimator} ask for working_correlation: independence; found "
            f"{model.working_correlation or 'none named, which is exchangeable'}: under another one what a row counts "
            "depends on which others of its cluster answered, and weights of single rows do not undo that; write "
            "independence, or missing: listwise"
        )
    waves = model.population.waves
    if request.of == "staying" and request.since is None and len(waves) == 1:
        raise ValueError(
            f"response_weights of staying ask for two waves or more; found the wave {waves[0]} alone; name the wave "
            "from which people are followed under since"
        )
