"""``sensemaking code``: sheets for coders, filled sheets read back, who has coded what, what is to be coded again."""

from dataclasses import dataclass, field

import pandas as pd

from instruments.faults import DataError, UsageError
from pipelines.assets.coding_files import (
    check_scheme,
    coding_files,
    folder_of,
    held_rows,
    keep_scheme,
    sheet_of,
    write_sheet,
    write_table,
)
from pipelines.assets.codings import refused_codes
from pipelines.assets.core import of_waves
from pipelines.assets.graph import due_steps
from pipelines.assets.raw import begun_waves
from pipelines.load import Study
from pipelines.load_coding import StudyCoding
from pipelines.lock import exclusive
from pipelines.steps.coding_plan import plan_coding
from pipelines.steps.coding_sheets import filled_rows, lay_out, lay_out_disagreements, new_rows, unread
from pipelines.steps.codings import CodingError, CodingFile, read_codings, with_waves
from pipelines.steps.judgements import agreement, judge, recode_queue
from pipelines.store import Store
from pipelines.tables import core
from pipelines.team_tables import read_numbered_table

_ANSWER = ["response_id", "item"]


@dataclass
class Progress:
    """How far the coding of a study is.

    Attributes:
        people: One row a person and question: assigned, coded, left.
        agreement: ``out.coding_agreement`` over all questions, computed from the files as they are now.
        n_undecided: Answers on which coders differ and nobody decided.
        n_queue: Codings to be looked at again.
        refused_models: Model → why it may not use its codes.
    """

    people: pd.DataFrame
    agreement: pd.DataFrame
    n_undecided: int
    n_queue: int
    refused_models: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


@dataclass(frozen=True)
class CodingNow:
    """The coding of a study as its files are now.

    Attributes:
        coding: How it codes.
        answers: ``core.open_answers`` of the coded questions and analysed responses.
        codings: ``core.codings``.
    """

    coding: StudyCoding
    answers: pd.DataFrame
    codings: pd.DataFrame


def write_sheets(study: Study, *, recode: bool) -> dict[str, int]:
    """Write for every coder the sheet of answers that are left, or those of the recode queue.

    Args:
        study: The study.
        recode: Whether the answers of the recode queue are written instead.

    Returns:
        Name of each sheet → answers on it.

    Raises:
        UsageError: When nothing is coded in the study, or there are no answers yet.
        DataError: When a sheet holds codes that were not read.
    """
    with exclusive(study.warehouse / "run.lock", "sensemaking code sheets"):
        now = coding_now(study)
        keep_scheme(study, now.coding.scheme)
        wanted = _queued(now) if recode else _left(study, now)
        return _write(study, now, {coder: wanted[wanted["coder"] == coder] for coder in now.coding.spec.coders})


def write_adjudication(study: Study) -> dict[str, int]:
    """Write for the third person the sheet of answers on which coders differ.

    Returns:
        Name of the sheet → answers on it.

    Raises:
        UsageError: When study.yaml names no adjudicator.
    """
    with exclusive(study.warehouse / "run.lock", "sensemaking code adjudicate"):
        now = coding_now(study)
        person = now.coding.spec.adjudicator
        if person is None:
            raise UsageError("study.yaml names no adjudicator under coding; name the third person who decides")
        _refuse_unread(study, now, person)
        sheet = lay_out_disagreements(judge(now.codings, now.coding), now.coding, now.answers)
        path = write_sheet(study, person, sheet)
        return {path.relative_to(study.folder).as_posix(): len(sheet)}


def read_sheets(study: Study) -> dict[str, int]:
    """Add what is filled in the sheets to the coding files; what was coded before is never replaced.

    Returns:
        Name of each coding file → rows added.

    Raises:
        CodingError: With everything that is wrong in the sheets; then no file is changed.
    """
    with exclusive(study.warehouse / "run.lock", "sensemaking code read"):
        now = coding_now(study)
        found = (_filled(study, person, now.coding) for person in now.coding.spec.people)
        filled = [each for each in found if each is not None]
        if not filled:
            raise UsageError(f"there are no sheets in {folder_of(study) / 'sheets'}; write them: code sheets STUDY")
        return add_codings(study, now, filled)


def add_codings(study: Study, now: CodingNow, filled: list[CodingFile]) -> dict[str, int]:
    """Add what people coded to their coding files, all or nothing.

    Args:
        study: The study.
        now: Its coding as it is.
        filled: What was coded, one entry a person.

    Returns:
        Name of each coding file → rows added.

    Raises:
        CodingError: With everything that is wrong.
    """
    with_waves(read_codings(filled, now.coding), now.answers)
    added: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}
    for each in filled:
        held = held_rows(study, each.coder, now.coding.scheme)
        new = new_rows(each, held)
        added[each.coder] = (held, new.assign(round=new["round"].replace("", "main")))
    for person, (held, new) in added.items():
        if len(new):
            write_table(folder_of(study) / f"{person}.csv", pd.concat([held, new], ignore_index=True))
    return {f"codings/{person}.csv": len(new) for person, (_, new) in added.items()}


