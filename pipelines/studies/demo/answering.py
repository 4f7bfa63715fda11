"""Latent values → who answers in which wave, and the codes of their answers with everything that goes wrong.

Put here what happens between a latent value and a stored answer; not the layout of an export (``qualtrics_file``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from instruments.spec import Instrument
from pipelines.studies.demo.parameters import WAVES, Faults, Measurement, Parameters
from pipelines.studies.demo.population import Form, Population, Values, stream

FORMS: Mapping[str, tuple[str, ...]] = {
    "managers": ("open_questions", "identity_work", "vertical_horizontal_integration", "background"),
    "staff": ("open_questions", "collective_leadership", "vertical_horizontal_integration", "background"),
}
OPT_OUT_CODE = -8
OPT_OUT_DIMENSION = "horizontal_across_sectors"
STORIES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "[SYNTHETIC] We planned the garden together with the neighbours, and it was ready in May.",
        '[SYNTHETIC] Two departments and an association shared one room; "one door in", as we said.',
        "[SYNTHETIC] Nothing comes to mind.",
        "[SYNTHETIC] The choir, the library and the school\nmade a programme for the autumn.",
    ),
    "da": (
        "[SYNTHETIC] Vi planlagde haven sammen med naboerne, og den stod færdig i maj.",
        '[SYNTHETIC] To afdelinger og en forening delte ét lokale; "én dør ind", som vi sagde.',
        "[SYNTHETIC] Jeg kommer ikke på noget.",
        "[SYNTHETIC] Koret, biblioteket og skolen\nlavede et program for efteråret.",
    ),
}


@dataclass(frozen=True)
class AnsweredForm:
    """What one form brought in one wave.

    Attributes:
        form: ``managers`` or ``staff``.
        wave: ``w1`` or ``w2``.
        persons: One row a respondent: the columns of ``Form.persons``, is_careless, share_seen (0 to 1).
        answers: One row a respondent, one column an item in the order shown: codes (Int64) or text, missing as NA.
        latent: Latent value of each respondent in the wave, by name.
    """

    form: str
    wave: str
    persons: pd.DataFrame
    answers: pd.DataFrame
    latent: dict[str, Values]


def answer_forms(
    population: Population, instruments: Mapping[str, Instrument], parameters: Parameters, seed: int
) -> list[AnsweredForm]:
    """Let the population answer its forms, wave by wave.

    Args:
        population: Who is invited, with latent values.
        instruments: Instruments by name; those of ``FORMS``.
        parameters: What is planted.
        seed: Not negative.

    Returns:
        One entry a form and wave, first wave first.
    """
    answered: list[AnsweredForm] = []
    for form, names in FORMS.items():
        invited = population.forms[form]
        shown = [instruments[name] for name in names]
        answers_in_wave = np.ones(len(invited.persons), dtype=bool)
        for place, wave in enumerate(WAVES):
            chance = _chance_to_answer(invited, place, parameters)
            draw = stream(seed, f"response {form} {wave}").random(len(chance))
            answers_in_wave = answers_in_wave & (draw < chance)
            respondents = _in_wave(invited, answers_in_wave, place)
            rng = stream(seed, f"answers {form} {wave}")
            persons, answers = _answer(rng, respondents, shown, parameters)
            answered.append(AnsweredForm(form, wave, persons, answers, respondents.latent))
    return sorted(answered, key=lambda each: each.wave)


def _chance_to_answer(invited: Form, place: int, parameters: Parameters) -> Values:
    """Chance of each invited person; after the first wave only those who answered the one before are asked."""
    size, group = parameters.size, invited.persons["respondent_group"]
    is_staff = "collective_leadership_intensity" in invited.latent
    trait = invited.latent["collective_leadership_intensity" if is_staff else "enabler_identity"][:, 0]
    if place == 0:
        base = group.map(size.response_rate).to_numpy(dtype=float)
        slope = group.map(size.selection).to_numpy(dtype=float)
    else:
        base = np.full(len(group), 1 - size.attrition)
        slope = np.full(len(group), size.staying if is_staff else 0.0)
    return _with_slope(base, slope * trait)


def _with_slope(share: Values, added: Values) -> Values:
    """Add to the logit of a share; 0 and 1 stay what they are."""
    odds = share / np.maximum(1 - share, 1e-300) * np.exp(added)
    return np.where(share >= 1, 1.0, odds / (1 + odds))


def _in_wave(invited: Form, answers_in_wave: np.ndarray, place: int) -> Form:
    persons = invited.persons[answers_in_wave].reset_index(drop=True)
    latent = {name: values[answers_in_wave, place] for name, values in invited.latent.items()}
    return Form(persons, latent)


def _answer(
    rng: np.random.Generator, respondents: Form, shown: list[Instrument], parameters: Parameters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    persons, faults = respondents.persons, parameters.faults
    codes = pd.DataFrame(dict(_attentive_codes(rng, respondents, shown, parameters.measurement)))
    is_careless = rng.random(len(persons)) < persons["respondent_group"].map(faults.careless).to_numpy(dtype=float)
    codes = _answer_carelessly(rng, codes, is_careless).astype("Int64")
    codes[["STR_tenure", "STR_edu", "STR_sector"]] = persons[["STR_tenure", "STR_edu", "STR_sector"]].astype("Int64")
    codes = _opt_out(rng, codes, persons["STR_tenure"], _items_of(shown, OPT_OUT_DIMENSION), faults)
    codes = codes.mask(rng.random(codes.shape) < faults.skipped)
    answers = pd.concat([_stories(rng, persons, faults), codes], axis=1)
    share_seen = np.where(rng.random(len(persons)) < faults.broken_off, rng.uniform(0.05, 0.95, len(persons)), 1.0)
    places = np.arange(answers.shape[1]) / answers.shape[1]
    answers = answers.mask(places[np.newaxis, :] >= share_seen[:, np.newaxis])
    return persons.assign(is_careless=is_careless, share_seen=share_seen), answers


def _items_of(shown: list[Instrument], scale: str) -> list[str]:
    return [item for instrument in shown if scale in instrument.scales for item in instrument.scales[scale].items]


def _attentive_codes(
    rng: np.random.Generator, respondents: Form, shown: list[Instrument], measurement: Measurement
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the codes of every item that has a latent value, by the model in ``Measurement``."""
    persons = respondents.persons
    is_english = (persons["language"] == "en").to_numpy(dtype=float)
    common = measurement.common_source * persons["common_source"].to_numpy()
    agreeing = measurement.acquiescence * persons["acquiescence"].to_numpy()
    shared_variance = measurement.common_source**2 + measurement.acquiescence**2
    for instrument, dimension, place, item in _measured_items(shown, respondents.latent):
        is_reverse = item in instrument.scales[dimension].reverse_scored
        loading = measurement.reverse_loading if is_reverse else measurement.loadings[place % len(measurement.loadings)]
        loadings = loading + measurement.english_loading_shift.get(item, 0.0) * is_english
        sign = -1.0 if is_reverse else 1.0
        own = np.sqrt(1 - loadings**2 - shared_variance) * rng.standard_normal(len(persons))
        value = sign * (loadings * respondents.latent[dimension] + common) + agreeing + own
        value -= measurement.english_threshold_shift.get(item, 0.0) * is_english
        thresholds = measurement.thresholds[str(instrument.items[item].response_scale)]
        yield item, 1 + np.searchsorted(thresholds, value)


