"""Page of single organisations: a heat map of their scores, and one of them by itself."""

from functools import lru_cache

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.axes import Axis
from dashboard.charts import interval_chart, series_legend
from dashboard.figures import decimal, percent, whole
from dashboard.heat_map import heat_map
from dashboard.standing_out import bands
from dashboard.views.choices import show_choices
from dashboard.views.page import (
    Page,
    choose,
    choose_from_list,
    inference_line,
    plain,
    show_chart,
    show_table,
    status_line,
    without_marks,
)
from dashboard.views.shown_again import show_part

MOST_ROWS = 40
EVERY = "every"


def show(page: Page) -> None:
    """Show the page."""
    say = page.words.say
    st.header(say("units"), anchor=False)
    there = queries.unit_groups(page.release)
    if there.empty:
        _show_none(page)
        return
    show_choices(page, _show_group)


def _show_group(page: Page) -> None:
    """Show what the organisations of one respondent group answered in one wave."""
    say, there = page.words.say, queries.unit_groups(page.release)
    groups = [group for group in page.groups if (there["respondent_group"] == group).any()]
    group = choose("group", groups, groups[0], say("group"), page.group)
    asked = set(there.loc[there["respondent_group"] == group, "wave"])
    waves = [wave for wave in page.waves if wave in asked]
    wave = choose("wave", waves, waves[-1], say("wave"), page.wave)
    where = (group, wave, _instrument(page, group, wave))
    if _cells(page, *where).empty:
        _show_none(page)
        return
    show_part(page, _show_intro, *where)
    region = _region(page)
    show_part(page, _show_organisations, *where, region, _first_row(page, len(_names(page, *where, region))))
    show_part(page, _show_regions, *where)
    st.header(say("unit_card"), anchor=False)
    unit = choose_from_list("unit", _names(page, *where, EVERY), say("unit"), str)
    show_part(page, _show_card, *where, unit)
    with st.expander(say("how_to_read")):
        st.markdown("\n\n".join(say(f"{what}_reading") for what in ("units", "units_hidden", "rounding")))


def _show_none(page: Page) -> None:
    """Say that there are no organisations, or none that the viewer may see."""
    permission = page.release.permission
    own = ", ".join(sorted(permission.units))
    st.info(page.words.say("no_units" if permission.whole_release else "no_own_units", units=plain(own)))


def _instrument(page: Page, group: str, wave: str) -> str:
    """Let the reader choose one of the instruments, where there are several."""
    scales = queries.unit_means(page.release, group, wave).drop_duplicates("scale")
    titles = {
        str(instrument): ", ".join(map(page.scale, of_instrument))
        for instrument, of_instrument in scales.groupby("instrument", sort=False)["scale"]
    }
    if len(titles) < 2:  # noqa: PLR2004 - one instrument is no choice
        return next(iter(titles), "")
    return choose_from_list("instrument", list(titles), page.words.say("instrument"), lambda each: titles[each])


@lru_cache(maxsize=64)
def _means(page: Page, group: str, wave: str, instrument: str) -> pd.DataFrame:
    """Return the scores of everybody, regions and organisations on the scales of an instrument."""
    means = queries.unit_means(page.release, group, wave)
    return means[means["instrument"] == instrument]


def _everybody(means: pd.DataFrame) -> pd.Series:
    return means[means["level"] == "all"].set_index("scale")["mean"]


@lru_cache(maxsize=64)
def _cells(page: Page, group: str, wave: str, instrument: str) -> pd.DataFrame:
    """Return the scores of organisations, each with its band."""
    means = _means(page, group, wave, instrument)
    cells = means[means["level"] == "organisation"].reset_index(drop=True)
    band = bands(cells, _everybody(means)).fillna("unknown")
    return cells.assign(unit=cells["unit"].map(without_marks), band=band)


