"""Top managers' equations: one structural model of their items, all seven latent values at once.

Standardised coefficients, since the planted latent values have unit variance. The self-report of forwarding holds true
forwarding and the recipe frame, so that with the frame in its equation the weights of true forwarding hold divided by
the root of 1.0625; they are given back. NPM is the organisation's true value.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from models.measurement.confirmatory.refusals import FactorModelError
from models.paths.structural_fit import StructuralSetting, fit_structure
from models.paths.structure import StructuralModel
from pipelines.studies.demo.effects import REST, Equation
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave, items_of, joined
from pipelines.studies.demo.values import FORWARDING

PART = "top managers"
TRUE, RECIPE = "true_forwarding", "recipe_frame"


def top_manager_figures(wave: Wave, equations: Mapping[str, Equation]) -> Iterator[Figure]:
    """Yield every weight of ``Effects.top_managers``; NaN where the answers do not carry the model.

    Args:
        wave: The first wave.
        equations: Which weights there are.
    """
    planted = {
        outcome: [cause for cause in equation if cause != REST]
        for outcome, equation in equations.items()
        if len(equation) > 1
    }
    found = _standardised(wave, planted)
    unknown = (np.nan, np.nan)
    scale = 1 / equations[FORWARDING][TRUE]
    for outcome, causes in planted.items():
        for cause in causes:
            if (outcome, cause) == (FORWARDING, TRUE):
                value, error = _of_true_value(*found.get((FORWARDING, RECIPE), unknown))
            elif outcome == TRUE:
                value, error = (scale * each for each in found.get((FORWARDING, cause), unknown))
            else:
                value, error = found.get((outcome, cause), unknown)
            yield Figure.with_error(PART, f"{outcome} ~ {cause}", value, error)


def _of_true_value(recipe: float, error: float) -> tuple[float, float]:
    """Return the weight of what is not the recipe in a self-report of unit variance, and its error (delta method)."""
    weight = float(np.sqrt(1 - min(recipe**2, 1.0)))
    return weight, abs(recipe) * error / max(weight, np.finfo(float).eps)


def _standardised(wave: Wave, planted: Mapping[str, list[str]]) -> dict[tuple[str, str], tuple[float, float]]:
    codes = wave.codes("TOP", attentive=True)
    organisation = wave.forms["TOP"].persons.loc[codes.index, "organisation"]
    regressions = {
        outcome: tuple(causes) for outcome, causes in planted.items() if outcome not in (TRUE, FORWARDING)
    } | {FORWARDING: (*planted[TRUE], RECIPE)}
    scales = list(dict.fromkeys(name for outcome, causes in regressions.items() for name in (outcome, *causes)))
    scales.remove("npm")
    items = {scale: items_of(codes, scale).rename(columns=lambda item, of=scale: f"{of} {item}") for scale in scales}
    measured = {scale: tuple(str(name) for name in each.columns) for scale, each in items.items()}
    known = pd.DataFrame({"organisation": organisation})
    data = pd.concat([*items.values(), joined(known, wave.of_organisations("npm")).rename("npm")], axis=1)
    try:
        with np.errstate(invalid="ignore"):  # indices of fit of few organisations, which are not looked at
            model = StructuralModel(regressions, measured)
            fit = fit_structure(model, data, StructuralSetting(), clusters=organisation)
    except FactorModelError:
        return {}
    if fit.analysis.problems:
        return {}
    own = fit.parameters[fit.parameters["kind"] == "regression"]
    rows = zip(own["left"], own["right"], own["standardised"], own["standardised_error"], strict=True)
    return {(str(left), str(right)): (float(value), float(error)) for left, right, value, error in rows}
