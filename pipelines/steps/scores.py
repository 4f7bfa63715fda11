"""Answers → scale scores, and the analysis table: keys, scores, organisation means and deviations, items."""

import pandas as pd

from instruments.scoring import score_scale
from instruments.spec import Instrument

WITHIN = ["wave", "respondent_group", "organisation_id"]


def score_responses(answers: pd.DataFrame, analysed: pd.Series, scales: dict[str, Instrument]) -> pd.DataFrame:
    """Score every scale for the analysed responses.

    Args:
        answers: ``core.answers``, one row a response.
        analysed: response_id of the analysed responses.
        scales: Scale → its instrument.

    Returns:
        ``core.scores``: one row an analysed response, sorted by response_id.
    """
    used = answers[answers["response_id"].isin(analysed)].sort_values("response_id").reset_index(drop=True)
    scored = {scale: score_scale(used, instrument, scale) for scale, instrument in scales.items()}
    return used[["response_id", "wave"]].assign(**scored)


def join_for_analysis(
    responses: pd.DataFrame, answers: pd.DataFrame, scores: pd.DataFrame, scales: list[str]
) -> pd.DataFrame:
    """Join keys, scores and answers of the analysed responses, with organisation means and deviations of every scale.

    The mean of a scale is taken over all scores of the same wave, respondent group and organisation, the response's
    own included; the deviation is the score minus that mean. Both are missing where the organisation is unknown.

    Args:
        responses: ``core.responses``.
        answers: ``core.answers``.
        scores: ``core.scores``.
        scales: Names of the scales.

    Returns:
        One row an analysed response, sorted by response_id.
    """
    used = responses[responses["is_analysed"].astype(bool)]
    joined = used.merge(scores.drop(columns="wave"), on="response_id", validate="one_to_one")
    joined = joined.merge(answers.drop(columns="wave"), on="response_id", validate="one_to_one")
    joined = joined.sort_values("response_id").reset_index(drop=True)
    added: dict[str, pd.Series] = {}
    for scale in scales:
        mean = joined.groupby(WITHIN)[scale].transform("mean")
        added[f"{scale}_organisation_mean"] = mean
        added[f"{scale}_within_organisation"] = joined[scale] - mean
    return pd.concat([joined, pd.DataFrame(added, index=joined.index)], axis=1)
