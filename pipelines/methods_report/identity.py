"""Where the figures come from: the run, the data, the source and the environment, each by its hash."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pipelines.board_report.released import rows_of
from pipelines.board_report.value import Cell, Figure, Section, Table
from pipelines.methods_report.found import Found
from pipelines.tables import out
from pipelines.tables.core import analysis
from pipelines.tables.plan import PLAN
from pipelines.tables.raw import WRITES

DIGITS = 12


def identity(found: Found) -> Section:
    """Write the section from ``raw.writes``, ``out.fits`` and ``out.plan``."""
    fits = found.rows(out.FITS)
    declared = fits[fits["fit_id"].isin([fit.fit_id for fit in found.fits])]
    plan = found.rows(PLAN).sort_values("entry")
    of_data = _writes(found, [analysis(found.study).name])
    parts: Mapping[str, Iterable[str]] = {
        "made_study": (found.study.name,),
        "made_run": (found.run,),
        "made_at": (moment(_writes(found)["written_at"].max()),),
        "made_data": tuple(of_data["content_hash"]),
        "made_code": tuple(declared["code_hash"]),
        "made_environment": tuple(declared["env_hash"]),
        "made_plan": tuple(plan["plan_hash"].tail(1)) or (found.say("plan_none"),),
    }
    rows = tuple(
        (found.say(key), "\n".join(dict.fromkeys(str(value) for value in values)) or found.say("not_known"))
        for key, values in parts.items()
    )
    facts = Table(found.say("made_caption"), found.heads("part", "value"), rows, n_labels=2)
    return Section("identity", found.say("made_title"), (found.say("made_reading"),), tables=(facts, _tables(found)))


def _writes(found: Found, names: Iterable[str] | None = None) -> pd.DataFrame:
    writes = found.rows(WRITES)
    return writes if names is None else writes[writes["table_name"].isin(list(names))]


def _tables(found: Found) -> Table:
    """List the tables that were read and when each slice of them was written."""
    names = [name for name in found.tables if name != WRITES.name]
    rows = rows_of(_writes(found, names).sort_values(["table_name", "slice"]))
    heads = found.heads("table", "written_at", "rows", "content_hash")
    return Table(found.say("tables_caption"), heads, tuple(_slice(row) for row in rows), n_labels=2)


def _slice(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    name = f"{row['table_name']} ({row['slice']})" if row["slice"] else str(row["table_name"])
    count = Figure(float(row["n_rows"]), "count")
    return (name, moment(row["written_at"]), count, str(row["content_hash"])[:DIGITS])


def moment(at: dt.datetime | pd.Timestamp) -> str:
    """Write a moment in UTC to the second."""
    return pd.Timestamp(at).tz_convert("UTC").strftime("%Y-%m-%d %H:%M:%S")
