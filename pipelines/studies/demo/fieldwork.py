"""The lists that a survey office keeps: who was invited to which wave, and what came of every attempt to reach them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.draws import stream
from pipelines.studies.demo.parameters import WAVES
from pipelines.studies.demo.population import Population

FRAME = ["unit_id", "wave", "organisation_id", "respondent_group", "country", "age_band", "disposition"]
CONTACTS = ["unit_id", "wave", "contacted_at", "outcome"]
AGE_BANDS = ("under 35", "35 to 49", "50 and older")
AGE_EDGES = (35, 50)
INVITED_AT: Mapping[str, str] = MappingProxyType({"w1": "2026-02-02", "w2": "2026-08-03", "w3": "2027-02-01"})
REMINDED_AT: Mapping[str, str] = MappingProxyType({"w1": "2026-02-12", "w2": "2026-08-13", "w3": "2027-02-11"})
KNOWN_AT: Mapping[str, str] = MappingProxyType({"w1": "2026-02-16", "w2": "2026-08-17", "w3": "2027-02-15"})
KNOWN = ("", "refusal", "noncontact", "not_eligible")
SHARES = (0.93, 0.03, 0.03, 0.01)
OUTCOMES = {"refusal": "opted_out", "noncontact": "unreachable", "not_eligible": "left_organisation"}


def draw_frame(population: Population, forms: Sequence[AnsweredForm], seed: int) -> pd.DataFrame:
    """List everybody who was invited to a wave; later waves invite those who answered the one before.

    Returns:
        One row an invited person and wave: ``FRAME``, disposition empty where nothing is known; and ``answers``.
    """
    answered = {(each.group, each.wave): each.rows for each in forms}
    parts: list[pd.DataFrame] = []
    for group, invited in population.groups.items():
        persons, asked = invited.persons, np.arange(len(invited.persons))
        for wave in WAVES:
            rows = answered[group, wave]
            rng = stream(seed, f"frame {group} {wave}")
            units = persons.take(asked)[["respondent_key", "organisation_id", "country", "age"]]
            known = np.asarray(KNOWN, dtype=object)[rng.choice(len(KNOWN), len(asked), p=SHARES)]
            answers = np.isin(asked, rows)
            parts.append(
                units.rename(columns={"respondent_key": "unit_id"}).assign(
                    wave=wave,
                    respondent_group=group,
                    age_band=np.asarray(AGE_BANDS, dtype=object)[np.digitize(units["age"], AGE_EDGES)],
                    disposition=pd.Series(np.where(answers, "", known), dtype="str", index=units.index),
                    answers=answers,
                )
            )
            asked = rows
    return pd.concat(parts, ignore_index=True)[[*FRAME, "answers"]]


def list_contacts(frame: pd.DataFrame) -> pd.DataFrame:
    """List invitations, reminders to those who had not answered, and what was learned of them.

    Args:
        frame: What ``draw_frame`` returned.

    Returns:
        One row an attempt: ``CONTACTS``.
    """
    sent = frame[["unit_id", "wave"]].assign(contacted_at=frame["wave"].map(INVITED_AT), outcome="sent")
    silent = frame.loc[~frame["answers"], ["unit_id", "wave", "disposition"]]
    reminded = silent.assign(contacted_at=silent["wave"].map(REMINDED_AT), outcome="reminded")
    known = silent[silent["disposition"] != ""]
    learned = known.assign(contacted_at=known["wave"].map(KNOWN_AT), outcome=known["disposition"].map(OUTCOMES))
    every = pd.concat([sent, reminded, learned], ignore_index=True)
    return every.sort_values(["wave", "unit_id", "contacted_at"], ignore_index=True)[CONTACTS]
