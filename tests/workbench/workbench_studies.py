"""Studies for tests of the workbench: one with everything, one that stopped half-way, one with hostile words."""

from pathlib import Path

import pandas as pd

from pipelines.commands.coding import read_sheets, write_sheets
from pipelines.commands.plan import lock_plan
from pipelines.commands.shown import publish_current
from pipelines.load import Study, load_study
from tests.coded_study import build_coded_study, run_steps
from tests.run_steps import bring_up_to_date
from tests.small_study import MODEL, build_small_study

MEASUREMENT = """\
name: together
kind: measurement
title: {en: Teamwork and trust}
scales: [teamwork, trust]
estimator: ml
clusters: false
comparisons:
  - {over: wave}
gates:
  reliability: {coefficient: alpha, at_least: 0.99}
  when_not_met: mark
"""
VARIANTS = """variants:
  - {name: classical, covariance: classical}
"""
REGRESSORS = "regressors: [teamwork, tenure]"
PRODUCT = "regressors: [teamwork, tenure, {interaction: [teamwork, tenure]}]"
SURFACE = """regressors:
  - surface: {self_report: teamwork, other_report: trust, scale: [1, 5]}
"""
HOSTILE = "=1+1 **bold** <script>alert(1)</script> [x](javascript:alert(1)) $x$ :red[y] `"


def write_whole_study(folder: Path) -> Path:
    """Write a study with a product, a surface and a measurement specification; nothing is run."""
    build_small_study(folder)
    alone = MODEL.replace(VARIANTS, "")
    product = alone.replace("name: trust", "name: product", 1).replace(REGRESSORS, PRODUCT)
    views = alone.replace("name: trust", "name: views", 1).replace(REGRESSORS, SURFACE)
    for name, text in (
        ("product", product),
        ("views", views.replace("outcome: trust", "outcome: tenure")),
        ("together", MEASUREMENT),
    ):
        (folder / "models" / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = folder / "study.yaml"
    named = "models: [trust, product, views]\nmeasurement: [together]"
    path.write_text(path.read_text(encoding="utf-8").replace("models: [trust]", named), encoding="utf-8")
    return folder


def build_whole_study(folder: Path) -> Path:
    """Write that study and bring it up to date."""
    bring_up_to_date(write_whole_study(folder))
    return folder


def build_planned_and_released_study(folder: Path) -> Path:
    """Write that study, lock its plan, bring it up to date, release it and depart from the plan."""
    write_whole_study(folder)
    lock_plan(load_study(folder), "Anna")
    study, _ = bring_up_to_date(folder)
    publish_current(study, "Bo")
    model = folder / "models" / "trust.yaml"
    model.write_text(model.read_text(encoding="utf-8").replace("covariance: HC3", "covariance: HC2"), encoding="utf-8")
    bring_up_to_date(folder)
    return folder


def build_coded_and_read_study(folder: Path) -> Path:
    """Write a study whose answers two people have coded, not always alike."""
    study, _ = run_steps(build_coded_study(folder))
    code_by_two(study)
    return folder


def code_by_two(study: Study) -> None:
    """Let two people code all answers, not always alike, and read what they coded."""
    write_sheets(study, recode=False)
    for place, coder in enumerate(("anna", "bo")):
        sheet = study.folder / "codings" / "sheets" / f"{coder}.csv"
        rows = pd.read_csv(sheet, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        rows["codes"] = ["A1" if number % (3 + place) == 0 else "none" for number in range(len(rows))]
        rows.to_csv(sheet, index=False)
    read_sheets(study)
    run_steps(study.folder, reads_anew=False)


def build_half_run_study(folder: Path) -> Path:
    """Write a study of which responses of one wave were read, and nothing more."""
    bring_up_to_date(build_small_study(folder, waves=("autumn",)), {"core/responses"})
    return folder


def build_hostile_study(folder: Path) -> Path:
    """Write a study, not run, whose own words try to be formulas, markup, links and mathematics."""
    build_small_study(folder, waves=())
    for name, old in (
        ("study.yaml", "{en: Teamwork and trust}"),
        ("study.yaml", "{en: Autumn}"),
        ("study.yaml", "{en: Frontline staff}"),
        ("instruments/teamwork.yaml", "{en: Teamwork}"),
        ("instruments/teamwork.yaml", "{en: We plan together.}"),
        ("instruments/teamwork.yaml", "{en: Strongly disagree}"),
        ("models/trust.yaml", "{en: Trust and teamwork}"),
    ):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, f'{{en: "{HOSTILE}"}}'), encoding="utf-8")
    return folder
