"""Section of pages that says who answered: a tile for every respondent group, and the table behind it."""

from collections.abc import Mapping
from math import ceil
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.figures import percent, whole
from dashboard.views.page import Page, plain, show_table

PAGE, GAP, LEAST_TILE = 1040, 16, 240


def show_who_answered(page: Page, rates: pd.DataFrame) -> None:
    """Show how many answered of each respondent group, and a table of it."""
    cells = {(cell["respondent_group"], cell["wave"]): cell for cell in rates.to_dict("records")}
    tiles = st.container(horizontal=True)
    rows = ceil(len(page.groups) * (LEAST_TILE + GAP) / PAGE)
    width = PAGE // ceil(len(page.groups) / rows) - GAP
    for group in page.groups:
        with tiles.container(border=True, width=width, height="stretch"):
            st.markdown(f"**{plain(page.group(group))}**")
            for wave in page.waves[::-1]:
                if (group, wave) in cells:
                    _show_rate(page, wave, cells[group, wave])
    show_table(page, rate_table(page, rates))


def rate_table(page: Page, rates: pd.DataFrame) -> pd.DataFrame:
    """Return who answered as text, hidden figures as said; columns are wording keys."""
    language = page.words.language
    figures = {
        "n_responses": rates["n_responses"].map(lambda count: whole(count, language)),
        "n_invited": rates["n_invited"].map(lambda count: whole(count, language)),
        "response_rate": (rates["response_rate_2"] * 100).map(lambda share: percent(share, language)),
        "n_organisations": rates["n_organisations"].map(lambda count: whole(count, language)),
    }
    table = pd.DataFrame({"wave": rates["wave"].map(page.wave), "group": rates["respondent_group"].map(page.group)})
    hidden = rates["is_hidden"].astype(bool)
    return table.assign(**{name: told.mask(hidden, page.words.say("not_shown")) for name, told in figures.items()})


def _show_rate(page: Page, wave: str, cell: Mapping[str, Any]) -> None:
    """Write how many answered and what share of those invited that is; earlier waves in small print."""
    say, language = page.words.say, page.words.language
    if cell["is_hidden"]:
        st.caption(say("wave_line", wave=plain(page.wave(wave)), text=say("not_shown")))
        return
    count = whole(cell["n_responses"], language)
    rate, invited = cell["response_rate_2"], cell["n_invited"]
    if pd.isna(rate):
        share = say("no_rate")
    elif pd.isna(invited):
        share = say("rate_alone", rate=percent(rate * 100, language))
    else:
        share = say("rate_of_invited", rate=percent(rate * 100, language), invited=whole(invited, language))
    if wave == page.waves[-1]:
        label = say("wave_responses", wave=plain(page.wave(wave)))
        st.metric(label, count, share, delta_color="off", delta_arrow="off")
    else:
        st.caption(say("wave_line", wave=plain(page.wave(wave)), text=f"{say('responses', count=count)}. {share}"))
