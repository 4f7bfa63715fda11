"""Logits of answering behind weights of response → why weights must not leave the circle that may see answers."""

from collections.abc import Iterable, Sequence

import pandas as pd

from models.regression.columns import Labels
from models.regression.diagnostics import leverage_of_design
from pipelines.steps.fit_designs import turned_back
from pipelines.steps.fit_rows import behind_a_fit
from pipelines.steps.fit_silence import Answering
from pipelines.steps.fits_to_withhold import HIGHEST_LEVERAGE, reasons_to_withhold
from pipelines.steps.withheld_reasons import reason


def reasons_of_answering(
    answering: Sequence[Answering],
    labels: Labels,
    units: pd.DataFrame,
    text_items: Iterable[str],
    asked: tuple[int, str],
) -> list[str]:
    """Say why a logit of who answered could not be released itself; its rules are those of any logit.

    Args:
        answering: As of ``fit_silence.models_of_answering``.
        labels: Labels of categories.
        units: As of ``behind_a_fit``.
        text_items: Items whose answers are texts of the export's cells.
        asked: Least cell size, and language of the reasons.

    Returns:
        One reason, of the first such logit; nothing where all could be released.
    """
    least, language = asked
    for spec, rows in answering:
        terms = list(turned_back(spec, rows, labels, {}).matrix)
        fit = {"estimator": spec.estimator, "covariance": "classical", "n_obs": len(rows), "n_clusters": None}
        fit |= {"df_resid": len(rows) - len(terms), "least_cell_size": least}
        known = behind_a_fit(spec, rows, labels, units, {})
        told = reasons_to_withhold(fit, known, map(str, terms), text_items, language)
        if not told and leverage_of_design(spec, rows, labels) >= HIGHEST_LEVERAGE:
            told = [reason("leverage", language)]
        if told:
            return [f"{reason('of_answering', language)}: {'; '.join(told)}"]
    return []
