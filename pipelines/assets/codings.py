"""Steps of coded open answers: codings, agreement, what has to be looked at again, and variables for analysis."""

from collections.abc import Iterator

import pandas as pd

from instruments.spec_file import spec_hash
from models.regression.identification import ModelDataError
from models.sections.inference import MISCLASSIFIED
from models.spec import RegressionSpec
from pipelines.assets.coding_files import check_scheme, coding_files, hashes
from pipelines.assets.core import of_waves
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.load_coding import StudyCoding
from pipelines.steps.coded_shares import coded_shares, saturation
from pipelines.steps.coder_counts import coder_counts
from pipelines.steps.codings import read_codings, with_waves
from pipelines.steps.judgements import agreement, judge, recode_queue
from pipelines.steps.themes import themes
from pipelines.store import Store, Write
from pipelines.tables import coding as tables
from pipelines.tables import core


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps of coded answers; none for a study without codings."""
    if study.coding is None:
        return ()
    themed = tables.themes(study)
    return (
        Step(
            name="core/codings",
            writes=(tables.CODINGS, tables.RECODE_QUEUE),
            reads=("core.open_answers",),
            by_wave=False,
            depends_on=lambda task: [_specs(task), hashes(task.study)],
            make=_read,
            meaning=tables.CODINGS.grain,
        ),
        Step(
            name="core/coded_themes",
            writes=(themed,),
            reads=("core.responses", "core.open_answers", "core.missing", "core.codings"),
            by_wave=False,
            depends_on=_specs,
            make=_themes,
            meaning=themed.grain,
        ),
        Step(
            name="out/coding_agreement",
            writes=(tables.AGREEMENT,),
            reads=("core.codings",),
            by_wave=False,
            depends_on=_specs,
            make=_agree,
            meaning=tables.AGREEMENT.grain,
        ),
    )


def shares_step(study: Study) -> tuple[Step, ...]:
    """Return the step that counts codes among those analysed; none for a study without codings."""
    if study.coding is None:
        return ()
    return (
        Step(
            name="out/coded_shares",
            writes=(tables.SHARES, tables.SATURATION),
            reads=("core.responses", "core.codings", "core.analysis"),
            by_wave=False,
            depends_on=_specs,
            make=_count,
            meaning=tables.SHARES.grain,
        ),
    )


def _specs(task: Task) -> object:
    coding = coding_of(task.study)
    return [list(task.study.spec.waves), spec_hash(coding.spec), spec_hash(coding.scheme), sorted(coding.unprompted)]


def coding_of(study: Study) -> StudyCoding:
    """Return how a study codes, which it does."""
    if study.coding is None:
        raise AssertionError("a study without codings has no steps of codings")
    return study.coding


def _read(task: Task) -> list[Write]:
    study, coding = task.study, coding_of(task.study)
    check_scheme(study, coding.scheme)
    answers = of_waves(study, task.store.read(core.OPEN_ANSWERS))
    codings = with_waves(read_codings(coding_files(study, coding), coding), answers)
    return [Write(tables.CODINGS, codings), Write(tables.RECODE_QUEUE, recode_queue(codings, coding.scheme))]


def _themes(task: Task) -> list[Write]:
    study, store, coding = task.study, task.store, coding_of(task.study)
    tables_read = (core.RESPONSES, core.OPEN_ANSWERS, core.MISSING)
    responses, answers, missing = (of_waves(study, store.read(each)) for each in tables_read)
    table = tables.themes(study)
    made = themes(responses, answers, missing, judge(store.read(tables.CODINGS), coding), coding)
    return [Write(table, table.typed(made))]


def _agree(task: Task) -> list[Write]:
    coding = coding_of(task.study)
    judged = judge(task.store.read(tables.CODINGS), coding)
    return [Write(tables.AGREEMENT, agreement(judged, coding, task.study.name))]


def _count(task: Task) -> list[Write]:
    study, store, coding = task.study, task.store, coding_of(task.study)
    responses = of_waves(study, store.read(core.RESPONSES))
    analysed = responses[responses["is_analysed"].astype(bool)]
    curve = saturation(analysed, judge(store.read(tables.CODINGS), coding), coding)
    shares = coded_shares(store.read(core.analysis(study)), coding)
    return [Write(tables.SHARES, shares), Write(tables.SATURATION, curve)]


def notes(store: Store) -> Iterator[str]:
    """Say how many codings are of answers that are in no export any more, and how many wait in the recode queue."""
    codings = store.read(tables.CODINGS)
    lost = codings[codings["wave"].isna()]
    for coder, rows in lost.groupby("coder"):
        yield f"codings/{coder}.csv: {len(rows)} rows are of answers that are in no export any more; they were left out"
    queue = store.read(tables.RECODE_QUEUE)
    if len(queue):
        yield f"{len(queue)} codings have to be looked at again; list them with: sensemaking code queue STUDY"


def with_judgements(study: Study, store: Store, analysis: pd.DataFrame, model: RegressionSpec) -> pd.DataFrame:
    """Add how many coders judged the outcome of a model that corrects their errors, and how many saw it.

    Raises:
        ModelDataError: If the outcome is no code.
    """
    if model.estimator != MISCLASSIFIED:
        return analysis
    variable = None if study.coding is None else study.coding.variables().get(model.outcome)
    if study.coding is None or variable is None or not variable.code:
        raise ModelDataError(
            f"'{model.outcome}' is no code that coders gave; expected one such as code_E1 for {MISCLASSIFIED}; use "
            "estimator logit"
        )
    counts = coder_counts(model.outcome, variable, judge(store.read(tables.CODINGS), study.coding), study.coding)
    return analysis.merge(counts, on="response_id", how="left", validate="one_to_one")


def refused_codes(study: Study, store: Store, model: RegressionSpec) -> list[str]:
    """Say why a model may not use some of its variables: coders do not agree enough about the code.

    Args:
        study: The study.
        store: Its warehouse, with ``out.coding_agreement``.
        model: The model, variant applied.
    """
    if study.coding is None:
        return []
    known = study.coding.variables()
    named = dict.fromkeys([model.outcome, *(variable.variable for variable in model.variables())])
    codes = dict.fromkeys(known[name].code for name in named if name in known and known[name].code)
    if not codes:
        return []
    figures = store.read(tables.AGREEMENT)
    figures = figures[figures["item"] == ""].set_index("code")
    return [reason for code in codes if (reason := _reason(code, figures, study.coding))]


def _reason(code: str, figures: pd.DataFrame, coding: StudyCoding) -> str:
    called = f"{code} ({coding.scheme.codes[code].name})"
    found = figures.loc[code].to_dict() if code in figures.index else {"n_answers": 0}
    n = int(found["n_answers"])
    if n == 0:
        return (
            f"no answer was coded twice for the code {called} as it is defined now; let two coders code it before it "
            "enters a model"
        )
    if found["verdict"] == "undefined":
        return f"agreement about the code {called} is undefined: all judgements of {n} answers are the same"
    if found["verdict"] == "below":
        least = coding.scheme.thresholds.tentative
        return (
            f"coders do not agree enough about the code {called}: alpha {found['alpha']:.3f} of {n} answers, expected "
            f"{least:g} or more; the code may be shown, but not enter a model"
        )
    return ""


def refuse_unreliable_codes(study: Study, store: Store, model: RegressionSpec) -> None:
    """Refuse a model with a code about which coders do not agree enough.

    Raises:
        ModelDataError: With the reason for each code.
    """
    reasons = refused_codes(study, store, model)
    if reasons:
        raise ModelDataError("; ".join(reasons))
