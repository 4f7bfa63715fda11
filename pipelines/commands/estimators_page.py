"""The page of ``docs/reference`` that says what every estimator reaches, from the registries of the code itself."""

from pathlib import Path
from typing import cast, get_args

from models.sections.figures import QUANTILES
from models.sections.imputation import WITHOUT_IMPUTATION
from models.sections.inference import WITH_DESIGN, Estimator, covariances_of
from pipelines.methods_report.defined import ESTIMATORS
from pipelines.steps.fits_to_withhold import NEVER, WITH_RULES, reasons_without_words
from pipelines.steps.withheld_reasons import reason

HOUSE = Path(__file__).parents[2]
MEASURED = HOUSE / "docs" / "reference" / "benchmarks.md"
TRIED = HOUSE / "tests" / "every_estimator.py"
EVERY = "## Every estimator"
WRITTEN = {
    "OLS": "`linear`",
    "WLS": "`linear`, `weights`",
    "OLS_within": "`linear`, `fixed_effects`",
    "WLS_within": "`linear`, `fixed_effects`, `weights`",
    "corrected_means": "`linear`, `corrected`",
}
"""Name of a recorded fit → what a model says, where that is not the name itself."""
INTRODUCTION = """\
# Estimators and what each reaches

Every estimator goes through one function. `sensemaking run`, `fit`, `rerun`, `compare`, `tables`, the workbench and the
report of methods therefore take all of them, and a replication package refits what it holds by the same code. What
differs stands here:

- *imputed*: whether `missing: multiple_imputation` pools it, of responses and of rows of organisations (`level`);
  [what is refused](../how-to/impute-missing-values.md).
- *release*, *package*: whether [rules of disclosure](../explanation/disclosure.md) are worked out for it and, of a
  release, whether there are words. A fit must keep the rules besides.
- *by command*: whether a test fits it on the demonstration by `fit`, makes it again by `rerun` with the same bits, puts
  it beside the declared fit of its model by `compare`, and opens its page of the workbench.
- *measured*: whether [benchmarks](benchmarks.md#every-estimator) have a row of the demonstration.
- *definitions*: rows of [statistics](statistics.md) that the report of methods cites.

| recorded as | a model says | covariances | imputed | release | package | by command | measured | definitions |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def estimators_page() -> str:
    """Write one row a kind of recorded fit."""
    text = MEASURED.read_text(encoding="utf-8")
    measured, tried = text[text.index(EVERY) :], TRIED.read_text(encoding="utf-8")
    return INTRODUCTION + "".join(f"| {' | '.join(_cells(each, measured, tried))} |\n" for each in ESTIMATORS)


def named_estimators() -> tuple[str, ...]:
    """Return every estimator that a model may name."""
    parts = [part for each in get_args(Estimator) for part in (get_args(each) or (each,))]
    return tuple(str(each) for each in parts)


def _cells(recorded: str, measured: str, tried: str) -> tuple[str, ...]:
    known = recorded in named_estimators()
    estimator = cast("Estimator", recorded if known else "linear")
    return (
        f"`{recorded}`",
        f"`{recorded}`" if known else WRITTEN[recorded],
        ", ".join(_covariances(recorded, estimator)),
        _imputed(recorded, estimator),
        "; ".join(_withheld(recorded)) or "yes",
        _packaged(recorded),
        "yes" if f'"{recorded}": (' in tried else "no",
        "yes" if f"| {recorded} |" in measured else "no",
        "; ".join(dict.fromkeys(ESTIMATORS[recorded])),
    )


def _covariances(recorded: str, estimator: Estimator) -> tuple[str, ...]:
    if recorded == "corrected_means":
        return ("jackknife",)
    is_without = recorded.endswith("_within") and estimator == "linear"
    left_out = ("jackknife", *(("design",) if is_without or estimator not in WITH_DESIGN else ()))
    return tuple(each for each in covariances_of(estimator) if each not in left_out)


def _imputed(recorded: str, estimator: Estimator) -> str:
    if recorded == "corrected_means":
        return "no: corrected means are of those who answered"
    return f"no: {WITHOUT_IMPUTATION[estimator]}" if estimator in WITHOUT_IMPUTATION else "pooled"


def _packaged(recorded: str) -> str:
    if recorded not in WITH_RULES or recorded in NEVER:
        return "no"
    return "with real rows" if recorded == QUANTILES else "yes"


def _withheld(recorded: str) -> list[str]:
    if recorded in NEVER:
        return [f"no: {reason(NEVER[recorded], 'en')}"]
    if recorded not in WITH_RULES:
        return ["no: no rules are worked out"]
    return [f"no: {each}" for each in reasons_without_words({"estimator": recorded})]
