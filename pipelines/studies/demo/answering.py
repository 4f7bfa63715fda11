"""The population → what each form brought in each wave: respondents, answers with everything that goes wrong, codes.

Not the layout of an export (``exports``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.studies.demo.background import Codes, background_codes, instructed_codes, sums_of
from pipelines.studies.demo.carelessness import answer_carelessly, draw_careless, draw_share_seen, opt_out, with_gaps
from pipelines.studies.demo.draws import Places, Truths, stream
from pipelines.studies.demo.forms_asked import Shown
from pipelines.studies.demo.measuring import MeasuredItem, Respondents, attentive_codes, measured_items
from pipelines.studies.demo.parameters import GROUPS, WAVES, Parameters
from pipelines.studies.demo.population import Invited, Population
from pipelines.studies.demo.responding import respondents
from pipelines.studies.demo.texts import CODE_OF_ITEM, deserved, write_texts

GROUP_NAME = "STR_group_name"


@dataclass(frozen=True)
class AnsweredForm:
    """What one form brought in one wave.

    Attributes:
        group: Code of the respondent group.
        wave: Name of the wave.
        rows: Places of the respondents among the invited of the group, length n.
        persons: n rows: the columns of ``Invited.persons``, careless (empty or a kind), starts_late, share_seen.
        answers: n rows, a column an item in the order shown (of a multiple choice one an option): codes or text.
        deserved: n rows, a column an item that is coded: whether the text deserves the item's code.
    """

    group: str
    wave: str
    rows: Places
    persons: pd.DataFrame
    answers: pd.DataFrame
    deserved: pd.DataFrame


def answer_forms(population: Population, shown: Shown, parameters: Parameters, seed: int) -> Iterator[AnsweredForm]:
    """Let the population answer its forms.

    Args:
        population: Who is invited, with latent values.
        shown: What the forms ask.
        parameters: What is planted.
        seed: Not negative.

    Yields:
        One entry a group and wave: the waves of the first group, then those of the next.
    """
    for group in GROUPS:
        invited = population.groups[group]
        for place, rows in enumerate(respondents(group, invited, parameters.response, seed)):
            yield Answering(population, shown, parameters, seed).answer(group, place, rows)


@dataclass(frozen=True)
class Answering:
    """Lets respondents answer.

    Attributes:
        population: Who is invited, with latent values.
        shown: What the forms ask.
        parameters: What is planted.
        seed: Not negative.
    """

    population: Population
    shown: Shown
    parameters: Parameters
    seed: int

    def answer(self, group: str, place: int, rows: Places) -> AnsweredForm:
        """Let the invited persons of a group at some places answer in a wave.

        Args:
            group: Code of the respondent group.
            place: Number of the wave, from 0.
            rows: Who answers.
        """
        invited, wave, faults = self.population.groups[group], WAVES[place], self.parameters.faults
        rng = stream(self.seed, f"answers {group} {wave}")
        persons = invited.persons.take(rows).reset_index(drop=True)
        items = measured_items(self.shown.of_whole(group), invited.latent, self.parameters.measurement)
        codes = self._attentive(rng, group, items, place, rows)
        careless = draw_careless(rng, len(rows), faults.careless[group], faults)
        answer_carelessly(rng, codes, self._closed(group, codes, items), careless, faults)
        shares = {each.name: faults.opt_out[each.dimension] for each in items if each.dimension in faults.opt_out}
        opt_out(rng, codes, shares, persons["STR_tenure"].to_numpy(dtype=float), faults)
        share_seen = draw_share_seen(rng, len(rows), faults)
        texts, earned = self._texts(rng, invited, persons, place, rows)
        columns = _in_order(self.shown, group, {**codes, **texts})
        together = {part: parts[0] for parts in sums_of(codes) for part in parts}
        together |= {name: "STR_actor" for name in columns if name.startswith("STR_actor_")}
        answers = with_gaps(rng, columns, together, share_seen, faults.skipped)
        persons = persons.assign(careless=careless.kind, starts_late=careless.starts_late, share_seen=share_seen)
        return AnsweredForm(group, wave, rows, persons, answers, earned)

    def _attentive(
        self, rng: np.random.Generator, group: str, items: list[MeasuredItem], place: int, rows: Places
    ) -> dict[str, Codes]:
        invited, measurement = self.population.groups[group], self.parameters.measurement
        persons = invited.persons.take(rows)
        who = Respondents(
            persons["common_source"].to_numpy(),
            persons["acquiescence"].to_numpy(),
            (persons["language"] == "en").to_numpy(dtype=bool),
        )
        values = {name: invited.latent.of(name, place)[rows] for name in dict.fromkeys(each.scale for each in items)}
        codes: dict[str, Codes] = dict(attentive_codes(rng, items, values, who, measurement))
        host = self.population.organisations["host_public"][persons["organisation"].to_numpy()]
        shown = [item for _, item in self.shown.items[group]]
        codes |= background_codes(rng, persons, host, shown)
        for instrument, item in self.shown.of_whole(group):
            kind = instrument.items[item].kind
            if item not in codes and kind == "choice":
                heeds = self.parameters.faults.heeds_instruction
                codes[item] = instructed_codes(rng, instrument, item, len(rows), heeds)
        return codes

    def _closed(self, group: str, codes: dict[str, Codes], items: list[MeasuredItem]) -> list[str]:
        """List the items with answers 1 to 5 in the order of the form: measured ones and instructions."""
        measured = {each.name for each in items}
        instructed = {item for each, item in self.shown.items[group] if each.items[item].expected_answer is not None}
        return [item for _, item in self.shown.items[group] if item in codes and item in measured | instructed]

    def _texts(
        self, rng: np.random.Generator, invited: Invited, persons: pd.DataFrame, place: int, rows: Places
    ) -> tuple[dict[str, pd.Series], pd.DataFrame]:
        group, planted = invited.latent.group, self.parameters.open_answers
        writes: Truths = rng.random(len(rows)) < planted.share[group]
        is_english = (persons["language"] == "en").to_numpy(dtype=bool)
        texts: dict[str, pd.Series] = {}
        earned: dict[str, Truths] = {}
        for instrument, item in self.shown.items[group]:
            if instrument.items[item].kind != "open_text":
                continue
            if item == GROUP_NAME:
                texts[item] = persons["collaboration"].where(persons["collaboration"] != "")
                continue
            deserves = deserved(rng, item, invited.latent, place, planted)[rows]
            texts[item] = write_texts(rng, item, deserves, is_english, writes)
            if item in CODE_OF_ITEM:
                earned[item] = deserves
        return texts, pd.DataFrame(earned, index=persons.index)


def _in_order(shown: Shown, group: str, columns: dict[str, Codes | pd.Series]) -> dict[str, Codes | pd.Series]:
    found: dict[str, Codes | pd.Series] = {}
    for instrument, item in shown.items[group]:
        names = list(instrument.option_columns(item)) or [item]
        found |= {name: columns[name] for name in names}
    return found
