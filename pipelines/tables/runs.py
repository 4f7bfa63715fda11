"""Tables of the history of runs: which there were, and which figures each of them changed."""

from pipelines.tables.base import MOMENT, TEXT, ColumnOf, Table, count, number

MEASURES = ("rows", "response_rate", "alpha", "coefficient")
RUN = ColumnOf(TEXT, "Dagster's id of the run; the last of them where sensemaking run started several")

RUNS = Table(
    name="core.runs",
    grain="One row a run that had something to do",
    key=("run_id",),
    columns={
        "run_id": RUN,
        "started_by": ColumnOf(TEXT, "sensemaking run, new export, nightly, retry, or by hand on Dagster's pages"),
        "began_at": ColumnOf(MOMENT, "When it began, UTC"),
        "ended_at": ColumnOf(MOMENT, "When it ended, UTC"),
        "n_failed_steps": count("Steps that failed; nought for a run that succeeded"),
        "n_changes": count("Figures it changed, as in core.run_changes"),
    },
)

RUN_CHANGES = Table(
    name="core.run_changes",
    grain="One row a run and figure that it changed",
    key=("run_id", "measure", "about"),
    columns={
        "run_id": RUN,
        "measure": ColumnOf(
            TEXT,
            "rows of a table; response_rate, AAPOR 2; alpha of a scale; coefficient of a declared model",
            is_among=MEASURES,
        ),
        "about": ColumnOf(TEXT, "What the figure is of, in words: table, or wave, group, scale, model, variant, term"),
        "before": number("The figure before the run; missing for a new one"),
        "now": number("The figure after the run; missing for one that is no more"),
    },
)

TABLES = (RUNS, RUN_CHANGES)
