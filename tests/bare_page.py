"""A bare page with one choice and one chart, which the dashboard is measured beside: ``streamlit run``. No test."""

import altair as alt
import pandas as pd
import streamlit as st

GROUPS = ("Top managers", "Frontline staff", "Citizens")


def main() -> None:
    """Show the page."""
    st.set_page_config(layout="wide")
    st.title("Scores")
    group = st.segmented_control("Group", GROUPS, default=GROUPS[0], required=True)
    place = GROUPS.index(group)
    rows = pd.DataFrame({"scale": [f"{group} {k}" for k in range(8)], "mean": [1 + (k + place) % 5 for k in range(8)]})
    chart = alt.Chart(rows, usermeta={"embedOptions": {"renderer": "svg", "actions": False}})
    st.altair_chart(chart.mark_point().encode(x="mean:Q", y="scale:N"), theme=None, width="stretch")


main()
