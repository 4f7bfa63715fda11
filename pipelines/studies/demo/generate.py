"""Writes the synthetic demonstration study as a study folder: no real organisation, person or answer.

The truth behind the answers is in ``parameters``; the same seed gives the same bytes.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from instruments.forms.asked import as_asked
from instruments.forms.load import find_forms, labels_of, library_labels, load_form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec import Instrument
from instruments.wording import with_labels
from pipelines.studies.demo.answering import FORMS, AnsweredForm, answer_forms
from pipelines.studies.demo.parameters import DEFAULT_SEED, WAVES, Parameters
from pipelines.studies.demo.population import Population, draw_population, stream
from pipelines.studies.demo.qualtrics_file import qualtrics_csv

FILES = Path(__file__).parent
STUDY = "demo"
FRAME_COLUMNS = ["unit_id", "wave", "organisation_id", "respondent_group", "country", "tenure_band", "disposition"]
TENURE_BANDS = {"under 10 years": 0, "10 to 19 years": 10, "20 years and more": 20}
INVITED_AT, REMINDED_AT = {"w1": "2026-02-02", "w2": "2026-08-03"}, {"w1": "2026-02-12", "w2": "2026-08-13"}
KNOWN_AT = {"w1": "2026-02-16", "w2": "2026-08-17"}
OUTCOMES = {"refusal": "opted_out", "noncontact": "unreachable", "not_eligible": "left_organisation"}
README = """SYNTHETIC demonstration study
=============================

Everything in this folder is invented by a random number generator (seed {seed}). No organisation, person or answer
is real. Nothing here says anything about any workplace.

study.yaml   waves, sources, groups and rules
forms/       what the groups were asked
models/      the models that are fitted
exports/     SYNTHETIC exports in the layout of Qualtrics, one a wave and form
frame.csv    SYNTHETIC list of the invited persons
contacts.csv SYNTHETIC list of invitations, reminders and what came of them
"""


@dataclass(frozen=True)
class DrawnStudy:
    """The demonstration study before it is written.

    Attributes:
        population: Organisations and invited persons with their latent values.
        forms: What each form brought in each wave.
        frame: One row an invited person and wave: unit_id, wave, organisation_id, respondent_group, country,
            tenure_band, disposition (empty where nothing is known).
        contacts: One row an attempt to reach a person: unit_id, wave, contacted_at, outcome.
    """

    population: Population
    forms: list[AnsweredForm]
    frame: pd.DataFrame
    contacts: pd.DataFrame


def draw_study(parameters: Parameters | None = None, seed: int = DEFAULT_SEED) -> DrawnStudy:
    """Draw the demonstration study.

    Args:
        parameters: What is planted; the shipped study's when not given.
        seed: Not negative.

    Returns:
        The study; the same parameters and seed give the same numbers.
    """
    planted = parameters or Parameters()
    population = draw_population(planted, seed)
    forms = answer_forms(population, form_instruments(), planted, seed)
    frame = _frame(population, forms, stream(seed, "frame"))
    return DrawnStudy(population, forms, frame, _contacts(frame, forms))


def write_demo_study(home: Path, seed: int = DEFAULT_SEED) -> Path:
    """Write the demonstration study as a study folder.

    Args:
        home: Folder in which the study folder ``demo`` is made; what the generator made there before is replaced.
        seed: Not negative; the same seed gives the same bytes.

    Returns:
        The study folder.
    """
    folder = home / STUDY
    for part in ("models", "forms", "exports"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(FILES / "study.yaml", folder / "study.yaml")
    for spec in sorted([*(FILES / "models").glob("*.yaml"), *(FILES / "forms").glob("*.yaml")]):
        shutil.copyfile(spec, folder / spec.parent.name / spec.name)
    study, planted, instruments = draw_study(seed=seed), Parameters(), form_instruments()
    for form in study.forms:
        shown = [instruments[name] for name in FORMS[form.form]]
        rng = stream(seed, f"export {form.form} {form.wave}")
        _write(
            folder / "exports" / f"{form.form}_{form.wave}.csv",
            qualtrics_csv(form, shown, rng, planted.faults.previews),
        )
    _write(folder / "frame.csv", study.frame.to_csv(index=False, lineterminator="\n"))
    _write(folder / "contacts.csv", study.contacts.to_csv(index=False, lineterminator="\n"))
    _write(folder / "README.txt", README.format(seed=seed))
    return folder


def form_instruments() -> dict[str, Instrument]:
    """Return what the forms ask of the instruments of the built-in library, by name."""
    known = {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}
    forms = {name: load_form(path, known) for name, path in find_forms([FILES / "forms"]).items()}
    labels = labels_of(None, library_labels())
    return {name: with_labels(each, labels) for name, each in as_asked(forms, known).items()}


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _frame(population: Population, forms: list[AnsweredForm], rng: np.random.Generator) -> pd.DataFrame:
    answered: Mapping[tuple[str, str], set[str]] = {
        (each.form, each.wave): set(each.persons["respondent_key"]) for each in forms
    }
    parts: list[pd.DataFrame] = []
    for name, form in population.forms.items():
        invited = form.persons
        for wave in WAVES:
            keys = answered[name, wave]
            parts.append(_frame_of_wave(invited, wave, keys, rng))
            invited = invited[invited["respondent_key"].isin(keys)]
    return pd.concat(parts).sort_values(["wave", "unit_id"])[FRAME_COLUMNS]


def _frame_of_wave(invited: pd.DataFrame, wave: str, answered: set[str], rng: np.random.Generator) -> pd.DataFrame:
    known = rng.choice(["", "refusal", "noncontact", "not_eligible"], len(invited), p=[0.93, 0.03, 0.03, 0.01])
    disposition = np.where(invited["respondent_key"].isin(answered), "", known)
    edges = [*TENURE_BANDS.values(), np.inf]
    known_of_all = {
        "country": invited["language"].map({"da": "Denmark", "en": "Scotland"}),
        "tenure_band": pd.cut(invited["STR_tenure"], edges, right=False, labels=list(TENURE_BANDS)),
    }
    units = invited.rename(columns={"respondent_key": "unit_id"}).assign(**known_of_all)
    return units.assign(wave=wave, disposition=disposition)


def _contacts(frame: pd.DataFrame, forms: list[AnsweredForm]) -> pd.DataFrame:
    """List invitations, reminders to those who had not answered, and what was learned of them."""
    answered = {(each.wave, key) for each in forms for key in each.persons["respondent_key"]}
    is_silent = [pair not in answered for pair in zip(frame["wave"], frame["unit_id"], strict=True)]
    sent = frame[["unit_id", "wave"]].assign(contacted_at=frame["wave"].map(INVITED_AT), outcome="sent")
    silent = frame.loc[is_silent, ["unit_id", "wave", "disposition"]]
    reminded = silent.assign(contacted_at=silent["wave"].map(REMINDED_AT), outcome="reminded")
    known = silent[silent["disposition"] != ""]
    learned = known.assign(contacted_at=known["wave"].map(KNOWN_AT), outcome=known["disposition"].map(OUTCOMES))
    every = pd.concat([sent, reminded, learned]).sort_values(["wave", "unit_id", "contacted_at"])
    return every[["unit_id", "wave", "contacted_at", "outcome"]]
