"""Responses of a model, with those that did not answer → models of answering, weights, and who is behind them.

Put here which responses could have answered and what explains whether they did; the logit of it and the product of
probabilities are in ``models.missing_data``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Vector
from models.missing_data.attrition import ResponseModel, fit_response
from models.regression.columns import Labels, column_of, columns_of
from models.regression.identification import ModelDataError, find_dependencies, refuse_dependencies
from models.regression.profile import profile_of
from models.sections.nonresponse import Nonresponse, ResponseWeights
from models.weighting.faults import WeightingError
from models.weighting.trimming import median_plus_iqr, no_limit, trim_weights

RESPONSE, PERSON, ORDER = "response_id", "respondent_key", "wave_number"
INTERCEPT = "intercept"
NO_LABELS: Labels = {}


@dataclass(frozen=True, eq=False)
class Step:
    """A model of answering, and which rows of the regression it weights.

    Attributes:
        model: Of u units that could answer.
        units: Their rows: response_id, respondent_key where people are followed, and clusters; u.
        places: Unit of each of n rows of the regression; -1 for rows whose weight does not come from this step.
    """

    model: ResponseModel
    units: pd.DataFrame
    places: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Weighted:
    """Rows of a regression that stand for others too.

    Attributes:
        weights: Product of inverse probabilities of answering, trimmed, n.
        is_trimmed: Whether a weight was cut or raised to a bound, n.
        steps: Models of answering.
        n_silent: Units that could answer and did not, over all steps.
        n_without_weight: Rows that nobody followed from the first wave on, and rows whose weight cannot be known since
            what explains answering is missing; they are left out.
    """

    weights: Vector
    is_trimmed: NDArray[np.bool_]
    steps: tuple[Step, ...]
    n_silent: int
    n_without_weight: int


def columns_of_silence(request: Nonresponse | None) -> list[str]:
    """Return the columns that tell who answered and why."""
    if request is None:
        return []
    names = [column_of(each) for each in request.variables()]
    follows = isinstance(request, ResponseWeights) and request.of == "staying"
    return [*names, PERSON, "wave", ORDER] if follows else names


def weigh_answered(
    request: ResponseWeights, asked: pd.DataFrame, rows: pd.DataFrame, groups: Sequence[str]
) -> tuple[pd.DataFrame, Weighted]:
    """Weight those who answered the outcome by the inverse of their probability of doing so.

    Args:
        request: What explains it.
        asked: Responses of the population that have every variable of the model but the outcome, which some have.
        rows: Those that have it too.
        groups: Clusters.

    Returns:
        The rows that have a weight, in their order, and their weights.

    Raises:
        ModelDataError: If nobody kept silent, or nothing is known of those who could, or answering is foretold.
    """
    explains = [column_of(each) for each in request.variables()]
    known = _known(asked, explains)
    has_answered = known[RESPONSE].isin(rows[RESPONSE]).to_numpy()
    if has_answered.all():
        raise ModelDataError(
            f"all of {counted(len(known), 'response')} that could answer the outcome did, so that nobody is left to "
            "stand for; write missing: listwise"
        )
    kept = rows[rows[RESPONSE].isin(known[RESPONSE])].reset_index(drop=True)
    model = _response(request, known, has_answered, "who answered the outcome")
    step = Step(model, known[[RESPONSE, *groups]], _places(known[RESPONSE], kept[RESPONSE]))
    return kept, _weighted(request, (step,), len(kept), int((~has_answered).sum()), len(rows) - len(kept))


def weigh_stayers(
    request: ResponseWeights, followed: pd.DataFrame, rows: pd.DataFrame, groups: Sequence[str]
) -> tuple[pd.DataFrame, Weighted]:
    """Weight the answers of later waves by the inverse of people's probability of having stayed until then.

    At every wave those could stay who answered all waves from the first on; a row of the first wave has the weight 1.

    Args:
        request: What explains it, by answers of the wave before.
        followed: All responses of the respondents from the first wave to the last.
        rows: Complete rows of the model.
        groups: Clusters.

    Returns:
        As ``weigh_answered``.

    Raises:
        ModelDataError: If there is one wave, a person answered a wave twice, nobody was lost, or staying is foretold.
    """
    waves = sorted(followed[ORDER].unique().tolist())
    _refuse_unfollowed(followed, waves)
    here = followed[followed[ORDER] == waves[0]]
    there: dict[int, set[str]] = {waves[0]: set(here[PERSON])}
    explains = [column_of(each) for each in request.variables()]
    n_rows, rows = len(rows), rows[rows[PERSON].notna()]
    known: list[tuple[int, pd.DataFrame, NDArray[np.bool_]]] = []
    for wave in waves[1:]:
        could = _known(here, [*explains, *groups])
        answers = followed[followed[ORDER] == wave]
        here = answers[answers[PERSON].isin(could[PERSON])]
        known.append((wave, could, could[PERSON].isin(here[PERSON]).to_numpy()))
        there[wave] = set(here[PERSON])
    has_weight = np.array([str(who) in there[wave] for who, wave in zip(rows[PERSON], rows[ORDER], strict=True)])
    kept = rows[has_weight].reset_index(drop=True)
    steps = [_step(request, each, kept, groups) for each in known if not each[2].all()]
    n_silent = sum(int((~stayed).sum()) for _, _, stayed in known)
    if not steps:
        raise ModelDataError(
            f"nobody of {counted(len(there[waves[0]]), 'respondent')} was lost over {counted(len(waves), 'wave')}; "
            "there is nobody to stand for; write missing: listwise"
        )
    return kept, _weighted(request, tuple(steps), len(kept), n_silent, n_rows - len(kept))


def _known(rows: pd.DataFrame, needed: list[str]) -> pd.DataFrame:
    """Return the rows that have everything that explains answering; nobody's is refused, with what is missing."""
    is_missing = rows[needed].isna()
    known = rows[~is_missing.any(axis=1)].reset_index(drop=True)
    if known.empty and len(rows):
        lost = ", ".join(f"{column} {count}" for column, count in is_missing.sum().items() if count)
        raise ModelDataError(
            f"of {counted(len(rows), 'response')}, none has everything that explains who answered; missing by "
            f"variable: {lost}; name variables under explained_by that people have"
        )
    return known


