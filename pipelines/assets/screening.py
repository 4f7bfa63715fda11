"""Steps of screening: flags and exclusions of responses, and how often they occur."""

from collections.abc import Iterator

import pandas as pd

from instruments.counted import counted
from instruments.spec_file import spec_hash
from pipelines.assets.core import of_waves
from pipelines.assets.step import Step, Task
from pipelines.steps import exclusions, screening
from pipelines.steps.screening_form import Form, build_form
from pipelines.store import Write
from pipelines.tables import core
from pipelines.tables.screening import (
    EXCLUDED,
    EXCLUSIONS,
    PARADATA,
    QUALITY_FLAGS,
    SCREENING,
    SCREENING_OVERLAP,
)


def notes(flags: pd.DataFrame) -> list[str]:
    """Say for each wave with flags how many responses each check flags: information, no judgement."""
    found: list[str] = []
    for wave, rows in flags.groupby("wave", sort=True):
        flagged = rows[rows["is_flagged"].fillna(value=False).astype(bool)]
        counts = flagged.groupby("check_name")["response_id"].nunique().sort_values(ascending=False, kind="stable")
        if counts.empty:
            continue
        listed = ", ".join(f"{check} {n}" for check, n in counts.items())
        n_responses = rows["response_id"].nunique()
        found.append(
            f"wave {wave}: flagged as possibly careless, of {counted(n_responses, 'analysed response')}: {listed}; "
            "flags take nobody out"
        )
    return found


def _depends_on(task: Task) -> object:
    study = task.study
    sources = {name: spec_hash(each) for name, each in study.spec.sources.items() if each.wave == task.wave}
    instruments = study.instrument_hashes
    return [spec_hash(study.spec.screening), sources, instruments]


def _screen(task: Task) -> list[Write]:
    rules = task.study.spec.screening
    flags = screening.screen_wave(_forms(task), task.wave, rules.repeated_respondents)
    excluded = exclusions.excluded_responses(flags, rules.exclusions)
    where = {"wave": task.wave}
    return [Write(QUALITY_FLAGS, flags, where), Write(EXCLUSIONS, excluded, where)]


def _forms(task: Task) -> Iterator[Form]:
    study, store = task.study, task.store
    responses = store.read(core.RESPONSES)
    responses = responses[(responses["wave"] == task.wave) & responses["is_analysed"].astype(bool)]
    tables = {"answers": store.read(core.answers(study)), "paradata": store.read(PARADATA)}
    for name, source in study.sources().items():
        own = responses[responses["source"] == name]
        if len(own):
            yield build_form(source, study.instruments_of(source), {**tables, "responses": own}, study.spec.screening)


def _report(task: Task) -> list[Write]:
    responses = of_waves(task.study, task.store.read(core.RESPONSES))
    flags = of_waves(task.study, task.store.read(QUALITY_FLAGS))
    rules = task.study.spec.screening.exclusions
    return [
        Write(SCREENING, exclusions.screening_report(flags, responses)),
        Write(SCREENING_OVERLAP, exclusions.overlap_report(flags, responses)),
        Write(EXCLUDED, exclusions.exclusions_report(flags, responses, rules)),
    ]


STEPS = (
    Step(
        name="core/quality_flags",
        writes=(QUALITY_FLAGS, EXCLUSIONS),
        reads=("core.responses", "core.answers", "core.paradata"),
        by_wave=True,
        depends_on=_depends_on,
        make=_screen,
        meaning=QUALITY_FLAGS.grain,
    ),
    Step(
        name="out/screening",
        writes=(SCREENING, SCREENING_OVERLAP, EXCLUDED),
        reads=("core.responses", "core.quality_flags"),
        by_wave=False,
        depends_on=lambda task: [spec_hash(task.study.spec.screening), list(task.study.spec.waves)],
        make=_report,
        meaning=SCREENING.grain,
    ),
)
