"""Writes the synthetic demonstration study as a study folder: no real organisation, person or answer.

The truth behind the answers is in ``parameters`` and ``effects``; the same seed gives the same bytes.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.studies.demo.answering import AnsweredForm, answer_forms
from pipelines.studies.demo.codings import CODERS, codings_of, source_of
from pipelines.studies.demo.draws import stream
from pipelines.studies.demo.exports.layout import CsvStyle, write_csv
from pipelines.studies.demo.exports.platforms import write_answers, write_structures
from pipelines.studies.demo.fieldwork import FRAME, draw_frame, list_contacts
from pipelines.studies.demo.forms_asked import FILES, shown_forms
from pipelines.studies.demo.organisations import draw_registers
from pipelines.studies.demo.parameters import DEFAULT_SEED, SHIPPED, Parameters
from pipelines.studies.demo.population import Population, draw_population
from pipelines.studies.demo.truth import truth_of

STUDY = "demo"
TRUTH = "truth.json"
README = """SYNTHETIC demonstration study
=============================

Everything in this folder is invented by a random number generator (seed {seed}). No organisation, person or answer
is real. Nothing here says anything about any workplace.

study.yaml         waves, sources, groups and rules
forms/             what the groups were asked
models/            the models that are fitted
exports/           SYNTHETIC exports, one a form and wave, in the layouts of Qualtrics (managers), LimeSurvey (frontline
                   staff), REDCap (citizens) and KoboToolbox (partners), and the form that each platform was given
codings/           SYNTHETIC codes that two coders gave to open answers
frame.csv          SYNTHETIC list of the invited persons
contacts.csv       SYNTHETIC list of invitations, reminders and what came of them
organisations.csv  SYNTHETIC registers and archives, one row an organisation and wave
truth.json         what was planted, and who is careless; no part of the software reads it
"""


@dataclass(frozen=True)
class DrawnStudy:
    """The demonstration study before it is written.

    Attributes:
        parameters: What is planted.
        seed: The seed.
        population: Organisations and invited persons with their latent values.
        forms: What each form brought in each wave.
    """

    parameters: Parameters
    seed: int
    population: Population
    forms: list[AnsweredForm]

    def form(self, group: str, wave: str) -> AnsweredForm:
        """Return what a group answered in a wave."""
        return next(each for each in self.forms if (each.group, each.wave) == (group, wave))


def draw_study(parameters: Parameters = SHIPPED, seed: int = DEFAULT_SEED) -> DrawnStudy:
    """Draw the demonstration study.

    Args:
        parameters: What is planted; the shipped study's when not given.
        seed: Not negative.

    Returns:
        The study; the same parameters and seed give the same numbers.
    """
    population = draw_population(parameters, seed)
    return DrawnStudy(parameters, seed, population, list(answer_forms(population, shown_forms(), parameters, seed)))


def write_demo_study(home: Path, seed: int = DEFAULT_SEED, parameters: Parameters = SHIPPED) -> Path:
    """Write the demonstration study as a study folder.

    Args:
        home: Folder in which the study folder ``demo`` is made; what the generator made there before is replaced.
        seed: Not negative; the same seed gives the same bytes.
        parameters: What is planted; the shipped study's when not given.

    Returns:
        The study folder.
    """
    folder = home / STUDY
    for part in ("models", "forms", "exports", "codings"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(FILES / "study.yaml", folder / "study.yaml")
    for spec in sorted([*(FILES / "models").glob("*.yaml"), *(FILES / "forms").glob("*.yaml")]):
        shutil.copyfile(spec, folder / spec.parent.name / spec.name)
    study = draw_study(parameters, seed)
    write_structures(folder / "exports")
    ids = [_write_export(folder / "exports", study, form) for form in study.forms]
    for coder in CODERS:
        _write_table(
            folder / "codings" / f"{coder}.csv", codings_of(coder, study.forms, ids, parameters.open_answers, seed)
        )
    frame = draw_frame(study.population, study.forms, seed)
    _write_table(folder / "frame.csv", frame[FRAME])
    _write_table(folder / "contacts.csv", list_contacts(frame))
    registers = draw_registers(study.population.places, study.population.organisations, seed)
    _write_table(folder / "organisations.csv", registers)
    truth = truth_of(study.population, study.forms, ids, parameters, seed)
    (folder / TRUTH).write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "README.txt").write_text(README.format(seed=seed), encoding="utf-8")
    return folder


def _write_export(folder: Path, study: DrawnStudy, form: AnsweredForm) -> pd.Series:
    """Write the export of a form and wave; return the ids of its responses."""
    rng = stream(study.seed, f"export {form.group} {form.wave}")
    return write_answers(folder / f"{source_of(form)}.csv", form, rng, study.parameters.faults.previews)


def _write_table(path: Path, rows: pd.DataFrame) -> None:
    write_csv(path, [list(rows.columns)], rows, CsvStyle())
