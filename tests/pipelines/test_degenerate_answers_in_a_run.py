"""Answers that carry no measurement model: a study is run all the same, and the reason is written down by name."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from run_steps import bring_up_to_date
from small_study import LABELS, add_measurement, answers, build_small_study, write_export

from pipelines.commands.run import run_study
from pipelines.load import load_study
from pipelines.store import Store
from pipelines.tables import out
from pipelines.tables.measurement import GATES, PROBLEMS, TABLES

SPEC = """\
name: together
kind: measurement
title: {{en: Teamwork and trust}}
scales: [teamwork, trust]
estimator: {estimator}
clusters: false
comparisons:
  - {{over: wave}}
gates:
  reliability: {{coefficient: omega}}
  fit: {{}}
  agreement: {{}}
"""


def constant(wave: str) -> pd.DataFrame:
    return answers(wave).assign(TW_1="Agree")


def identical(wave: str) -> pd.DataFrame:
    return answers(wave).assign(TW_3=lambda rows: rows["TW_1"])


def few(wave: str) -> pd.DataFrame:
    return answers(wave, n_responses=3).assign(TW_2="Agree", TR_1="Agree")


def unused_category(wave: str) -> pd.DataFrame:
    table = answers(wave)
    used = table["TW_1"].replace(LABELS[4], LABELS[3]) if wave == "spring" else table["TW_1"]
    return table.assign(TW_1=used)


def group_of_one(wave: str) -> pd.DataFrame:
    return answers(wave, n_responses=1 if wave == "spring" else 40)


CASES: dict[str, tuple[Callable[[str], pd.DataFrame], str, str, str]] = {
    "constant item": (constant, "ml", "", "TW_1 has the same answer everywhere"),
    "two identical items": (identical, "mlr", "", "TW_1 and TW_3 have the same answers everywhere"),
    "no more responses than items": (few, "ml", "", "6 responses for 6 items"),
    "category never used in a wave": (unused_category, "wlsmv", "wave", "nobody in spring chose 5 of TW_1"),
    "group of one": (group_of_one, "ml", "wave", "1 responses in spring for 6 items"),
}


def degenerate_study(folder: Path, case: str) -> Path:
    drawn, estimator, _, _ = CASES[case]
    build_small_study(folder, waves=())
    for wave in ("autumn", "spring"):
        write_export(folder, f"{wave}.csv", drawn(wave))
    add_measurement(folder, SPEC.format(estimator=estimator))
    return folder


def seen(store: Store, case: str) -> None:
    _, _, over, told = CASES[case]
    problems, gates = store.read(PROBLEMS), store.read(GATES)
    refused = problems[(problems["problem"] == "refused") & (problems["over"] == over)]
    assert refused["message"].str.contains(told, regex=False).all()
    assert len(refused) == 1
    comparison = gates[gates["purpose"] == "comparison"]
    assert set(comparison["verdict"]) == {"unknown"}
    assert comparison["reason"].str.len().min() > 0
    fit = gates[gates["measure"] == "cfi"]
    assert over or set(fit["verdict"]) == {"unknown"}
    assert len(store.read(out.RELIABILITY))
    assert len(store.read(out.ITEMS))
    assert len(store.read(out.SCALE_MEANS))


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=[] if case == "constant item" else pytest.mark.slow) for case in CASES]
)
def test_a_model_that_answers_cannot_carry_is_refused_by_name_and_the_rest_is_made(tmp_path: Path, case: str):
    names = {"out/measurement/together", "out/reliability", "out/scale_means"}
    _, store = bring_up_to_date(degenerate_study(tmp_path, case), names)
    seen(store, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", ["constant item", "group of one"])
def test_a_whole_run_goes_on_to_models_and_their_fits(tmp_path: Path, case: str):
    study = load_study(degenerate_study(tmp_path, case))
    outcome, store = run_study(study), Store(study.warehouse)
    assert not outcome.failures
    seen(store, case)
    assert set(store.read(out.FITS)["model"]) == {"trust"}
    assert any("measurement together: " in each and "not met" in each for each in outcome.warnings)
    assert all(set(store.read(table)["measurement"]) <= {"together"} for table in TABLES)