def _refuse_unfollowed(followed: pd.DataFrame, waves: Sequence[int]) -> None:
    if len(waves) < 2:  # noqa: PLR2004
        raise ModelDataError(
            f"the responses are of {counted(len(waves), 'wave')}; weights of staying ask for two or more; import a "
            "later wave, name an earlier one under since, or write missing: listwise"
        )
    n_twice = int(followed.duplicated([PERSON, ORDER]).sum())
    if n_twice:
        raise ModelDataError(
            f"{counted(n_twice, 'response')} of people who answered the wave already; expected one response a person "
            "and wave; narrow the population to one respondent group or source"
        )


def _step(
    request: ResponseWeights,
    known: tuple[int, pd.DataFrame, NDArray[np.bool_]],
    rows: pd.DataFrame,
    groups: Sequence[str],
) -> Step:
    wave, could, has_stayed = known
    name = str(could["wave"].iloc[0])
    model = _response(request, could, has_stayed, f"who stayed after {name}")
    places = np.where(rows[ORDER].to_numpy() >= wave, _places(could[PERSON], rows[PERSON]), -1)
    return Step(model, could[list(dict.fromkeys([RESPONSE, PERSON, *groups]))], places)


def _places(units: pd.Series, rows: pd.Series) -> NDArray[np.intp]:
    return np.asarray(pd.Index(units).get_indexer(pd.Index(rows)), dtype=np.intp)


def matrix_of(request: Nonresponse, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that explain answering, with the constant; rows are complete in them.

    Raises:
        ModelDataError: If a column cannot be used as the model says, or follows from others.
    """
    uses = {column_of(each): [each] for each in request.variables()}
    profile = profile_of(uses, rows)
    columns = {INTERCEPT: pd.Series(1.0, index=rows.index)}
    for each in request.variables():
        columns |= columns_of(each, rows, NO_LABELS, profile)
    matrix = pd.DataFrame(columns)
    refuse_dependencies(find_dependencies(matrix))
    return matrix


def _response(
    request: ResponseWeights, rows: pd.DataFrame, has_responded: NDArray[np.bool_], what: str
) -> ResponseModel:
    try:
        return fit_response(matrix_of(request, rows), has_responded)
    except ModelDataError as error:
        raise ModelDataError(
            f"the model of {what}: {error}; that is said of explained_by under missing: explain it by fewer variables "
            "or merged categories (firth_logit is not for weights)"
        ) from error


def _weighted(request: ResponseWeights, steps: tuple[Step, ...], n: int, n_silent: int, n_without: int) -> Weighted:
    if n == 0:
        raise ModelDataError("no row of the model has a weight; explain answering by variables that more people have")
    chances = np.ones(n)
    for each in steps:
        chances *= np.where(each.places >= 0, each.model.probabilities[each.places], 1.0)
    plain = 1 / chances
    limit = no_limit if request.trim is None else median_plus_iqr(request.trim)
    try:
        trimmed = trim_weights(plain, limit(plain))
    except WeightingError as error:
        raise ModelDataError(f"weights of response: {error}; raise trim, or leave it out") from error
    return Weighted(trimmed.weights, trimmed.is_trimmed, steps, n_silent, n_without)
