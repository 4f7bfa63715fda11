"""Latent values → answers of attentive respondents to the items of a form, by the model in ``Measurement``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instruments.spec import Instrument
from pipelines.studies.demo.draws import Truths, Values
from pipelines.studies.demo.parameters import Measurement
from pipelines.studies.demo.values import Latent

Codes = NDArray[np.int8]


@dataclass(frozen=True)
class MeasuredItem:
    """An item that measures a latent value.

    Attributes:
        name: The item.
        scale: The latent value: the scale of that name.
        dimension: The scale of first order that has the item.
        place: Place among the items of the latent value on the form, from 0.
        is_reverse: Whether it is reverse-scored.
        thresholds: Four of them, before any shift.
    """

    name: str
    scale: str
    dimension: str
    place: int
    is_reverse: bool
    thresholds: tuple[float, ...]


@dataclass(frozen=True)
class Respondents:
    """What decides the answers of the respondents of one group and wave, each of length n.

    Attributes:
        common_source: What all answers of a person have in common.
        acquiescence: The tendency to agree.
        is_english: Whether they answer in English.
    """

    common_source: Values
    acquiescence: Values
    is_english: Truths


def measured_items(
    shown: Sequence[tuple[Instrument, str]], latent: Latent, measurement: Measurement
) -> list[MeasuredItem]:
    """Find what every item of a form measures: a planted value where there is one, else its own dimension.

    Args:
        shown: Instrument and item, in the order of the form.
        latent: The group's latent values.
        measurement: The model.
    """
    found: list[MeasuredItem] = []
    taken: dict[str, int] = {}
    for instrument, item in shown:
        scales = [name for name, scale in instrument.scales.items() if item in scale.items]
        if not scales:
            continue
        dimension = min(scales, key=lambda name: len(instrument.scales[name].items))
        scale = _planted(instrument, scales, latent) or dimension
        is_reverse = item in instrument.scales[dimension].reverse_scored
        thresholds = measurement.thresholds[str(instrument.items[item].response_scale)]
        found.append(MeasuredItem(item, scale, dimension, taken.get(scale, 0), is_reverse, thresholds))
        taken[scale] = taken.get(scale, 0) + 1
    return found


def attentive_codes(
    rng: np.random.Generator,
    items: Sequence[MeasuredItem],
    values: Mapping[str, Values],
    respondents: Respondents,
    measurement: Measurement,
) -> Iterator[tuple[str, Codes]]:
    """Yield the codes of every item, 1 to 5, length n.

    Args:
        rng: Random numbers.
        items: What ``measured_items`` found.
        values: Latent values of the respondents by scale.
        respondents: Who answers.
        measurement: The model.
    """
    common = measurement.common_source * respondents.common_source
    agreeing = measurement.acquiescence * respondents.acquiescence
    shared_variance = measurement.common_source**2 + measurement.acquiescence**2
    for item in items:
        loading = measurement.reverse_loading if item.is_reverse else _loading(item, measurement)
        of_english = measurement.english_loading_shift.get(item.name, 0.0)
        loadings = loading + of_english * respondents.is_english if of_english else loading
        sign = -1.0 if item.is_reverse else 1.0
        own = np.sqrt(1 - loadings**2 - shared_variance) * rng.standard_normal(len(common), dtype=np.float32)
        value = sign * (loadings * values[item.scale] + common) + agreeing + own
        value -= _harder(item, respondents, measurement)
        yield item.name, _categories(value, item.thresholds)


def _planted(instrument: Instrument, scales: Sequence[str], latent: Latent) -> str | None:
    """Return the smallest scale of the item that has a planted value."""
    planted = [name for name in scales if name in latent.planted]
    return min(planted, key=lambda name: len(instrument.scales[name].items), default=None)


def _loading(item: MeasuredItem, measurement: Measurement) -> float:
    return measurement.loadings[item.place % len(measurement.loadings)]


def _harder(item: MeasuredItem, respondents: Respondents, measurement: Measurement) -> float | Values:
    """Return what is added to all thresholds of an item."""
    added = measurement.threshold_shift_of_scale.get(item.dimension, 0.0)
    added += measurement.observer_threshold_shift.get(item.name, 0.0)
    of_english = measurement.english_threshold_shift.get(item.name, 0.0)
    return added + of_english * respondents.is_english.astype(np.float64) if of_english else added


def _categories(value: Values, thresholds: Sequence[float]) -> Codes:
    """Return 1 plus the number of thresholds below each value; comparisons are faster than a search among four."""
    codes = np.ones(len(value), dtype=np.int8)
    for threshold in thresholds:
        codes += value > threshold
    return codes
