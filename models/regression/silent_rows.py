"""Complete rows of a model, and those who could have been among them had they answered.

Put here who is looked at; how the rows are weighted is in ``response_rows``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from instruments.counted import counted
from models.missing_data.attrition import ResponseModel
from models.regression.identification import ModelDataError
from models.regression.response_rows import ORDER, PERSON, Weighted, columns_of_silence, weigh_answered, weigh_stayers
from models.sections.nonresponse import Nonresponse, ResponseWeights
from models.spec import RegressionSpec
from models.weighting.effects import effective_n


@dataclass(frozen=True, eq=False)
class Silent:
    """Rows of a regression and those who could have been among them.

    Attributes:
        rows: Complete rows, n, sorted by response_id.
        n_in_population: Rows of the population before any was left out.
        data: All responses behind them, those of silent people included: the same model fitted to them is the same.
        weighted: Weights of the rows; None where selection is looked at.
        asked: Responses that have every variable but, some of them, the outcome; of a selection.
    """

    rows: pd.DataFrame
    n_in_population: int
    data: pd.DataFrame
    weighted: Weighted | None
    asked: pd.DataFrame


def of_every_wave(spec: RegressionSpec) -> RegressionSpec:
    """Return a model whose population has every wave where people are followed over them."""
    request = spec.missing
    if not isinstance(request, ResponseWeights) or request.of != "staying":
        return spec
    return spec.model_copy(update={"population": spec.population.model_copy(update={"waves": ()})})


def rows_and_silent(
    spec: RegressionSpec, request: Nonresponse, responses: pd.DataFrame, needed: Sequence[str]
) -> Silent:
    """Select the complete rows of a model and those who kept silent, and weight the former where that is asked.

    Args:
        spec: The model, variant applied.
        request: What it says of silence.
        responses: Of the population, of every wave where people are followed.
        needed: Columns that rows must have.

    Raises:
        ModelDataError: As of ``weigh_answered`` and ``weigh_stayers``, or if no row is complete.
    """
    groups = spec.clusters()
    if isinstance(request, ResponseWeights) and request.of == "staying":
        data = _between(spec, request, responses)
        population = data[data["wave"].isin(spec.population.waves)] if spec.population.waves else data
        followed = data[data[PERSON].notna()]
        rows, weighted = weigh_stayers(request, followed, _complete(population, needed), groups)
        return Silent(rows, len(population), data, weighted, followed)
    asked = _complete(responses, [name for name in needed if name != spec.outcome])
    rows = _complete(asked, [spec.outcome])
    if isinstance(request, ResponseWeights):
        kept, weighted = weigh_answered(request, asked, rows, groups)
        return Silent(kept, len(responses), asked, weighted, asked)
    known = _complete(asked, columns_of_silence(request))
    rows = _complete(known, [spec.outcome])
    return Silent(rows, len(responses), known, None, known)


def _between(spec: RegressionSpec, request: ResponseWeights, responses: pd.DataFrame) -> pd.DataFrame:
    """Return the responses from the first wave that people are followed from to the last of the population."""
    of_model = responses[responses["wave"].isin(spec.population.waves)] if spec.population.waves else responses
    first = of_model if request.since is None else responses[responses["wave"] == request.since]
    if of_model.empty or first.empty:
        absent = ", ".join(spec.population.waves) if of_model.empty else request.since
        raise ModelDataError(
            f"no response of the population is of wave {absent}, over which people are followed; expected at least "
            "one; correct the name or import the wave"
        )
    is_between = (responses[ORDER] >= first[ORDER].min()) & (responses[ORDER] <= of_model[ORDER].max())
    return responses[is_between].reset_index(drop=True)


def _complete(rows: pd.DataFrame, needed: Sequence[str]) -> pd.DataFrame:
    is_missing = rows[list(dict.fromkeys(needed))].isna()
    complete = rows[~is_missing.any(axis=1)].reset_index(drop=True)
    if complete.empty:
        raise none_complete(len(rows), {str(column): int(count) for column, count in is_missing.sum().items()})
    return complete


def weighted_for_silent(weights: pd.Series | None, silent: Silent | None) -> pd.Series | None:
    """Return the weights of rows times those for people who kept silent; None where there are neither."""
    if silent is None or silent.weighted is None:
        return weights
    own = pd.Series(silent.weighted.weights, index=silent.rows.index)
    return own if weights is None else weights * own


def told_of_silent(silent: Silent | None) -> dict[str, float]:
    """Return what is told of people who kept silent and of weights for them, diagnostic → value.

    Returns:
        - n_silent: people who could answer and did not, over all waves.
        - n_without_weight: complete rows without a weight, left out; this and what follows only with weights.
        - least_weight, largest_weight, n_trimmed: of the rows.
        - effective_n_of_weights: (sum w)^2 / sum w^2 (Kish 1965).
        - weights_efficiency: that over n; below .5 errors may be too small.
        - response_auc: chance that someone who answered had the higher probability than someone who did not; the
          largest over the waves. Near .5 nothing that is known tells who answers, so that weights change little.
    """
    if silent is None:
        return {}
    if (weighted := silent.weighted) is None:
        return {"n_silent": float(len(silent.asked) - len(silent.rows))}
    weights = weighted.weights
    return {
        "n_silent": float(weighted.n_silent),
        "n_without_weight": float(weighted.n_without_weight),
        "least_weight": float(weights.min()),
        "largest_weight": float(weights.max()),
        "n_trimmed": float(weighted.is_trimmed.sum()),
        "effective_n_of_weights": effective_n(weights),
        "weights_efficiency": effective_n(weights) / len(weights),
        "response_auc": max(_auc(each.model) for each in weighted.steps),
    }


def _auc(model: ResponseModel) -> float:
    """Return the share of pairs of one who answered and one who did not that probabilities put right; ties half."""
    n_answered = int(model.has_responded.sum())
    ranks = pd.Series(model.probabilities).rank().to_numpy()
    above = float(ranks[model.has_responded].sum()) - n_answered * (n_answered + 1) / 2
    return above / (n_answered * (len(ranks) - n_answered))


def none_complete(n_in_population: int, n_missing: Mapping[str, int]) -> ModelDataError:
    """Say that no response of the population is complete; n_missing by column."""
    lost = ", ".join(f"{column} {count}" for column, count in n_missing.items() if count)
    return ModelDataError(
        f"of {counted(n_in_population, 'response')} of the population, none answered every variable of the model; "
        f"missing by variable: {lost}; expected at least one complete response; take out what this population was "
        "not asked"
    )
