"""Where the figures come from: the run, the data, the source and the environment, each by its hash."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

from pipelines.board_report.value import Cell, Figure, Section, Table
from pipelines.methods_report.found import Found
from pipelines.tables import out
from pipelines.tables.core import analysis
from pipelines.tables.plan import PLAN

DIGITS = 12


def identity(found: Found) -> Section:
    """Write the section from ``raw.writes``, ``out.fits`` and ``out.plan``."""
    fits = found.rows(out.FITS)
    declared = fits[fits["fit_id"].isin([fit.fit_id for fit in found.fits])]
    plan = found.rows(PLAN).sort_values("entry")
    of_data = _writes(found, [analysis(found.study).name])
    parts: Mapping[str, Iterable[str]] = {
        "made_study": (found.study.name,),
        "made_run": tuple(sorted(set(found.writes["run_id"]) - {""})),
        "made_at": (moment(found.writes["written_at"].max()),),
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


def _writes(found: Found, names: Iterable[str]) -> pd.DataFrame:
    return found.writes[found.writes["table_name"].isin(list(names))].sort_values(["table_name", "slice"])


def _tables(found: Found) -> Table:
    """List the tables that were read, when they were last written, and what their content hashes to."""
    lines = tuple(_table(str(name), rows) for name, rows in _writes(found, found.tables).groupby("table_name"))
    heads = found.heads("table", "written_at", "rows", "content_hash")
    return Table(found.say("tables_caption"), heads, lines, n_labels=2, notes=(found.say("tables_note"),))


def _table(name: str, slices: pd.DataFrame) -> tuple[Cell, ...]:
    hashes = [str(each) for each in slices["content_hash"]]
    content = hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    count = Figure(float(slices["n_rows"].sum()), "count")
    return (name, moment(slices["written_at"].max()), count, content[:DIGITS])


def moment(at: dt.datetime | pd.Timestamp) -> str:
    """Write a moment in UTC to the second."""
    return pd.Timestamp(at).tz_convert("UTC").strftime("%Y-%m-%d %H:%M:%S")