def _measured_items(
    shown: list[Instrument], latent: Mapping[str, Values]
) -> Iterator[tuple[Instrument, str, int, str]]:
    """Yield every item with its dimension, the smallest scale that has it and a latent value, and its place there."""
    for instrument in shown:
        for item in instrument.items:
            sizes = {
                name: len(scale.items)
                for name, scale in instrument.scales.items()
                if item in scale.items and name in latent
            }
            if sizes:
                dimension = min(sizes, key=sizes.__getitem__)
                yield instrument, dimension, instrument.scales[dimension].items.index(item), item


def _answer_carelessly(rng: np.random.Generator, codes: pd.DataFrame, is_careless: np.ndarray) -> pd.DataFrame:
    n_persons, n_items = codes.shape
    straight = np.repeat(rng.integers(1, 6, (n_persons, 1)), n_items, axis=1)
    at_random = rng.integers(1, 6, (n_persons, n_items))
    middle = rng.choice([2, 3, 4], (n_persons, n_items), p=[0.10, 0.80, 0.10])
    kind = rng.choice(3, n_persons, p=[0.50, 0.35, 0.15])[:, np.newaxis]
    careless = np.choose(kind, [straight, at_random, middle])
    first = np.where(rng.random(n_persons) < 1 / 3, n_items // 2, 0)[:, np.newaxis]
    where = is_careless[:, np.newaxis] & (np.arange(n_items)[np.newaxis, :] >= first)
    return pd.DataFrame(np.where(where, careless, codes.to_numpy()), columns=codes.columns)


def _opt_out(
    rng: np.random.Generator, codes: pd.DataFrame, tenure: pd.Series, items: list[str], faults: Faults
) -> pd.DataFrame:
    years = (tenure - tenure.mean()) / (tenure.std() or 1.0)
    share = _with_slope(np.full(len(codes), faults.opt_out), faults.opt_out_slope * years.to_numpy(dtype=float))
    chosen = rng.random((len(codes), len(items))) < share[:, np.newaxis]
    return codes.assign(**{item: codes[item].mask(chosen[:, place], OPT_OUT_CODE) for place, item in enumerate(items)})


def _stories(rng: np.random.Generator, persons: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    number = rng.integers(0, len(STORIES["en"]), len(persons))
    english, danish = (np.asarray(STORIES[language], dtype=object)[number] for language in ("en", "da"))
    text = pd.Series(np.where(persons["language"] == "en", english, danish), dtype="str")
    writes = rng.random(len(persons)) < persons["respondent_group"].map(faults.with_story).to_numpy(dtype=float)
    return pd.DataFrame({"OEQ_1": text.where(writes)})