@lru_cache(maxsize=64)
def _names(page: Page, group: str, wave: str, instrument: str, region: str) -> list[str]:
    """Return the organisations of a region, or of every one, in the order in which they are shown."""
    cells, known = _cells(page, group, wave, instrument), queries.units(page.release)
    is_inside = (known["level"] == "organisation") & (known["region"] == region)
    inside = known.loc[is_inside, "unit"].map(without_marks)
    return _in_order(cells if region == EVERY else cells[cells["unit"].isin(inside)])


def _region(page: Page) -> str:
    """Let the reader choose a region, where there are any."""
    regions = _regions(page)
    if not regions:
        return EVERY
    say = page.words.say
    title = {EVERY: say("every_region")} | {each: page.words.title("region_title", each) for each in regions}
    return choose_from_list("region", list(title), say("region"), lambda each: title[each])


def _regions(page: Page) -> list[str]:
    """Return the regions; none where a single one holds every organisation, since it would repeat everybody."""
    known = queries.units(page.release)
    regions = [str(unit) for unit in known.loc[known["level"] == "region", "unit"]]
    of_organisations = known.loc[known["level"] == "organisation", "region"]
    return [] if len(regions) == 1 and (of_organisations == regions[0]).all() else regions


def _first_row(page: Page, n_rows: int) -> str:
    """Let the reader turn the pages, where there are several; the first row on it, from 1."""
    starts = [str(first) for first in range(1, n_rows + 1, MOST_ROWS)] or ["1"]

    def title(first: str) -> str:
        return page.words.say("rows_from", first=first, last=min(int(first) + MOST_ROWS - 1, n_rows))

    return choose_from_list("from", starts, page.words.say("page"), title) if len(starts) > 1 else starts[0]


def _in_order(cells: pd.DataFrame) -> list[str]:
    """Sort units by name, those without any shown cell last."""
    is_hidden = cells["is_hidden"].astype(bool).groupby(cells["unit"]).all()
    return [str(name) for _, name in sorted((hidden, name) for name, hidden in is_hidden.items())]


def _show_intro(page: Page, group: str, wave: str, instrument: str) -> None:
    st.markdown(page.words.say("units_intro", group=plain(page.group(group)), wave=plain(page.wave(wave))))
    means = _means(page, group, wave, instrument)
    status_of = means.drop_duplicates("scale").set_index("scale")["status"].to_dict()
    for line in filter(None, (status_line(page, status_of), inference_line(page, [group]))):
        st.caption(line)


def _show_organisations(page: Page, group: str, wave: str, instrument: str, region: str, first: str) -> None:
    where = (group, wave, instrument)
    names = _names(page, *where, region)[int(first) - 1 :][:MOST_ROWS]
    alt = page.words.say("unit_alt", group=page.group(group), wave=page.wave(wave))
    _show_map(page, _arranged(_cells(page, *where), names), _everybody(_means(page, *where)), alt)


def _show_regions(page: Page, group: str, wave: str, instrument: str) -> None:
    """Show the scores of regions under those of everybody, where there are any regions."""
    say, means = page.words.say, _means(page, group, wave, instrument)
    cells = means[means["level"] != "organisation"].reset_index(drop=True)
    if not _regions(page) or (cells["level"] == "all").all():
        return
    title = {name: page.words.title("region_title", name) for name in cells["unit"]}
    is_everybody = cells["level"] == "all"
    cells = cells.assign(unit=cells["unit"].map(title).map(without_marks).mask(is_everybody, say("everybody")))
    order = [say("everybody"), *_in_order(cells[~is_everybody])]
    st.header(say("regions"), anchor=False)
    alt = say("region_alt", group=page.group(group), wave=page.wave(wave))
    _show_map(page, _arranged(cells, order), _everybody(means), alt)


def _arranged(cells: pd.DataFrame, units: list[str]) -> pd.DataFrame:
    """Keep the cells of some units, in their order."""
    place = {name: position for position, name in enumerate(units)}
    kept = cells[cells["unit"].isin(units)]
    return kept.sort_values("unit", key=lambda names: names.map(place), kind="stable")


