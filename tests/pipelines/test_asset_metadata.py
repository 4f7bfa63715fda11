"""What Dagster's pages show of an asset: the lowest figures with their units, headings in words."""

from types import SimpleNamespace

import pandas as pd
import pytest

from pipelines.asset_metadata import as_markdown, metadata_of
from pipelines.store import Store, Write
from pipelines.tables import out
from pipelines.tables.base import TEXT


def rows_with(table, name, values):
    """Return rows of a table, all columns filled, with some values in one of them."""
    filled = {each: "FRL" if column.kind == TEXT else 1 for each, column in table.columns.items() if each != name}
    key = table.key[0]
    rows = pd.DataFrame([{**filled, key: f"{key} {number}"} for number in range(len(values))])
    return table.typed(rows.assign(**{name: values}))


def told(folder, table, rows):
    store = Store(folder / "warehouse")
    store.folder.mkdir(parents=True)
    store.write([Write(table, rows)], input_hash="", run_id="")
    written = {table.name: {"n_rows": len(rows), "content_hash": ""}}
    return metadata_of(store, SimpleNamespace(slice=""), [table], written, unchanged=False)


@pytest.mark.parametrize(
    ("table", "name", "figure", "lowest"),
    [
        (out.RESPONSE_RATES, "response_rate_2", "Lowest response rate (AAPOR 2, %)", 50),
        (out.RELIABILITY, "estimate", "Lowest FRL", 0.5),
    ],
)
def test_lowest_figure_is_told_and_none_where_none_is_known(tmp_path, table, name, figure, lowest):
    def of(values):
        rows = rows_with(table, name, values)
        return rows.assign(measurement="", exclusions="") if "exclusions" in rows else rows

    assert told(tmp_path / "one", table, of([0.625, None, 0.5]))[figure].value == lowest
    assert not any(each.startswith("Lowest") for each in told(tmp_path / "none", table, of([None, None])))


def test_table_has_headings_in_words_and_dashes_for_what_is_missing():
    shown = as_markdown(pd.DataFrame({"wave": ["a|b"], "response_rate_2": [0.12345], "n_invited": [None]}))
    assert shown.splitlines() == [
        "| Wave | Response rate (AAPOR 2, 0 to 1) | Invited (units) |",
        "| --- | --- | --- |",
        "| a\\|b | 0.123 | – |",
    ]
