"""The small study with two open questions, a scheme of five codes, two coders and a third person."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.assets.graph import steps_of
from pipelines.assets.step import Task, run_step
from pipelines.load import Study, load_study
from pipelines.store import Store
from tests.small_study import answers, build_small_study, write_export

SCHEME = """\
name: acts
version: "1"
title: {en: Acts}
definition: What is said
protocol: {because: as taught, training: 5, least_used: 3}
thresholds: {because: as taught}
families: {A: Acts, X: Technical}
changes:
  - {version: "1", because: first, added: [A1, A2, A3, X1, X2]}
codes:
  A1:
    name: FORWARD
    family: A
    definition: An act that helps
    include: act
    exclude: wish
    example: I did it.
    version: "1"
    provenance: [{author: we}]
  A2:
    name: INHIBIT
    family: A
    definition: An act that stops
    include: act
    exclude: wish
    example: I stopped it.
    version: "1"
    provenance: [{author: we}]
  A3:
    name: UNPROMPTED
    family: A
    definition: Before it was named
    include: early
    exclude: late
    example: We did.
    answers: unprompted
    version: "1"
    provenance: [{author: we}]
  X1:
    name: UNCODABLE
    family: X
    definition: Too short
    include: short
    exclude: other
    example: ok
    stands_alone: true
    version: "1"
    provenance: [{author: we}]
  X2:
    name: NEW
    family: X
    definition: No code covers it
    include: new
    exclude: covered
    example: new
    is_proposal: true
    version: "1"
    provenance: [{author: we}]
"""
QUESTIONS = """\
  story: {text: {en: "What happened?"}, kind: open_text, prompted: false, is_required: false}
  reason: {text: {en: "Why this word?"}, kind: open_text, prompted: true, is_required: false}
scales:
"""
SECTION = "coding: {scheme: acts, items: [story, reason], coders: [anna, bo], adjudicator: carl}\n"
BEFORE = (
    "raw/files",
    "core/responses",
    "core/scores",
    "core/quality_flags",
    "out/instrument_changes",
    "out/scale_means",
)
AFTER = (
    "core/codings",
    "core/coded_themes",
    "core/analysis",
    "out/coding_agreement",
    "out/coded_shares",
    "out/scale_means",
)
MODEL = """\
name: acting
kind: regression
title: {en: Acting and trust}
estimand: Difference in trust between those who tell of an act and those who do not.
outcome: trust
focal: code_A1_story
regressors: [code_A1_story, log_words_story]
covariance: HC3
"""


def export() -> pd.DataFrame:
    """Forty responses: every fourth tells no story, every second gives a reason, every tenth story has an act."""
    table = answers("autumn")
    numbers = np.arange(1, len(table) + 1)
    words = [" ".join(["word"] * (3 + number % 7)) + f" {number}" for number in numbers]
    table["story"] = np.where(numbers % 4 == 0, "", words)
    table["reason"] = np.where(numbers % 2 == 0, [f"=reason {number}, anna@example.org" for number in numbers], "")
    return table


def build_coded_study(folder: Path) -> Path:
    """Write the study folder, without any coding."""
    build_small_study(folder, waves=())
    instrument = folder / "instruments" / "teamwork.yaml"
    instrument.write_text(
        instrument.read_text(encoding="utf-8").replace("\nscales:\n", f"\n{QUESTIONS}"), encoding="utf-8"
    )
    with (folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write(SECTION)
    (folder / "codings").mkdir()
    (folder / "codings" / "acts.yaml").write_text(SCHEME, encoding="utf-8")
    write_export(folder, "autumn.csv", export())
    return folder


def run_steps(folder: Path, *, reads_anew: bool = True) -> tuple[Study, Store]:
    """Run the steps that codings need and those that need codings; without the former when answers are read already."""
    study = load_study(folder)
    store = Store(study.warehouse)
    for step in steps_of(study):
        is_new = step.name in BEFORE if reads_anew else False
        if is_new or step.name in AFTER or step.name.startswith("out/fits/"):
            for wave in ["autumn"] if step.by_wave else [""]:
                run_step(step, Task(study, store, wave), "test")
    return study, store
