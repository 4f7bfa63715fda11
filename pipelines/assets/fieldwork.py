"""Steps of fieldwork: invited units and what came of them, outcome rates, weights, representativity, progress."""

import pandas as pd

from instruments.spec_file import spec_hash
from models.weighting.faults import WeightingError
from pipelines.assets.core import of_waves
from pipelines.assets.erased import without_erased_units
from pipelines.assets.pseudonyms import normalised_units, pseudonymised_units
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.steps import contacts, margins, progress, response_rates, sampled_units, weighting
from pipelines.steps.representativity import representativity
from pipelines.steps.sampled_units import FrameError
from pipelines.steps.weighting_groups import groups_to_weigh
from pipelines.store import Write
from pipelines.tables import core, fieldwork, out
from pipelines.tables.erasures import ERASED
from pipelines.team_tables import faults_of, read_team_table

OF_UNITS = (core.SAMPLED_UNITS, fieldwork.CONTACTS, fieldwork.UNIT_VARIABLES)
OF_WEIGHTS = (
    fieldwork.WEIGHTS,
    fieldwork.WEIGHTING,
    fieldwork.WEIGHTING_CELLS,
    fieldwork.WEIGHTING_MARGINS,
    fieldwork.WEIGHTING_TOTALS,
)

WEIGHED_BY = [
    *("response_id", "wave", "respondent_group", "respondent_key"),
    *("disposition", "disposition_code", "is_analysed"),
]


def _hash_of(study: Study, file_name: str | None) -> str | None:
    return None if file_name is None else file_sha256(study.folder / file_name)


def _on_frame(task: Task) -> object:
    spec = task.study.spec
    log = spec.contact_log
    return [
        _hash_of(task.study, spec.frame.file if spec.frame else None),
        None if log is None else [spec_hash(log), _hash_of(task.study, log.file)],
        spec.dispositions.edition,
        sorted(task.store.read(ERASED)["mark"]),
        _on_weights(task),
        spec_hash(spec.representativity) if spec.representativity else None,
    ]


def _on_rates(task: Task) -> object:
    spec = task.study.spec
    return [list(spec.waves), spec_hash(spec.eligibility), spec.dispositions.edition]


def _on_weights(task: Task) -> object:
    weights = task.study.spec.weights
    if weights is None:
        return None
    file = weights.calibration.margins_file if weights.calibration else None
    return [spec_hash(weights), _hash_of(task.study, file)]


def _on_representativity(task: Task) -> object:
    spec = task.study.spec
    design = spec.weights.design if spec.weights else None
    return [spec_hash(each) if each else None for each in (spec.representativity, design)]


def _variables(study: Study) -> list[str]:
    """Name the columns of the frame that the study needs beside those every frame has."""
    weights, items = study.spec.weights, study.items()
    names = list(study.spec.representativity.variables) if study.spec.representativity else []
    if weights is not None and weights.design is not None:
        names += [name for name in weights.design.model_dump().values() if name is not None]
    if weights is not None and weights.nonresponse is not None:
        names += weights.nonresponse.variables
    of_margins = margins.variables_of(list(_margins(study)["variable"].drop_duplicates()))
    return list(dict.fromkeys([*names, *(name for name in of_margins if name not in items)]))


def _responses(task: Task) -> pd.DataFrame:
    return of_waves(task.study, task.store.read(core.RESPONSES))


def _units(task: Task) -> pd.DataFrame:
    return of_waves(task.study, task.store.read(core.SAMPLED_UNITS))


def _sample(task: Task) -> list[Write]:
    spec = task.study.spec
    if spec.frame is None:
        return [Write(table, table.empty()) for table in OF_UNITS]
    responses = _responses(task)
    frame = normalised_units(read_team_table(task.study.folder / spec.frame.file, "list of invited units"))
    with faults_of(spec.frame.file, FrameError):
        sampled_units.check_frame_against_study(frame, list(spec.waves), list(spec.respondent_groups))
        sampled_units.check_frame(frame)
        variables = sampled_units.unit_variables(frame, _variables(task.study))
    attempts = _contacts(task, frame)
    frame, attempts, variables = (
        pseudonymised_units(task, without_erased_units(task.study, task.store, rows))
        for rows in (frame, attempts, variables)
    )
    with faults_of(spec.frame.file, FrameError):
        sampled = sampled_units.sample_units(frame, responses, attempts, spec.dispositions.edition)
        response_rates.outside_frame(responses, sampled)
    return [Write(table, rows) for table, rows in zip(OF_UNITS, (sampled, attempts, variables), strict=True)]


def _contacts(task: Task, frame: pd.DataFrame) -> pd.DataFrame:
    log = task.study.spec.contact_log
    if log is None:
        return fieldwork.CONTACTS.empty()
    texts = read_team_table(task.study.folder / log.file, "list of contacts")
    with faults_of(log.file, FrameError):
        return contacts.read_contacts(texts, log, frame)


