"""The page of fieldwork: who answered by AAPOR's rates, day by day, what was flagged, rejected or left out."""

import altair as alt
import pandas as pd
import streamlit as st

from pipelines.pictures.axes import SERIES
from pipelines.tables import core, fieldwork, linking, out, raw, screening
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import meanings_of, show_rows

RATES = {
    "response_rate_1": "I / (E + U)",
    "response_rate_2": "(I + P) / (E + U)",
    "response_rate_3": "I / (E + e U)",
    "response_rate_4": "(I + P) / (E + e U)",
    "response_rate_5": "I / E, where U = 0",
    "response_rate_6": "(I + P) / E, where U = 0",
    "cooperation_rate_1": "I / (I + P + R + O)",
    "cooperation_rate_2": "(I + P) / (I + P + R + O)",
    "cooperation_rate_3": "I / (I + P + R)",
    "cooperation_rate_4": "(I + P) / (I + P + R)",
    "refusal_rate_1": "R / (E + U)",
    "refusal_rate_2": "R / (E + e U)",
    "refusal_rate_3": "R / E, where U = 0",
    "contact_rate_1": "(I + P + R + O) / (E + U)",
    "contact_rate_2": "(I + P + R + O) / (E + e U)",
    "contact_rate_3": "(I + P + R + O) / E, where U = 0",
}
ISO_DAY = "%Y-%m-%d"
LETTERS = (
    "I complete, P partial, R refusals and break-offs, NC non-contacts, O other, U unknown eligibility, "
    "E = I + P + R + NC + O, e the share of U taken to be eligible. AAPOR, Standard Definitions. "
    "R: outcomerate::outcomerate."
)


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Fieldwork", anchor=False)
    _show_rates(bench)
    _show_progress(bench)
    _show_quality(bench)
    _show_rejects(bench)
    waves, weighting = bench.store.read(linking.ATTRITION), bench.store.read(fieldwork.WEIGHTING)
    show_rows("Who stayed across waves", waves, meanings_of(linking.ATTRITION))
    show_rows("Weights", weighting, meanings_of(fieldwork.WEIGHTING))
    representativity = bench.store.read(fieldwork.REPRESENTATIVITY)
    show_rows("Representativity", representativity, meanings_of(fieldwork.REPRESENTATIVITY))


def _show_rates(bench: Bench) -> None:
    rates = bench.store.read(out.RESPONSE_RATES)
    shown = [name for name in RATES if not rates[name].isna().all()]
    place = ["wave", "respondent_group"]
    counts = [name for name in rates if str(name).startswith("n_")]
    held = meanings_of(out.RESPONSE_RATES)
    show_rows("Outcomes", rates[[*place, *counts]], held)
    show_rows(
        "Outcome rates",
        rates[[*place, "eligible_share", "eligible_share_by", *shown]] if shown else rates.head(0),
        held | {name: f"{held[name]}: {formula}" for name, formula in RATES.items()},
        LETTERS if shown else "Rates need a frame: name one in study.yaml. " + LETTERS,
    )


def _show_progress(bench: Bench) -> None:
    days = bench.store.read(fieldwork.FIELDWORK_BY_DAY)
    if len(days):
        st.subheader("Complete responses so far", anchor=False)
    for wave, of_wave in days.groupby("wave", sort=False):
        chart = progress_chart(of_wave, str(wave))
        st.altair_chart(chart, theme=None, width="stretch", alt=f"{wave}: complete responses so far, day by day")
    show_rows("Day by day", days, meanings_of(fieldwork.FIELDWORK_BY_DAY))
    break_offs = bench.store.read(fieldwork.BREAK_OFF_ITEMS)
    show_rows("Where responses broke off", break_offs, meanings_of(fieldwork.BREAK_OFF_ITEMS))


def progress_chart(days: pd.DataFrame, wave: str) -> alt.Chart:
    """Draw the complete responses so far of every respondent group of one wave.

    Args:
        days: Its rows of ``out.fieldwork_by_day``.
        wave: Its name.
    """
    drawn = days[["respondent_group", "n_complete_so_far"]].assign(day=pd.to_datetime(days["day"]).dt.strftime(ISO_DAY))
    groups = list(dict.fromkeys(drawn["respondent_group"]))
    ends = [f"{drawn['day'].min()}T00:00:00", f"{drawn['day'].max()}T00:00:00"]
    most = max(int(drawn["n_complete_so_far"].max()), 1)
    legend = alt.Legend(orient="bottom", columns=3, title=None, symbolType="stroke", symbolStrokeWidth=3)
    return (
        alt.Chart(drawn, title=alt.TitleParams(wave, anchor="start"), height=260)
        .mark_line(point=True)
        .encode(
            x=alt.X("day:T", title="day (UTC)", scale=alt.Scale(domain=ends), axis=alt.Axis(labelOverlap=True)),
            y=alt.Y("n_complete_so_far:Q", title="complete", scale=alt.Scale(domain=[0, most])),
            color=alt.Color("respondent_group:N", scale=alt.Scale(domain=groups, range=list(SERIES)), legend=legend),
            tooltip=["respondent_group:N", "day:T", "n_complete_so_far:Q"],
        )
    )


def _show_quality(bench: Bench) -> None:
    flags, excluded = bench.store.read(screening.SCREENING), bench.store.read(screening.EXCLUDED)
    show_rows("Quality flags", flags, meanings_of(screening.SCREENING), "Responses by check; a flag excludes nobody.")
    show_rows("Exclusion rules", excluded, meanings_of(screening.EXCLUDED))


def _show_rejects(bench: Bench) -> None:
    rejects, checks = bench.store.read(core.REJECTS), bench.store.read(raw.CHECKS)
    by_rule = ["wave", "rule", "column_name", "reason"]
    counted = rejects.groupby(by_rule, dropna=False).size().rename("n").reset_index()
    note = "Rows and cells that were rejected, by rule, without what they hold."
    show_rows("Rejects", counted.sort_values("n", ascending=False), meanings_of(core.REJECTS), note)
    show_rows("Blocking checks", checks, meanings_of(raw.CHECKS))
    cells = bench.store.read(raw.CONSERVATION)
    sums = cells.groupby(["wave", "source"])[[name for name in cells if str(name).startswith("n_")]].sum().reset_index()
    note = "Every cell that arrived: n_cells is the sum of the others."
    show_rows("Where every cell went", sums, meanings_of(raw.CONSERVATION), note)
