"""What Dagster's pages show of an asset, in words of the field: rows, lowest figures, the table itself.

Put here every label that Dagster's pages show; what is counted and checked is for ``factory``, ``checks``,
``pull_asset``.
"""

import hashlib
from collections.abc import Mapping, Sequence

import dagster as dg
import pandas as pd

from pipelines.assets.step import Step
from pipelines.store import Origin, Store
from pipelines.tables import core, out, raw
from pipelines.tables.base import Table
from pipelines.tables.measurement import GATES, INVARIANCE, PROBLEMS

SHOWN_ROWS = 200
ROW_COUNT = "dagster/row_count"
"""Dagster's own name, from which it draws rows over time."""

UNCHANGED, TABLE = "Unchanged since the run before", "Table"
WAVE, FAILURES, BY_RULE, EXAMPLES = "Wave", "Failures", "Failures by rule", "Where the first of them lie"
CONDITIONS, NOT_MET, WHICH_NOT_MET = "Conditions", "Conditions that are not met", "Which are not met, and why"
LATE_WAVES = "Waves with late exports"

_ROWS: Mapping[str, str] = {
    core.RESPONSES.name: "Responses",
    core.REJECTS.name: "Rows and cells that were rejected",
    raw.FILES.name: "Exports that were accepted",
    raw.COLUMNS.name: "Columns of exports",
    out.FITS.name: "Fits",
    out.REFUSALS.name: "Variants that the data cannot carry",
}
_HEADINGS: Mapping[str, str] = {
    "block": "Block of items",
    "check_name": "Check",
    "coefficient": "Coefficient",
    "column": "Column",
    "conf_high": "95 % interval, upper end",
    "conf_low": "95 % interval, lower end",
    "covariance": "Covariance of the estimates",
    "delta_cfi": "Change of CFI",
    "delta_rmsea": "Change of RMSEA",
    "failures": "Failures",
    "file_sha256": "File (first digits of its SHA-256)",
    "holds": "Holds",
    "icc_1": "ICC(1)",
    "icc_2": "ICC(2)",
    "label": "Confirmatory or exploratory",
    "label_reason": "Why",
    "n_clusters": "Clusters",
    "n_complete": "Complete (responses)",
    "n_flagged": "Flagged (responses)",
    "n_groups": "Groups",
    "n_invited": "Invited (units)",
    "n_judged": "Judged (responses)",
    "n_obs": "Observations",
    "n_partial": "Partial (responses)",
    "over": "Compared over",
    "p_value": "p",
    "r_squared": "R²",
    "released": "Parameters let free",
    "response_rate_2": "Response rate (AAPOR 2, 0 to 1)",
    "row_number": "Row of the file, headers counted",
    "rwg_j_mean": "Mean r_wg(j)",
    "share_flagged": "Share flagged (0 to 1)",
    "std_error": "Standard error",
    "when_not_met": "What follows",
}
_SHOWN_COLUMNS: Mapping[str, Sequence[str]] = {
    out.RESPONSE_RATES.name: ("wave", "respondent_group", "n_invited", "n_complete", "n_partial", "response_rate_2"),
    out.RELIABILITY.name: (
        *("scale", "respondent_group", "wave", "coefficient", "estimate", "conf_low", "conf_high", "n_obs"),
    ),
    out.AGREEMENT.name: ("scale", "respondent_group", "wave", "icc_1", "icc_2", "rwg_j_mean", "n_groups"),
    out.SCALE_MEANS.name: ("scale", "respondent_group", "wave", "n_obs", "mean", "conf_low", "conf_high"),
    "out.screening": ("wave", "respondent_group", "check_name", "block", "n_judged", "n_flagged", "share_flagged"),
    out.ESTIMATES.name: ("variant", "label", "term", "estimate", "std_error", "p_value", "conf_low", "conf_high"),
    out.READINGS.name: ("variant", "label", "term", "reading", "value", "conf_low", "conf_high", "verdict"),
    GATES.name: ("scale", "respondent_group", "purpose", "over", "measure", "value", "threshold", "verdict"),
    INVARIANCE.name: ("respondent_group", "over", "level", "holds", "delta_cfi", "delta_rmsea", "released"),
    PROBLEMS.name: ("respondent_group", "over", "level", "problem", "about", "value", "message"),
    out.FITS.name: ("variant", "label", "label_reason", "covariance", "n_obs", "n_clusters", "r_squared"),
}


def heading(column: str) -> str:
    """Return the heading of a column in words, with its unit where it has one."""
    return _HEADINGS.get(column) or column.replace("_", " ").capitalize()


