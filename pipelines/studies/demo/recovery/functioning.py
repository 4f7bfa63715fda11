"""Differential item functioning: how large planted shifts are found to be, which items tests find, and which wrongly.

Sizes come from two-group models of ordered items in which all other items of the scale are equal, with errors clustered
by organisation; findings from ordinal logistic regression, which takes responses as independent. Attentive respondents
only. Language is confounded with country in this study: the difference that is found is one between countries.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.measurement.confirmatory.analysis import FactorAnalysis, analyse, measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.model import FactorModel
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.confirmatory.standardised import delta_errors
from models.measurement.equivalence.differential import differential_functioning
from models.measurement.equivalence.effect_size import anchored_setting
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import Measurement
from pipelines.studies.demo.recovery.figures import Figure, Parameter
from pipelines.studies.demo.recovery.scored import Wave, items_of
from pipelines.studies.demo.values import COPRODUCTION, LEADERSHIP, PHASES, PRINCIPLES

SIZES, FOUND, WRONGLY = "item functioning", "items found", "items found wrongly"
TEST, LARGE, WALD = "test at .01", "moderate or large", "thresholds, clustered, at .05"
LEVEL, WALD_LEVEL, WALD_REACH = 0.01, 0.05, 1.959963984540054
ROLE = "forwarding_observed"
OBSERVER = "_o"
Shift = Literal["thresholds", "loading"]


@dataclass(frozen=True, eq=False)
class Compared:
    """Answers of two groups to one scale.

    Attributes:
        scale: Its name.
        items: One row a response, the first group first.
        groups: Group of each response.
        clusters: Organisation of each response.
    """

    scale: str
    items: pd.DataFrame
    groups: pd.Series
    clusters: pd.Series


@dataclass(frozen=True)
class Planted:
    """An item that functions differently, as planted.

    Attributes:
        item: Its name in the form of the second group.
        scale: The scale of first order whose other items are equal.
        kind: What is shifted.
        size: By how much.
        whom: The second group, in words.
    """

    item: str
    scale: str
    kind: Shift
    size: float
    whom: str

    @property
    def name(self) -> str:
        """Name of the parameter."""
        return f"{self.item}: {self.kind} {self.whom}"


def planted(measurement: Measurement) -> list[Planted]:
    """List what is planted."""
    kinds: tuple[tuple[Shift, str, Mapping[str, float]], ...] = (
        ("thresholds", "in English", measurement.english_threshold_shift),
        ("loading", "in English", measurement.english_loading_shift),
        ("thresholds", "of observers", measurement.observer_threshold_shift),
    )
    return [
        Planted(item, _scale_of(item), kind, size, whom)
        for kind, whom, shifts in kinds
        for item, size in shifts.items()
    ]


def _scale_of(item: str) -> str:
    """Return the smallest scale that has an item."""
    scales = {
        name: len(scale.items)
        for instrument in shown_forms().instruments.values()
        for name, scale in instrument.scales.items()
        if item in scale.items
    }
    return min(scales, key=lambda name: scales[name])


def sizes(wave: Wave, measurement: Measurement) -> Iterator[Figure]:
    """Yield the size of every planted shift; NaN where a group never chose an answer and so no model can be fitted."""
    for each in planted(measurement):
        value, error = shift(compared(wave, each.scale), each.item, each.kind)
        yield Figure.with_error(SIZES, each.name, value, error)


def findings(wave: Wave, measurement: Measurement) -> Iterator[Figure]:
    """Yield for every planted item whether it is found, and the shares of the other items that are found."""
    everything = planted(measurement)
    shifted = {each.item for each in everything}
    for scale in (LEADERSHIP, COPRODUCTION, ROLE):
        of_scale = compared(wave, scale)
        judged = differential_functioning(of_scale.items, of_scale.groups, is_purified=True).items
        for each in judged:
            if each.item in shifted:
                yield Figure(FOUND, f"{each.item}: {TEST}", float(each.both.p_value < LEVEL))
                yield Figure(FOUND, f"{each.item}: {LARGE}", float(each.is_flagged))
        others = [each for each in judged if each.item not in shifted]
        yield Figure(WRONGLY, f"{scale}: {TEST}", float(np.mean([each.both.p_value < LEVEL for each in others])))
        yield Figure(WRONGLY, f"{scale}: {LARGE}", float(np.mean([each.is_flagged for each in others])))
    not_clean = {each.scale for each in everything}
    for whole, parts in ((LEADERSHIP, PRINCIPLES), (COPRODUCTION, PHASES)):
        rejected = [each for part in parts if part not in not_clean for each in _rejected(compared(wave, part))]
        yield Figure(WRONGLY, f"{whole}: {WALD}", float(np.mean(rejected)))


def expected(measurement: Measurement) -> list[Parameter]:
    """List the parameters of ``findings``."""
    power = "share of replications; a power, with no value to hold it against"
    size = "share of the unplanted items; a size is looked at, with no nominal value"
    level = "share of the unplanted items; true value: the level of the test"
    ways = (TEST, LARGE)
    wholes = (LEADERSHIP, COPRODUCTION)
    return [
        *(Parameter(FOUND, f"{each.item}: {way}", np.nan, note=power) for each in planted(measurement) for way in ways),
        *(Parameter(WRONGLY, f"{scale}: {TEST}", LEVEL, note=level) for scale in (*wholes, ROLE)),
        *(Parameter(WRONGLY, f"{scale}: {LARGE}", np.nan, note=size) for scale in (*wholes, ROLE)),
        *(Parameter(WRONGLY, f"{scale}: {WALD}", WALD_LEVEL, note=level) for scale in wholes),
    ]


def compared(wave: Wave, scale: str) -> Compared:
    """Return the answers to a scale: Danish and English ones, or of top managers and of the staff who see them."""
    codes = wave.codes("FRL", attentive=True)
    items, persons = items_of(codes, scale), wave.forms["FRL"].persons.loc[codes.index]
    if scale != ROLE:
        order = persons["language"].sort_values(kind="stable").index
        return Compared(scale, items.loc[order], persons.loc[order, "language"], persons.loc[order, "organisation"])
    own_codes = wave.codes("TOP", attentive=True)
    own = items_of(own_codes, ROLE.removesuffix("_observed"))
    own.columns = [f"{name}{OBSERVER}" for name in own.columns]
    managers = wave.forms["TOP"].persons.loc[own_codes.index, "organisation"]
    both = pd.concat([own, items], ignore_index=True)
    groups = pd.Series(np.repeat(["1 self", "2 observer"], [len(own), len(items)]))
    return Compared(scale, both, groups, pd.concat([managers, persons["organisation"]], ignore_index=True))


def shift(answers: Compared, item: str, kind: Shift) -> tuple[float, float]:
    """Return by how much an item's thresholds or loading differ in the second group, and the standard error.

    On the scale on which its response in the first group has variance 1. All other items are equal.

    Returns:
        NaN for both where a group never chose an answer.
    """
    names = tuple(str(name) for name in answers.items.columns)
    model = FactorModel({answers.scale: names})
    grouped = grouped_answers(answers.items, names, is_complete=True, groups=answers.groups, clusters=answers.clusters)
    try:
        summarised = measured(grouped, "wlsmv")
    except FactorModelError:
        return np.nan, np.nan
    anchors = [name for name in names if name != item]
    analysis = analyse(model, summarised, anchored_setting(model, anchors, 2, summarised.n_categories))

    def of(theta: Vector) -> Vector:
        return _difference(analysis, theta, item, kind)

    fit = analysis.fit
    return float(of(fit.theta)[0]), float(delta_errors(of, fit.theta, fit.covariance)[0])


def _difference(analysis: FactorAnalysis, theta: Vector, item: str, kind: Shift) -> Vector:
    layout = analysis.fit.layout
    values = layout.values(theta)
    loading, threshold = [0.0, 0.0], [list[float](), list[float]()]
    for each, value in zip(layout.parameters, values, strict=True):
        if each.kind == "loading" and each.right == item:
            loading[each.group] = float(value)
        elif each.kind == "threshold" and each.left == item:
            threshold[each.group].append(float(value))
    deviation = np.sqrt(1 + np.square(loading))
    if kind == "loading":
        return np.array([loading[1] / deviation[1] - loading[0] / deviation[0]])
    return np.array([(np.mean(threshold[1]) - np.mean(threshold[0])) / deviation[0]])


def _rejected(answers: Compared) -> list[bool]:
    """Return of every item, the others held equal, whether its thresholds are found to differ."""
    found = [shift(answers, str(item), "thresholds") for item in answers.items.columns]
    return [abs(value) > WALD_REACH * error for value, error in found if np.isfinite(value)]
