"""``demo --recovery``: progress while replications are drawn, then the report. Nothing is estimated here."""

import pandas as pd

from pipelines.commands import printing
from pipelines.studies.demo.recovery.everybody import Plan
from pipelines.studies.demo.recovery.report import recovery_report
from pipelines.studies.demo.truth import LABEL

FIGURES = (
    "true_value",
    "stated",
    "estimate",
    "median",
    "conf_low",
    "conf_high",
    "bias",
    "monte_carlo_error",
    "coverage",
)
SHOWN = ["part", "parameter", "hypothesis", *FIGURES, "rejects_zero", "status", "note"]
DECIMALS = 3


def show_recovery(replications: int, *, as_json: bool) -> None:
    """Draw, estimate and print.

    Args:
        replications: Studies drawn.
        as_json: Whether stdout holds one JSON document and nothing else.
    """
    plan = Plan(replications=replications)
    display = printing.StepProgress(replications + 1)
    try:
        report = recovery_report(plan, display.advance)
    finally:
        display.close()
    if as_json:
        known = {"label": LABEL, "synthetic": True, "seed": plan.seed, "replications": replications}
        printing.print_json({**known, "parameters": printing.records(report)})
        return
    printing.print_lines([LABEL])
    printing.print_frame(f"Recovery over {replications} replications", rounded(report))


def rounded(report: pd.DataFrame) -> pd.DataFrame:
    """Return the report with the columns that are shown, rounded."""
    return report[SHOWN].round(DECIMALS)