def _rates(task: Task) -> list[Write]:
    spec = task.study.spec
    responses = _responses(task)
    units = _units(task)
    edition = spec.dispositions.edition
    return [
        Write(out.RESPONSE_RATES, response_rates.response_rates(responses, units, spec.eligibility, edition)),
        Write(fieldwork.RATES_BY_ORGANISATION, response_rates.rates_by_organisation(units, spec.eligibility, edition)),
    ]


def _margins(study: Study) -> pd.DataFrame:
    calibration = study.spec.weights.calibration if study.spec.weights else None
    if calibration is None:
        return pd.DataFrame(columns=margins.COLUMNS)
    if calibration.margins_file is None:
        return margins.margins_of_study(calibration)
    texts = read_team_table(study.folder / calibration.margins_file, "table of margins")
    with faults_of(calibration.margins_file, WeightingError):
        return margins.read_margins(texts)


def _units_with_variables(task: Task) -> pd.DataFrame:
    units = _units(task)
    long = of_waves(task.study, task.store.read(fieldwork.UNIT_VARIABLES))
    wide = long.pivot(index=["unit_id", "wave"], columns="variable", values="value").rename_axis(columns=None)
    return units.merge(wide.reset_index(), on=["unit_id", "wave"], how="left")


def _weigh(task: Task) -> list[Write]:
    study = task.study
    known = _margins(study)
    responses = _responses(task)[WEIGHED_BY]
    items = [name for name in margins.variables_of(list(known["variable"].drop_duplicates())) if name in study.items()]
    if items:
        answers = task.store.read(core.answers(study))[["response_id", *items]]
        responses = responses.merge(answers, on="response_id", how="left", validate="one_to_one")
    groups = groups_to_weigh(responses, _units_with_variables(task), task.store.read(out.RESPONSE_RATES), known)
    tables = weighting.weigh(groups, study.spec.weights).tables()
    return [Write(table, rows) for table, rows in zip(OF_WEIGHTS, tables, strict=True)]


def _represent(task: Task) -> list[Write]:
    spec = task.study.spec
    if spec.representativity is None:
        return [Write(fieldwork.REPRESENTATIVITY, fieldwork.REPRESENTATIVITY.empty())]
    design = spec.weights.design if spec.weights else None
    found = representativity(_units_with_variables(task), spec.representativity.variables, design)
    return [Write(fieldwork.REPRESENTATIVITY, found)]


def _progress(task: Task) -> list[Write]:
    study = task.study
    responses = _responses(task)
    units = _units(task)
    missing = task.store.read(core.MISSING)
    items = {
        name: [item for each in study.instruments_of(source) for item in each.items]
        for name, source in study.sources().items()
    }
    return [
        Write(fieldwork.FIELDWORK_BY_DAY, progress.fieldwork_by_day(responses, units)),
        Write(fieldwork.BREAK_OFF_ITEMS, progress.break_off_items(responses, missing, items)),
    ]


STEPS = (
    Step(
        name="core/sampled_units",
        writes=OF_UNITS,
        reads=("core.responses",),
        by_wave=False,
        depends_on=_on_frame,
        make=_sample,
        meaning=core.SAMPLED_UNITS.grain,
    ),
    Step(
        name="out/response_rates",
        writes=(out.RESPONSE_RATES, fieldwork.RATES_BY_ORGANISATION),
        reads=("core.responses", "core.sampled_units"),
        by_wave=False,
        depends_on=_on_rates,
        make=_rates,
        meaning=out.RESPONSE_RATES.grain,
    ),
    Step(
        name="core/weights",
        writes=OF_WEIGHTS,
        reads=("core.responses", "core.answers", "core.sampled_units", "core.unit_variables", "out.response_rates"),
        by_wave=False,
        depends_on=_on_weights,
        make=_weigh,
        meaning=fieldwork.WEIGHTS.grain,
    ),
    Step(
        name="out/representativity",
        writes=(fieldwork.REPRESENTATIVITY,),
        reads=("core.sampled_units", "core.unit_variables"),
        by_wave=False,
        depends_on=_on_representativity,
        make=_represent,
        meaning=fieldwork.REPRESENTATIVITY.grain,
    ),
    Step(
        name="out/fieldwork_by_day",
        writes=(fieldwork.FIELDWORK_BY_DAY, fieldwork.BREAK_OFF_ITEMS),
        reads=("core.responses", "core.missing", "core.sampled_units"),
        by_wave=False,
        depends_on=lambda task: task.study.instrument_hashes,
        make=_progress,
        meaning=fieldwork.FIELDWORK_BY_DAY.grain,
    ),
)
