"""What every page of the workbench shares: tables with what their columns hold, files to carry away, choices.

Texts of the study are shown as they are, never as Markdown. Put here the furniture of pages; not their content.
"""

import html
import re
from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import streamlit as st

from models.ledger import KINDS, ledger
from pipelines.tables.base import Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SAID_OF_DRAWING = re.compile(r"<(?:title|desc) id=[^>]*>(.*?)</", re.DOTALL)
_MARKDOWN = re.compile(r"([\\`*_\[\]$<>|~#:])")


def meanings_of(*tables: Table) -> dict[str, str]:
    """Return what the columns of some tables hold, by column."""
    return {name: column.meaning for table in tables for name, column in table.columns.items()}


def show_rows(title: str, rows: pd.DataFrame, meanings: Mapping[str, str] | None = None, note: str = "") -> None:
    """Show a table under a title, with what its columns hold and the same rows as a file.

    Args:
        title: Words of this software; names the file too.
        rows: What is shown.
        meanings: Column → what it holds.
        note: A sentence of this software about all of it.
    """
    st.subheader(title, anchor=False)
    if note:
        st.caption(note)
    if rows.empty:
        st.caption("None.")
        return
    shown = rows.reset_index(drop=True)
    held = {name: meaning for name, meaning in (meanings or {}).items() if name in shown}
    config = {str(name): _column(shown[name], held.get(str(name), "")) for name in shown}
    st.dataframe(shown, hide_index=True, column_config=config, placeholder="–", alt=title)
    left, right = st.columns([1, 5])
    file_name = f"{re.sub(r'[^a-z0-9]+', '_', title.lower()).strip('_')}.csv"
    left.download_button(
        "CSV", lambda: as_csv(shown), file_name, "text/csv", key=f"csv_{title}", on_click="ignore", help=file_name
    )
    if held:
        with right.expander("What the columns hold"):
            st.dataframe(
                pd.DataFrame({"column": list(held), "holds": list(held.values())}),
                hide_index=True,
                alt=f"Columns of {title}",
            )


def _column(cells: pd.Series, meaning: str) -> dict[str, object]:
    """Say how a column is shown: figures to four significant digits, its meaning for who points at its name."""
    told = _MARKDOWN.sub(r"\\\1", meaning) or None
    if pd.api.types.is_float_dtype(cells):
        return dict(st.column_config.NumberColumn(help=told, format="%.4g"))
    return dict(st.column_config.Column(help=told))


def as_csv(rows: pd.DataFrame) -> bytes:
    """Write a table as CSV that no spreadsheet takes for formulas."""
    return rows.map(_harmless).to_csv(index=False).encode("utf-8-sig")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def choose(name: str, label: str, options: Sequence[str]) -> str:
    """Let the reader choose one of some names; the address of the page keeps the choice, so that it can be shared."""
    asked = st.query_params.get(name)
    if asked is not None and asked not in options:
        del st.query_params[name]
    return str(st.selectbox(label, options, key=name, bind="query-params"))


def show_text(text: str) -> None:
    """Show words of a study, or of a message that may name some, letter by letter."""
    st.text(text)


def show_definitions(part: str, places: Collection[str]) -> None:
    """Offer definitions and equivalent R calls of statistics, from the ledger.

    Args:
        part: A part of the ledger: ``measurement``, ``regression`` or ``missing_data``.
        places: Where in that folder of models the statistics are computed, such as ``omega``.
    """
    within = tuple(f"models.{part}.{place}" for place in places)
    known = [each for each in ledger(part) if each.gives.startswith(within)]
    rows = [
        {"statistic": each.name, "formula": each.formula, "source": each.source, "R call": each.r_call,
         "proof": KINDS[each.proof]}
        for each in known
    ]  # fmt: skip
    with st.expander("Definitions and equivalent R calls"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Definitions and equivalent R calls")


def show_drawing(drawing: str) -> None:
    """Show a drawing of this software; its own title and description are read aloud."""
    said = [html.unescape(text) for text in _SAID_OF_DRAWING.findall(drawing)]
    st.image(drawing, width="content", alt=". ".join(said))
