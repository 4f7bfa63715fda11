"""What Dagster's pages show of an asset: its version, its rows, and its table where that is short."""

import hashlib
from collections.abc import Mapping, Sequence

import dagster as dg
import pandas as pd

from pipelines.assets.step import Step
from pipelines.store import Origin, Store
from pipelines.tables import out
from pipelines.tables.base import Table
from pipelines.tables.measurement import GATES, INVARIANCE, PROBLEMS

SHOWN_ROWS = 200


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
    store: Store, step: Step, tables: Sequence[Table], written: Mapping[str, Origin]
) -> dict[str, int | dg.MetadataValue]:
    """Return the rows of an asset, and its tables where they are short enough to be read on Dagster's pages.

    Args:
        store: The warehouse.
        step: The step that wrote the asset.
        tables: Tables of the asset; of several, each is told by name.
        written: What each was written from, by name.
    """
    first, *others = tables
    found: dict[str, int | dg.MetadataValue] = {"dagster/row_count": int(written[first.name]["n_rows"])}
    found |= {f"rows of {table.name}": int(written[table.name]["n_rows"]) for table in others}
    for table in tables:
        if table.name in SHOWN_COLUMNS:
            found[table.name if others else "table"] = _shown_table(store, step, table)
    return found


def _shown_table(store: Store, step: Step, table: Table) -> dg.MetadataValue:
    rows = store.read(table)
    if "measurement" in rows:
        rows = rows[rows["measurement"] == step.slice]
    elif step.slice:
        fits = store.read(out.FITS)
        current = fits[fits["is_current"].astype(bool) & (fits["model"] == step.name.split("/")[-1])]
        rows = rows[rows["fit_id"].isin(current["fit_id"])]
        if "label" not in rows:
            rows = rows.merge(current[["fit_id", "label"]], on="fit_id")
    if "exclusions" in rows:
        rows = rows[rows["exclusions"] == ""]
    return dg.MetadataValue.md(as_markdown(rows[list(SHOWN_COLUMNS[table.name])].head(SHOWN_ROWS)))


SHOWN_COLUMNS = {
    out.RESPONSE_RATES.name: ("wave", "respondent_group", "n_invited", "n_complete", "n_partial", "response_rate_2"),
    out.RELIABILITY.name: (
        "scale",
        "respondent_group",
        "wave",
        "coefficient",
        "estimate",
        "conf_low",
        "conf_high",
        "n_obs",
    ),
    out.AGREEMENT.name: ("scale", "respondent_group", "wave", "icc_1", "icc_2", "rwg_j_mean", "n_groups"),
    out.SCALE_MEANS.name: ("scale", "respondent_group", "wave", "n_obs", "mean", "conf_low", "conf_high"),
    "out.screening": ("wave", "respondent_group", "check_name", "block", "n_judged", "n_flagged", "share_flagged"),
    out.ESTIMATES.name: ("variant", "label", "term", "estimate", "std_error", "p_value", "conf_low", "conf_high"),
    GATES.name: ("scale", "respondent_group", "purpose", "over", "measure", "value", "threshold", "verdict"),
    INVARIANCE.name: ("respondent_group", "over", "level", "holds", "delta_cfi", "delta_rmsea", "released"),
    PROBLEMS.name: ("respondent_group", "over", "level", "problem", "about", "value", "message"),
    out.FITS.name: ("variant", "label", "label_reason", "covariance", "n_obs", "n_clusters", "r_squared"),
}


def as_markdown(rows: pd.DataFrame) -> str:
    """Write a table as Markdown, figures to three decimals, missing as a dash."""
    lines = ["| " + " | ".join(rows.columns) + " |", "|" + " --- |" * len(rows.columns)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows.itertuples(index=False)]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if pd.isna(value):  # pyright: ignore[reportCallIssue]
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|")
