"""Steps of cases: sample register, case registry, documents, interviews, process traces."""

from collections.abc import Callable, Sequence

import pandas as pd

from instruments.seeds.traces import load_template
from instruments.spec_file import spec_hash
from pipelines.assets.erased import without_erased_units
from pipelines.assets.pseudonyms import normalised_units, pseudonymised_units, pseudonymiser
from pipelines.assets.relations import names_of_collaborations
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.steps import casework
from pipelines.steps.pseudonyms import normalised_key
from pipelines.steps.relations import NamesError, one_collaboration
from pipelines.steps.team_cells import ListError
from pipelines.store import Write
from pipelines.tables import casework as tables
from pipelines.tables.base import Table
from pipelines.tables.erasures import ERASED
from pipelines.team_tables import faults_of, read_team_table


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps of the lists that the study names."""
    named = study.spec.casework
    wanted: list[tuple[str | None, tuple[Table, ...], Callable[[Task], Sequence[Write]]]] = [
        (named.sample, (tables.SAMPLE_REGISTER, tables.REFERRALS), _sample),
        (named.cases, (tables.CASES,), _cases),
        (named.documents, (tables.DOCUMENTS,), _documents),
        (named.interviews, (tables.INTERVIEWS,), _interviews),
        (named.traces, (tables.TRACES,), _traces),
    ]
    return tuple(_step(written, make) for file, written, make in wanted if file is not None)


def _step(written: tuple[Table, ...], make: Callable[[Task], Sequence[Write]]) -> Step:
    return Step(
        name=written[0].name.replace(".", "/"),
        writes=written,
        reads=(),
        by_wave=False,
        depends_on=_depends_on,
        make=make,
        meaning=written[0].grain,
    )


def _depends_on(task: Task) -> object:
    named = task.study.spec.casework
    asked = task.study.spec.collaborations
    files = [*named.files(), *([asked.names] if asked is not None and asked.names is not None else [])]
    hashes = [asked is None, *(file_sha256(task.study.folder / file) for file in files)]
    erased = sorted(task.store.read(ERASED)["mark"])
    return [spec_hash(named), hashes, list(task.study.spec.waves), spec_hash(load_template()), erased]


def _list(task: Task, file: str, what: str) -> pd.DataFrame:
    return read_team_table(task.study.folder / file, what)


def _sample(task: Task) -> list[Write]:
    file = task.study.spec.casework.sample or ""
    texts = normalised_units(_list(task, file, "sample register"))
    if "referred_by" in texts:
        texts = texts.assign(referred_by=[normalised_key(str(key)) for key in texts["referred_by"]])
    with faults_of(file, ListError):
        spec = task.study.spec
        sample = casework.read_sample(texts, list(spec.waves), list(spec.respondent_groups))
    register = _of_people(task, sample.register)
    referrers = sample.referrals.rename(columns={"unit_id": "own", "referred_by": "unit_id"})
    referrers = _of_people(task, referrers).rename(columns={"unit_id": "referred_by", "own": "unit_id"})
    return [
        Write(tables.SAMPLE_REGISTER, tables.SAMPLE_REGISTER.typed(register)),
        Write(tables.REFERRALS, tables.REFERRALS.typed(_of_people(task, referrers))),
    ]


def _of_people(task: Task, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave erased people out and put pseudonyms in the place of unit ids."""
    return pseudonymised_units(task, without_erased_units(task.study, task.store, rows))


def _cases(task: Task) -> list[Write]:
    rows, file = _read_cases(task), task.study.spec.casework.cases or ""
    pairs = zip(rows["organisation_id"], rows["collaboration"], strict=True)
    with faults_of(file, ListError):
        ids = [None if name is None else _collaboration(task, organisation or "", name) for organisation, name in pairs]
    known = rows.assign(collaboration_id=pd.Series(ids, index=rows.index, dtype="object"))
    return [Write(tables.CASES, tables.CASES.typed(known))]


def _collaboration(task: Task, organisation: str, name: str) -> str:
    """Return the id that the respondents who name a collaboration give it."""
    asked = task.study.spec.collaborations
    if asked is None:
        raise ListError("the column collaboration needs the section collaborations in study.yaml; add it or remove it")
    maker, names = pseudonymiser(task.study, task.store, "collaboration"), names_of_collaborations(task.study)
    with faults_of(asked.names or "", NamesError):
        return one_collaboration((organisation, name), names, lambda text: maker.one("collaboration", text))


def _read_cases(task: Task) -> pd.DataFrame:
    file = task.study.spec.casework.cases
    if file is None:
        return tables.CASES.empty()
    with faults_of(file, ListError):
        return casework.read_cases(_list(task, file, "case registry"))


def _documents(task: Task) -> list[Write]:
    return [Write(tables.DOCUMENTS, tables.DOCUMENTS.typed(_read_documents(task)))]


def _read_documents(task: Task) -> pd.DataFrame:
    file, cases = task.study.spec.casework.documents, list(_read_cases(task)["case_id"])
    if file is None:
        return tables.DOCUMENTS.empty()
    with faults_of(file, ListError):
        return casework.read_documents(_list(task, file, "document register"), cases)


def _interviews(task: Task) -> list[Write]:
    return [Write(tables.INTERVIEWS, tables.INTERVIEWS.typed(_of_people(task, _read_interviews(task))))]


def _read_interviews(task: Task) -> pd.DataFrame:
    file, cases = task.study.spec.casework.interviews, list(_read_cases(task)["case_id"])
    if file is None:
        return tables.INTERVIEWS.empty()
    with faults_of(file, ListError):
        return casework.read_interviews(normalised_units(_list(task, file, "list of interviews")), cases)


def _traces(task: Task) -> list[Write]:
    file = task.study.spec.casework.traces or ""
    evidence = [*_read_documents(task)["document_id"], *_read_interviews(task)["interview_id"]]
    cases = list(_read_cases(task)["case_id"])
    with faults_of(file, ListError):
        rows = casework.read_traces(_list(task, file, "process trace"), load_template(), cases, evidence)
    return [Write(tables.TRACES, tables.TRACES.typed(rows))]
