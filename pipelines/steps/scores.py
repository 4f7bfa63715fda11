"""Answers → scale scores, and the analysis table: keys, scores, organisation means and deviations, items."""

from collections.abc import Mapping

import pandas as pd

from instruments.sections.response_scale import LARGEST_CODE
from instruments.spec import Instrument
from pipelines.steps.organisation_means import organisation_means


def score_responses(scales: Mapping[str, Instrument], wave: str) -> str:
    """Write the query that scores every scale for the analysed responses of a wave.

    It gives, bit for bit, what ``instruments.scoring.score_scale`` says.

    Args:
        scales: Scale → its instrument.
        wave: The wave.

    Returns:
        SQL over ``core.responses`` and ``core.answers`` that yields ``core.scores``: one row an analysed response.
    """
    scored = ", ".join(f"{score_of(instrument, scale)} AS {_quoted(scale)}" for scale, instrument in scales.items())
    wave = "'" + wave.replace("'", "''") + "'"
    every = f"SELECT response_id, wave{', ' if scored else ''}{scored} FROM core.answers WHERE wave = {wave}"  # noqa: S608
    # Every answer has its response, and few are set aside: those are looked up, not the many that are analysed.
    return (
        f"FROM ({every}) AS scored ANTI JOIN (SELECT response_id FROM core.responses "  # noqa: S608 - text is a literal
        f"WHERE wave = {wave} AND NOT is_analysed) AS set_aside USING (response_id)"
    )


def score_of(instrument: Instrument, scale: str) -> str:
    """Write the score of a scale; sums of codes are whole numbers, so only the last step rounds."""
    rule = instrument.scales[scale]
    columns = {item: _quoted(item) for item in rule.items}
    keyed = dict(columns)
    if rule.reverse_scored:
        points = instrument.points_of(scale)
        keyed |= {item: f"{points.lowest + points.highest} - {columns[item]}" for item in rule.reverse_scored}
    whole = _type_of_total(instrument, scale)
    codes = (f"CASE WHEN {columns[item]} IS NULL THEN 0 ELSE CAST({keyed[item]} AS {whole}) END" for item in columns)
    answered = " + ".join(f"CAST({column} IS NOT NULL AS SMALLINT)" for column in columns.values())
    # Nothing divided by a missing number is missing, and is found for many rows at once; a choice around it is not.
    enough = f"CASE WHEN {answered} >= {rule.least_answered} THEN {answered} END"
    total = f"CAST({' + '.join(codes)} AS DOUBLE)"
    return f"{total} * (CAST({len(columns)} AS DOUBLE) / {enough})" if rule.score == "sum" else f"{total} / {enough}"


def _type_of_total(instrument: Instrument, scale: str) -> str:
    """Name the smallest type that holds any sum of a scale's codes; small whole numbers are added faster."""
    points = instrument.points_of(scale)
    largest = (abs(points.lowest) + abs(points.highest)) * len(instrument.scales[scale].items)
    return "SMALLINT" if largest <= LARGEST_CODE else "INTEGER"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def join_for_analysis(
    responses: pd.DataFrame, answers: pd.DataFrame, scores: pd.DataFrame, scales: list[str]
) -> pd.DataFrame:
    """Join keys, scores and answers of the analysed responses, with organisation means and deviations of every scale.

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
    return pd.concat([joined, organisation_means(joined, scales)], axis=1)
