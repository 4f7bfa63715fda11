"""The page of missing answers: by item and reason, and which items of a scale are missing together."""

import pandas as pd
import streamlit as st

from models.regression.identification import ModelDataError
from pipelines.commands.missing import little_in_words, missing, patterns_shown
from pipelines.tables import core, out
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import choose, meanings_of, show_rows

PLACE = ["wave", "respondent_group", "item"]
LEAST_OF_A_PATTERN = 2
PATTERNS = """
    SELECT wave, respondent_group, pattern AS missing_items, count(*) AS n_responses
    FROM (
        SELECT responses.response_id, responses.wave, responses.respondent_group,
            coalesce(string_agg(item, ' ' ORDER BY item) FILTER (reason <> 'not_administered'), '') AS pattern,
            count(*) FILTER (reason = 'not_administered') AS n_not_asked
        FROM core.responses AS responses
        LEFT JOIN core.missing AS missing
            ON missing.response_id = responses.response_id AND list_contains(string_split($items, ' '), item)
        WHERE is_analysed
        GROUP BY ALL
    )
    WHERE n_not_asked < CAST($n_items AS BIGINT)
    GROUP BY ALL
    ORDER BY wave, respondent_group, n_responses DESC, missing_items
"""
NOTE_OF_SHARES = (
    "Share of the responses of the group and wave, 0 to 1, previews and tests left out; a reason that never occurs has "
    "no column. R: colMeans(is.na(x)), by reason."
)
NOTE_OF_PATTERNS = (
    "Analysed responses that were asked the scale, by the items of it that have no answer; patterns of a single "
    "response are added up. R: mice::md.pattern, naniar::gg_miss_upset."
)

HELD_BY_A_PATTERN = {
    "n_rows": "Responses of the model's population with this pattern",
    "share_of_rows": "Share of them, 0 to 1",
    "missing": "Variables of the model that they miss",
}
NOTE_OF_A_MODEL = "R: mice::md.pattern, naniar::mcar_test."


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Missingness", anchor=False)
    missing = bench.store.read(out.MISSING)
    show_rows("Share of every reason", by_reason(missing), meanings_of(out.MISSING), NOTE_OF_SHARES)
    show_rows("Counts", missing, meanings_of(out.MISSING))
    scales = bench.study.scales()
    if not scales or not len(bench.store.read(core.RESPONSES)):
        return
    scale = choose("scale", "Scale", list(scales))
    items = list(scales[scale].scales[scale].items)
    held = {"missing_items": "Items without an answer; empty for a complete response"}
    show_rows("Missing together", patterns(bench, items), held, NOTE_OF_PATTERNS)
    if bench.study.models:
        _of_a_model(bench)


def _of_a_model(bench: Bench) -> None:
    model = choose("model", "Model", list(bench.study.models))
    try:
        found = missing(bench.study, model, "main")
    except ModelDataError as error:
        st.info(str(error))
        return
    told = f"{found.n_complete} of {found.n_in_population} responses have every variable. {little_in_words(found)}."
    show_rows("Missing in a model", patterns_shown(found), HELD_BY_A_PATTERN, f"{told} {NOTE_OF_A_MODEL}")


def by_reason(missing: pd.DataFrame) -> pd.DataFrame:
    """Lay out ``out.missing`` with a column for every reason that occurs; 0 where it does not for an item."""
    if missing.empty:
        return missing
    shares = missing.pivot_table(index=PLACE, columns="reason", values="share", aggfunc="sum", sort=False)
    return shares.astype("float64").fillna(0.0).reset_index().rename_axis(columns=None)


def patterns(bench: Bench, items: list[str]) -> pd.DataFrame:
    """Count the responses by which of some items are missing; patterns of one response each are added up."""
    with bench.store.scanning() as scan:
        batches = list(scan(PATTERNS, {"items": " ".join(items), "n_items": str(len(items))}))
    if not batches:
        return pd.DataFrame()
    found = pd.concat([batch.to_pandas() for batch in batches], ignore_index=True)
    is_rare = (found["n_responses"] < LEAST_OF_A_PATTERN) & (found["missing_items"] != "")
    rare = found[is_rare].groupby(["wave", "respondent_group"], as_index=False)["n_responses"].sum()
    return pd.concat([found[~is_rare], rare.assign(missing_items="(any other)")], ignore_index=True)