def _show_map(page: Page, cells: pd.DataFrame, everybody: pd.Series, alt: str) -> None:
    say, language = page.words.say, page.words.language
    figure = cells["mean"].map(lambda mean: decimal(mean, language))
    titles, hidden = cells["scale"].map(page.scale), cells["is_hidden"].astype(bool)
    said = [
        say("unit_hidden", unit=unit, scale=scale) if is_hidden
        else say("unit_said", unit=unit, scale=scale, value=value, n=whole(n, language))
        for unit, scale, value, n, is_hidden in zip(cells["unit"], titles, figure, cells["n_obs"], hidden, strict=True)
    ]  # fmt: skip
    reach = cells["highest"] - cells["lowest"]
    drawn = pd.DataFrame(
        {
            "unit": cells["unit"],
            "scale": titles,
            "distance": (cells["mean"] - cells["scale"].map(everybody)) / reach,
            "figure": figure,
            "said": said,
            "is_hidden": hidden,
        }
    )
    st.altair_chart(heat_map(drawn, language), theme=None, width="stretch", alt=alt)
    ends = zip(cells["conf_low"], cells["conf_high"], strict=True)
    interval = [say("from_to", low=decimal(low, language), high=decimal(high, language)) for low, high in ends]
    told = {"mean_score": figure, "interval": interval, "n": cells["n_obs"].map(lambda n: whole(n, language))}
    table = pd.DataFrame({"unit": drawn["unit"], "scale": titles}).assign(**told)
    show_table(page, table.assign(**{name: table[name].mask(hidden, say("not_shown")) for name in told}))


def _show_card(page: Page, group: str, wave: str, instrument: str, unit: str) -> None:
    say, language = page.words.say, page.words.language
    cells, everybody = _cells(page, group, wave, instrument), _everybody(_means(page, group, wave, instrument))
    own = cells[cells["unit"] == unit]
    st.markdown("\n".join(f"- {_line(page, cell)}" for cell in own.to_dict("records")))
    shown = own[~own["is_hidden"].astype(bool)]
    if shown.empty:
        return
    points = [
        {"key": cell["scale"], "row": page.scale(cell["scale"]), "note": "", "series": series, "value": value,
         "low": low, "high": high, "figure": decimal(value, language), "said": f"{series}: {decimal(value, language)}"}
        for cell in shown.to_dict("records")
        for series, value, low, high in (
            (unit, cell["mean"], cell["conf_low"], cell["conf_high"]),
            (say("everybody"), *[everybody[cell["scale"]]] * 3),
        )
        if not pd.isna(value)
    ]  # fmt: skip
    domain = (float(shown["lowest"].min()), float(shown["highest"].max()))
    axis = Axis(say("score_axis", lowest=whole(domain[0], language), highest=whole(domain[1], language)), domain)
    series = list(dict.fromkeys(point["series"] for point in points))
    chart = interval_chart(pd.DataFrame(points), series, axis, language)
    show_chart(chart, plain(unit), say("unit_card"), series_legend(series))
    ends = zip(shown["conf_low"], shown["conf_high"], strict=True)
    table = {
        "scale": shown["scale"].map(page.scale),
        "mean_score": shown["mean"].map(lambda mean: decimal(mean, language)),
        "interval": [say("from_to", low=decimal(low, language), high=decimal(high, language)) for low, high in ends],
        "everybody": [
            say("not_shown") if pd.isna(mean) else decimal(mean, language) for mean in shown["scale"].map(everybody)
        ],
    }
    show_table(page, pd.DataFrame(table))


def _line(page: Page, cell: dict[str, object]) -> str:
    say, language = page.words.say, page.words.language
    scale = plain(page.scale(str(cell["scale"])))
    if cell["is_hidden"]:
        return say("hidden_line", scale=scale)
    value, low, high = (decimal(float(str(cell[name])), language) for name in ("mean", "conf_low", "conf_high"))
    told = say("band_line", scale=scale, value=value, low=low, high=high, n=whole(float(str(cell["n_obs"])), language),
               band=say(f"band_{cell['band']}"))  # fmt: skip
    return f"{told} {say('percent_high_line', percent=percent(float(str(cell['percent_high'])), language))}"
