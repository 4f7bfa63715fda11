"""Section of pages that says who answered: a tile for every respondent group, and the table behind it."""

from collections.abc import Mapping
from math import ceil
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.figures import percent, whole
from dashboard.html_tiles import Tile, html_tiles
from dashboard.views.page import Page, show_table

MOST_IN_A_ROW = 4


def show_who_answered(page: Page, rates: pd.DataFrame) -> None:
    """Show how many answered of each respondent group, and a table of it."""
    cells = {(cell["respondent_group"], cell["wave"]): cell for cell in rates.to_dict("records")}
    rows = ceil(len(page.groups) / MOST_IN_A_ROW)
    st.html(html_tiles([_tile(page, group, cells) for group in page.groups], ceil(len(page.groups) / rows)))
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


def _tile(page: Page, group: str, cells: Mapping[tuple[str, str], Mapping[str, Any]]) -> Tile:
    """Write how many of a group answered and what share of those invited that is; earlier waves in small print."""
    say, notes, latest = page.words.say, list[str](), dict[str, str]()
    for wave in page.waves[::-1]:
        cell = cells.get((group, wave))
        if cell is None:
            continue
        if cell["is_hidden"]:
            notes.append(say("wave_line", wave=page.wave(wave), text=say("not_shown")))
            continue
        count, share = _counted(page, cell)
        if wave == page.waves[-1]:
            latest = {"label": say("wave_responses", wave=page.wave(wave)), "figure": count, "under": share}
        else:
            notes.append(say("wave_line", wave=page.wave(wave), text=f"{say('responses', count=count)}. {share}"))
    return Tile(page.group(group), notes=notes, **latest)


def _counted(page: Page, cell: Mapping[str, Any]) -> tuple[str, str]:
    """Return how many answered, and in words what share of those invited that is."""
    say, language = page.words.say, page.words.language
    count, rate, invited = whole(cell["n_responses"], language), cell["response_rate_2"], cell["n_invited"]
    if pd.isna(rate):
        return count, say("no_rate")
    told = percent(rate * 100, language)
    if pd.isna(invited):
        return count, say("rate_alone", rate=told)
    return count, say("rate_of_invited", rate=told, invited=whole(invited, language))