def version_of(tables: Sequence[Table], written: Mapping[str, Origin]) -> dg.DataVersion:
    """Return the version of an asset: the content hash of its table, or a hash of those of all its tables.

    Args:
        tables: Tables of the asset.
        written: What each was written from, by name.
    """
    hashes = [str(written[table.name]["content_hash"]) for table in tables]
    if len(hashes) == 1:
        return dg.DataVersion(hashes[0])
    return dg.DataVersion(hashlib.sha256("\n".join(hashes).encode()).hexdigest())


def metadata_of(
    store: Store, step: Step, tables: Sequence[Table], written: Mapping[str, Origin], *, unchanged: bool
) -> dict[str, dg.MetadataValue]:
    """Return what is shown of an asset that was written: its rows, and its tables where they are short.

    Args:
        store: The warehouse.
        step: The step that wrote it.
        tables: Tables of the asset; of several, each is told by name.
        written: What each was written from, by name.
        unchanged: Whether nothing was new, so that nothing was written.
    """
    n_rows = {table.name: int(written[table.name]["n_rows"]) for table in tables}
    found: dict[str, dg.MetadataValue] = {
        ROW_COUNT: dg.MetadataValue.int(n_rows[tables[0].name]),
        UNCHANGED: dg.MetadataValue.bool(unchanged),
    }
    for table in tables:
        found[label_of_rows(table, is_one_of_several=len(tables) > 1)] = dg.MetadataValue.int(n_rows[table.name])
        name = f"{TABLE} of {_words(table)}" if len(tables) > 1 else TABLE
        found |= _read(store, step, table, name)
    return found


def label_of_rows(table: Table, *, is_one_of_several: bool = False) -> str:
    """Say what the rows of a table are; of one of several tables of an asset, of which."""
    said = f"Rows of {_words(table)}" if is_one_of_several else f"Rows, one{table.grain.removeprefix('One row')}"
    return _ROWS.get(table.name) or said


def _words(table: Table) -> str:
    return table.name.partition(".")[2].replace("_", " ")


def as_markdown(rows: pd.DataFrame) -> str:
    """Write a table as Markdown, headings in words, figures to three decimals, missing as a dash."""
    lines = ["| " + " | ".join(map(heading, rows.columns)) + " |", "|" + " --- |" * len(rows.columns)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows.itertuples(index=False)]
    return "\n".join(lines)


def table_of(rows: pd.DataFrame) -> dg.TableMetadataValue:
    """Return rows as a table of Dagster's, headings in words, numbers as numbers and anything else as text."""
    numeric = {name for name in rows if pd.api.types.is_numeric_dtype(rows[name])}
    columns = [dg.TableColumn(heading(str(name)), "int" if name in numeric else "string") for name in rows]
    records = [
        dg.TableRecord(
            {heading(str(name)): int(value) if name in numeric else str(value) for name, value in row.items()}
        )
        for row in rows.to_dict("records")
    ]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def _read(store: Store, step: Step, table: Table, name: str) -> dict[str, dg.MetadataValue]:
    """Return a table that is short enough to be read on Dagster's pages, by name, and the lowest of its figures."""
    columns = _SHOWN_COLUMNS.get(table.name)
    if columns is None:
        return {}
    rows = store.read(table)
    if "measurement" in rows:
        rows = rows[rows["measurement"] == step.slice]
    elif step.slice:
        rows = _of_current_fits(store, step, rows)
    if "exclusions" in rows:
        rows = rows[rows["exclusions"] == ""]
    shown = dg.MetadataValue.md(as_markdown(rows[list(columns)].head(SHOWN_ROWS)))
    return {**_lowest(table, rows), name: shown}


def _of_current_fits(store: Store, step: Step, rows: pd.DataFrame) -> pd.DataFrame:
    fits = store.read(out.FITS)
    current = fits[fits["is_current"].astype(bool) & (fits["model"] == step.name.split("/")[-1])]
    rows = rows[rows["fit_id"].isin(current["fit_id"])]
    return rows if "label" in rows else rows.merge(current[["fit_id", "label"]], on="fit_id")


def _lowest(table: Table, rows: pd.DataFrame) -> dict[str, dg.MetadataValue]:
    """Return figures that Dagster draws over time: the lowest, since these are what somebody looks into."""
    figures: dict[str, float] = {}
    if table.name == out.RESPONSE_RATES.name:
        figures["Lowest response rate (AAPOR 2, %)"] = 100 * rows["response_rate_2"].min()
    if table.name == out.RELIABILITY.name:
        by_coefficient = rows.groupby("coefficient")["estimate"].min()
        figures |= {f"Lowest {name}": value for name, value in by_coefficient.items()}
    return {name: dg.MetadataValue.float(round(float(value), 3)) for name, value in figures.items() if pd.notna(value)}


def _cell(value: object) -> str:
    if pd.isna(value):  # pyright: ignore[reportCallIssue]
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|")
