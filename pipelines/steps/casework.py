"""Lists of cases kept by a team → how units were chosen, cases within cases, documents, interviews, process traces.

Put here what the lists mean; how their cells become values is in ``team_cells``. Pure tables.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from instruments.seeds.traces import TraceTemplate
from pipelines.steps.team_cells import (
    FIRST_ROW,
    ListError,
    refuse_personal,
    refuse_repeats,
    refuse_strangers,
    steps_up,
    typed_list,
)
from pipelines.tables.base import TEXT, ColumnOf
from pipelines.tables.casework import CASES, DOCUMENTS, DRAWN, INTERVIEWS, SAMPLE_REGISTER, TRACES

_COLLABORATION = {"collaboration": ColumnOf(TEXT, "Name of the collaboration", may_be_missing=True)}
_REFERRED_BY = {"referred_by": ColumnOf(TEXT, "Unit that referred it", may_be_missing=True)}


@dataclass(frozen=True)
class Sample:
    """How units came into a study.

    Attributes:
        register: ``core.sample_register`` with unit ids as written.
        referrals: ``core.referrals`` with unit ids as written.
    """

    register: pd.DataFrame
    referrals: pd.DataFrame


def read_sample(texts: pd.DataFrame, waves: Collection[str], groups: Collection[str]) -> Sample:
    """Read a sample register.

    A respondent group of a wave allows inference when every unit of it was taken (census) or drawn at random
    (probability). Units that were chosen, referred or let in by a gatekeeper describe themselves and nobody else; those
    without a group count for every group of their wave.

    Raises:
        ListError: Beside wrong cells, when a referred unit has no referrer or one that is not in the list, a chain of
            referrals is closed, a gatekeeper is missing, or a probability stands where nothing was drawn.
    """
    written = {
        name: column
        for name, column in SAMPLE_REGISTER.columns.items()
        if name not in ("n_referrals_before", "allows_inference")
    }
    rows = typed_list(texts, {**written, **_REFERRED_BY})
    refuse_repeats(rows, ["unit_id", "wave"])
    refuse_strangers(rows, "wave", set(waves), "wave")
    refuse_strangers(rows, "respondent_group", set(groups), "respondent group")
    for row, each in enumerate(rows.to_dict("records"), FIRST_ROW):
        _check_selection(f"row {row}", each)
    pairs = set(zip(rows["unit_id"], rows["wave"], strict=True))
    before: dict[tuple[str, str], int] = {}
    for wave, own in rows.groupby("wave", sort=False):
        for place, referrer in own["referred_by"].items():
            if referrer is not None and (referrer, wave) not in pairs:
                message = "the referrer is no unit of the wave; add it or correct the id"
                raise ListError(f"row {int(str(place)) + FIRST_ROW}, column referred_by: {message}")
        depths = steps_up(own, "unit_id", "referred_by")
        before |= {(unit, str(wave)): depth for unit, depth in depths.items()}
    keys = zip(rows["unit_id"], rows["wave"], strict=True)
    register = rows.assign(n_referrals_before=[before[key] for key in keys], allows_inference=_allow_inference(rows))
    return Sample(register, rows[rows["referred_by"].notna()][["unit_id", "wave", "referred_by"]])


def _allow_inference(rows: pd.DataFrame) -> list[bool]:
    chosen = rows[~rows["selection"].isin(DRAWN)]
    without = set(zip(chosen["wave"], chosen["respondent_group"], strict=True))
    keys = zip(rows["wave"], rows["respondent_group"], strict=True)
    return [(wave, group) not in without and (wave, None) not in without for wave, group in keys]


def _check_selection(where: str, row: dict[str, object]) -> None:
    needs = {"snowball": "referred_by", "gatekeeper": "gatekeeper", "probability": "inclusion_probability"}
    selection = str(row["selection"])
    for kind, column in needs.items():
        if selection == kind and row[column] is None:
            raise ListError(f"{where}, column {column}: needed where the selection is {kind}")
    if selection != "snowball" and row["referred_by"] is not None:
        raise ListError(f"{where}, column referred_by: the selection is {selection}; write snowball or clear the cell")
    if selection not in DRAWN and row["inclusion_probability"] is not None:
        raise ListError(f"{where}, column inclusion_probability: nothing was drawn by {selection}; clear the cell")
    if row["inclusion_probability"] == 0:
        raise ListError(f"{where}, column inclusion_probability: a unit of the study had a chance above 0")


def read_cases(texts: pd.DataFrame) -> pd.DataFrame:
    """Read a case registry: ``core.cases`` with ``collaboration``, its name as written, in place of the id.

    Raises:
        ListError: Beside wrong cells, when a case stands twice, lies in a case that is not there or in itself, ends
            before it begins, or when words of the team reach a person.
    """
    written = {name: column for name, column in CASES.columns.items() if name not in ("depth", "collaboration_id")}
    rows = typed_list(texts, {**written, **_COLLABORATION})
    refuse_repeats(rows, ["case_id"])
    refuse_strangers(rows, "embedded_in", set(rows["case_id"]), "case")
    refuse_personal(rows, ("case_id", "title", "bounded_by", "because"))
    for row, (began, ended) in enumerate(zip(rows["began_on"], rows["ended_on"], strict=True), FIRST_ROW):
        if began is not None and ended is not None and ended < began:
            raise ListError(f"row {row}, column ended_on: the case ends before it began; correct one of the days")
    depths = steps_up(rows, "case_id", "embedded_in")
    return rows.assign(depth=rows["case_id"].map(depths))


def read_documents(texts: pd.DataFrame, cases: Collection[str]) -> pd.DataFrame:
    """Read a document register: ``core.documents``.

    Raises:
        ListError: Beside wrong cells, when a document stands twice, names a case that is not there, or when its
            words reach a person.
    """
    rows = typed_list(texts, DOCUMENTS.columns)
    refuse_repeats(rows, ["document_id"])
    refuse_personal(rows, ("document_id", "title", "origin"))
    refuse_strangers(rows, "case_id", set(cases), "case")
    return rows


def read_interviews(texts: pd.DataFrame, cases: Collection[str]) -> pd.DataFrame:
    """Read interview metadata: ``core.interviews`` with unit ids as written.

    Raises:
        ListError: Beside wrong cells, when an interview stands twice or names a case that is not there.
    """
    rows = typed_list(texts, INTERVIEWS.columns)
    refuse_repeats(rows, ["interview_id"])
    refuse_strangers(rows, "case_id", set(cases), "case")
    return rows


def read_traces(
    texts: pd.DataFrame, template: TraceTemplate, cases: Collection[str], evidence: Collection[str]
) -> pd.DataFrame:
    """Set the evidence of every traced case against the steps of a template: ``core.trace_steps``.

    Args:
        texts: case_id, step, observed_on, evidence, strength and note; steps without a row were not observed.
        template: The steps.
        cases: Cases of the registry.
        evidence: Ids of documents and interviews.

    Raises:
        ListError: Beside wrong cells, when a step stands twice or is not in the template, or evidence is not there.
    """
    names = ("case_id", "step", "observed_on", "evidence", "strength", "note")
    rows = typed_list(texts, {name: TRACES.columns[name] for name in names})
    refuse_personal(rows, ("note",))
    refuse_repeats(rows, ["case_id", "step"])
    refuse_strangers(rows, "case_id", set(cases), "case")
    for row, (step, names) in enumerate(zip(rows["step"], rows["evidence"], strict=True), FIRST_ROW):
        if step > len(template.steps):
            raise ListError(f"row {row}, column step: the template has {len(template.steps)} steps")
        if names is None or not set(_parts(names)) <= set(evidence):
            message = "an observed step needs evidence: ids of documents or interviews, with ; between them"
            raise ListError(f"row {row}, column evidence: {message}")
    traced = list(dict.fromkeys(rows["case_id"]))
    every = pd.DataFrame(
        [(case, step) for case in traced for step in range(1, len(template.steps) + 1)], columns=["case_id", "step"]
    )
    found = every.merge(rows.astype({"step": "int64"}), on=["case_id", "step"], how="left")
    found = found.assign(is_observed=found["evidence"].notna())
    found["observed_on"] = found["observed_on"].astype("object").where(found["observed_on"].notna(), None)
    in_order = [_in_order(own["observed_on"]) for _, own in found.groupby("case_id", sort=False)]
    return found.assign(is_in_order=[each for case in in_order for each in case])


def _parts(names: str) -> list[str]:
    return [part.strip() for part in names.split(";") if part.strip()]


def _in_order(days: Iterable[dt.date | None]) -> list[bool | None]:
    latest: dt.date | None = None
    found: list[bool | None] = []
    for day in days:
        found.append(None if day is None else latest is None or day >= latest)
        latest = day if latest is None or (day is not None and day > latest) else latest
    return found
