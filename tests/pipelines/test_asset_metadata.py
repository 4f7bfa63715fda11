"""What Dagster's pages show of an asset: the lowest figures with their units, headings in words."""

from types import SimpleNamespace

import pandas as pd

from pipelines.asset_metadata import as_markdown, metadata_of
from pipelines.store import Store, Write
from pipelines.tables import out
from pipelines.tables.base import TEXT


def rates(shares):
    """Return rows of response rates, all columns filled, with some shares."""
    filled = {
        name: "FRL" if column.kind == TEXT else 1
        for name, column in out.RESPONSE_RATES.columns.items()
        if name != "response_rate_2"
    }
    rows = pd.DataFrame([{**filled, "wave": f"wave {number}"} for number in range(len(shares))])
    return out.RESPONSE_RATES.typed(rows.assign(response_rate_2=shares))


def told(tmp_path, shares):
    store = Store(tmp_path / "warehouse")
    store.folder.mkdir()
    store.write([Write(out.RESPONSE_RATES, rates(shares))], input_hash="", run_id="")
    written = {out.RESPONSE_RATES.name: {"n_rows": len(shares), "content_hash": ""}}
    return metadata_of(store, SimpleNamespace(slice=""), [out.RESPONSE_RATES], written, unchanged=False)


def test_lowest_rate_is_told_in_percent_and_none_where_none_is_known(tmp_path):
    (tmp_path / "one").mkdir()
    assert told(tmp_path / "one", [0.625, None, 0.5])["Lowest response rate (AAPOR 2, %)"].value == 50
    (tmp_path / "none").mkdir()
    assert not any(name.startswith("Lowest") for name in told(tmp_path / "none", [None, None]))


def test_table_has_headings_in_words_and_dashes_for_what_is_missing():
    shown = as_markdown(pd.DataFrame({"wave": ["a|b"], "response_rate_2": [0.12345], "n_invited": [None]}))
    assert shown.splitlines() == [
        "| Wave | Response rate (AAPOR 2, 0 to 1) | Invited (units) |",
        "| --- | --- | --- |",
        "| a\\|b | 0.123 | – |",
    ]
