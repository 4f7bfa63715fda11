"""The release in four tiles of words: who answered, what stands highest and lowest, what changed."""

import pandas as pd
import streamlit as st

from dashboard.extremes import extremes
from dashboard.figures import decimal, percent, whole
from dashboard.html_tiles import Tile, html_tiles
from dashboard.views.page import Page

MOST_ALIKE = 2


def show_tiles(page: Page, rates: pd.DataFrame, means: pd.DataFrame, changes: pd.DataFrame | None) -> None:
    """Show the tiles.

    Args:
        page: What the page run shows.
        rates: See ``queries.response_rates``.
        means: See ``queries.scale_means``.
        changes: Of scales whose waves may be compared, see ``findings.change``; None when there is one wave only.
    """
    say, wave = page.words.say, page.waves[-1] if page.waves else ""
    latest = means[means["wave"] == wave]
    highest, lowest = _ends(page, latest)
    earlier = say("tile_changed", wave=page.wave(page.waves[-2])) if len(page.waves) > 1 else say("change")
    tiles = {
        say("tile_answered", wave=page.wave(wave)): _answered(page, rates[rates["wave"] == wave]),
        say("tile_highest"): highest,
        say("tile_lowest"): lowest,
        earlier: [say("tile_one_wave")] if changes is None else _changed(page, latest, changes),
    }
    told = [Tile(title, lines or [say("tile_nothing")]) for title, lines in tiles.items()]
    st.html(html_tiles(told, in_a_row=len(told)))


def _answered(page: Page, rates: pd.DataFrame) -> list[str]:
    say, language, lines = page.words.say, page.words.language, list[str]()
    for rate in rates.to_dict("records"):
        if rate["is_hidden"]:
            text = say("not_shown")
        else:
            text = say("responses", count=whole(rate["n_responses"], language))
            share = rate["response_rate_2"]
            text += "" if pd.isna(share) else f" ({percent(share * 100, language)})"
        lines.append(_line(page, rate["respondent_group"], text))
    return lines


def _ends(page: Page, means: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Name the highest and lowest scales of every group; none where too many cannot be told apart."""
    highest, lowest = list[str](), list[str]()
    for group in page.groups:
        of_group = means[means["respondent_group"] == group]
        if of_group.empty:
            continue
        figures = of_group.set_index("scale")[["mean", "highest"]]
        for names, lines in zip(extremes(of_group), (highest, lowest), strict=True):
            lines.append(_line(page, group, _named(page, names, figures)))
    return highest, lowest


def _named(page: Page, scales: list[str], means: pd.DataFrame) -> str:
    say, language = page.words.say, page.words.language
    if not scales:
        return say("not_shown")
    if len(scales) > MOST_ALIKE:
        return say("tile_none_apart")
    told = [
        say("tile_score", scale=page.scale(scale), mean=decimal(mean, language), highest=whole(top, language))
        for scale, mean, top in means.loc[scales].itertuples()
    ]
    return say("groups_and", first=told[0], second=told[1]) if len(told) > 1 else told[0]


def _changed(page: Page, latest: pd.DataFrame, changes: pd.DataFrame) -> list[str]:
    n_scales = latest.groupby("respondent_group")["scale"].nunique()
    return [
        _line(
            page, group, _moved(page, changes.loc[changes["respondent_group"] == group, "direction"], n_scales[group])
        )
        for group in page.groups
        if group in n_scales.index
    ]


def _moved(page: Page, ways: pd.Series, n_scales: int) -> str:
    """Say on how many scales a group moved clearly, and of how many that is known where it is not of all."""
    say, counts, n_compared = page.words.say, ways.value_counts(), int(ways.notna().sum())
    if ways.empty:
        return say("tile_not_compared")
    if ways.isna().all():
        return say("not_shown")
    moved = [say(f"tile_{way}", count=counts[way], scales=n_compared) for way in ("up", "down") if counts.get(way, 0)]
    told = ", ".join(moved) or say("tile_unclear")
    return told if n_compared == n_scales else say("tile_compared", told=told, count=n_compared, scales=n_scales)


def _line(page: Page, group: str, text: str) -> str:
    return page.words.say("wave_line", wave=page.group(group), text=text)
