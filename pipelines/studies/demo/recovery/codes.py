"""What the codes of open answers depend on: a logit corrected for coders' errors, in units of the latent value.

Two coders judge every answer. A regressor is what its score leads one to expect of the latent value.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.regression.categorical.misclassified import CodedRows, fit_misclassified
from models.regression.identification import ModelDataError
from pipelines.studies.demo.codings import CODERS, NO_CODE, codings_of
from pipelines.studies.demo.parameters import OpenAnswers
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave
from pipelines.studies.demo.recovery.units import CODED, Units
from pipelines.studies.demo.texts import CODE_OF_ITEM

PART = "codes"
TERMS = ("intercept", "slope")
ITEM_OF_CODE = {code: item for item, code in CODE_OF_ITEM.items()}


def code_figures(wave: Wave, units: Units, planted: OpenAnswers, seed: int) -> Iterator[Figure]:
    """Yield intercept and slope of every code; NaN where coders hardly ever differ or the search does not end.

    Args:
        wave: The first wave, middle managers included.
        units: Of the scores.
        planted: How well coders see.
        seed: Of the study.
    """
    for code in planted.codes:
        groups = [group for of, group in CODED if of == code]
        parts = [_judged(wave, units, code, group, planted, seed) for group in groups]
        value, given = (np.concatenate(each) for each in zip(*parts, strict=True))
        matrix = np.column_stack([np.ones(len(value)), value])
        rows = CodedRows(matrix, given, np.full(len(given), float(len(CODERS))), np.ones(len(given)))
        try:
            fit = fit_misclassified(rows, TERMS)
        except ModelDataError:
            yield from (Figure(PART, f"{code}: {term}", np.nan) for term in TERMS)
            continue
        for place, term in enumerate(TERMS):
            error = float(np.sqrt(fit.bread[place, place]))
            yield Figure.with_error(PART, f"{code}: {term}", float(fit.point[place]), error)


def _judged(wave: Wave, units: Units, code: str, group: str, planted: OpenAnswers, seed: int) -> tuple[Vector, Vector]:
    """Return of everybody who wrote and has a score the expected latent value and how many coders gave the code."""
    scale, value = CODED[code, group]
    scores = wave.scores(group, [scale]).dropna()
    form, item = wave.forms[group], ITEM_OF_CODE[code]
    ids = pd.Series(form.answers.index.astype("str"))
    wrote = form.answers.index[form.answers[item].notna()]
    given: Vector = np.zeros(len(wrote))
    for coder in CODERS:
        found = codings_of(coder, [form], [ids], planted, seed)
        given += (found.loc[found["item"] == item, "code"] != NO_CODE).to_numpy(dtype=float)
    both = scores.index.intersection(wrote)
    expected = units.of[group, scale, value].expected(scores.loc[both, scale])
    of_both: Vector = np.asarray(pd.Series(given, index=wrote)[both], dtype=float)
    return expected.to_numpy(dtype=float), of_both