def progress(study: Study) -> Progress:
    """Say how far the coding is, from the files as they are now."""
    now = coding_now(study)
    judged = judge(now.codings, now.coding)
    figures = agreement(judged, now.coding, study.name)
    plan = _plan(study, now)
    done = now.codings[[*_ANSWER, "coder"]].drop_duplicates().assign(is_coded=True)
    people = plan.merge(done, on=[*_ANSWER, "coder"], how="left")
    counted = people.groupby(["coder", "item"]).agg(n_assigned=("round", "size"), n_coded=("is_coded", "count"))
    counted = counted.assign(n_left=counted["n_assigned"] - counted["n_coded"]).reset_index()
    return Progress(
        people=counted,
        agreement=figures[figures["item"] == ""],
        n_undecided=len(lay_out_disagreements(judged, now.coding, now.answers)),
        n_queue=len(recode_queue(now.codings, now.coding.scheme)),
        refused_models=refused_models(study),
    )


def queue(study: Study) -> pd.DataFrame:
    """Return what has to be looked at again, from the files as they are now: ``core.recode_queue``."""
    now = coding_now(study)
    return recode_queue(now.codings, now.coding.scheme)


def refused_models(study: Study) -> dict[str, list[str]]:
    """Return the models of a study, and their variants, that name codes which may not enter models, with the reasons.

    The agreement is that of the last run; before any run nothing is said.
    """
    store = Store(study.warehouse)
    if study.coding is None or not store.database.exists():
        return {}
    found: dict[str, list[str]] = {}
    for name, model in study.models.items():
        variants = ["main", *(variant.name for variant in model.variants)]
        reasons = [each for variant in variants for each in refused_codes(study, store, model.with_variant(variant))]
        if reasons:
            found[name] = list(dict.fromkeys(reasons))
    return found


def coding_now(study: Study) -> CodingNow:
    """Read the coding of a study as its files are now.

    Raises:
        UsageError: When nothing is coded in the study, or nobody has answered yet.
        DataError: When the answers are out of date, or coding files have faults.
    """
    if study.coding is None:
        raise UsageError("study.yaml has no section coding; name there the items, the coders and the scheme")
    store = Store(study.warehouse)
    if due_steps(study, store, begun_waves(study, store), {"core/responses"}):
        raise DataError("exports, specifications or the software changed since the last run; run the study first")
    check_scheme(study, study.coding.scheme)
    responses = of_waves(study, store.read(core.RESPONSES))
    analysed = responses.loc[responses["is_analysed"].astype(bool), "response_id"]
    answers = of_waves(study, store.read(core.OPEN_ANSWERS))
    coded = answers[answers["item"].isin(study.coding.spec.items) & answers["response_id"].isin(analysed)]
    if coded.empty:
        raise UsageError(f"nobody has answered {', '.join(study.coding.spec.items)} yet; there is nothing to code")
    codings = with_waves(read_codings(coding_files(study, study.coding), study.coding), answers)
    return CodingNow(study.coding, coded.reset_index(drop=True), codings)


def _plan(study: Study, now: CodingNow) -> pd.DataFrame:
    return plan_coding(now.answers, now.codings, now.coding, study.name, list(study.spec.waves))


def _left(study: Study, now: CodingNow) -> pd.DataFrame:
    plan = _plan(study, now)
    done = set(now.codings[[*_ANSWER, "coder"]].itertuples(index=False, name=None))
    keys = plan[[*_ANSWER, "coder"]].itertuples(index=False, name=None)
    return plan[[key not in done for key in keys]]


def _queued(now: CodingNow) -> pd.DataFrame:
    waiting = recode_queue(now.codings, now.coding.scheme)
    waiting = waiting.loc[waiting["reason"] != "proposal", [*_ANSWER, "coder"]].drop_duplicates()
    rounds = now.codings[[*_ANSWER, "coder", "round"]].drop_duplicates([*_ANSWER, "coder"])
    return waiting.merge(rounds, on=[*_ANSWER, "coder"], how="left")


def _write(study: Study, now: CodingNow, wanted: dict[str, pd.DataFrame]) -> dict[str, int]:
    for person in wanted:
        _refuse_unread(study, now, person)
    found: dict[str, int] = {}
    for person, rows in wanted.items():
        sheet = lay_out(rows[[*_ANSWER, "round"]].reset_index(drop=True), now.answers, now.coding.scheme.version)
        found[write_sheet(study, person, sheet).relative_to(study.folder).as_posix()] = len(sheet)
    return found


def _refuse_unread(study: Study, now: CodingNow, person: str) -> None:
    filled = _filled(study, person, now.coding)
    n = 0 if filled is None else unread(filled, held_rows(study, person, now.coding.scheme))
    if n:
        raise CodingError(
            f"codings/sheets/{person}.csv holds codes of {n} answers that were not read yet; "
            "read them first: sensemaking code read STUDY"
        )


def _filled(study: Study, person: str, coding: StudyCoding) -> CodingFile | None:
    path = sheet_of(study, person)
    if not path.is_file():
        return None
    rows = read_numbered_table(path, "coding sheet")
    return filled_rows(path.relative_to(study.folder).as_posix(), person, rows, coding.scheme)
