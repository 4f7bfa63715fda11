"""Two sections of the first page: scores with their intervals, and the answers behind one score."""

import pandas as pd
import streamlit as st

from dashboard import findings, queries
from dashboard.charts import answer_chart, answer_legend
from dashboard.comparisons import REASONS, levels_reached
from dashboard.figures import decimal, percent, signed, whole
from dashboard.views.dots import interval, score_points, show_dots
from dashboard.views.page import (
    Page,
    choose,
    choose_from_list,
    inference_line,
    plain,
    show_chart,
    show_table,
    status_line,
)
from dashboard.views.released_scores import scores_of
from dashboard.views.shown_again import show_part

MOST_NAMES = 6
LEANS = ("strongly_low", "low", "neutral", "high", "strongly_high", "mixed")


def show_scores(page: Page) -> str:
    """Show the scores of one respondent group: waves side by side where that was shown to mean something, else apart.

    Returns:
        The respondent group that the reader chose.
    """
    say, scores = page.words.say, scores_of(page)
    groups = [group for group in page.groups if (scores.means["respondent_group"] == group).any()]
    group = choose("group", groups, groups[0], say("group"), page.group)
    show_part(page, _show_together, group)
    apart = scores.of_group(group, together=False)
    if not apart.empty:
        st.subheader(say("waves_apart"), anchor=False)
        st.markdown("\n".join(f"- {line}" for line in _why_apart(page, apart, scores.apart)))
        waves = [wave for wave in page.waves if (apart["wave"] == wave).any()]
        show_part(page, _show_apart, group, choose("score_wave", waves, waves[-1], say("wave"), page.wave))
    return group


def _show_together(page: Page, group: str) -> None:
    """Show the scores whose waves may stand side by side, and which level of invariance was shown of them."""
    scores = scores_of(page)
    together = scores.of_group(group, together=True).reset_index(drop=True)
    if together.empty:
        return
    say, scales = page.words.say, together["scale"].unique()
    several = [scale for scale in scales if (together["scale"] == scale).sum() > 1]
    reached = levels_reached(queries.comparisons(page.release), group, several)
    for level, differing in sorted(reached.items()):
        names = [
            say("alike_differing", scale=plain(page.scale(scale)), count=count) if count else plain(page.scale(scale))
            for scale, count in differing.items()
        ]
        st.markdown(say(f"alike_{level}", scales=", ".join(names)))
    _show_charts(page, together, scores.changes)


def _show_apart(page: Page, group: str, wave: str) -> None:
    """Show the scores of one wave of which others must not stand beside it."""
    means = scores_of(page).of_group(group, together=False)
    _show_charts(page, means[means["wave"] == wave].reset_index(drop=True), None)


def _why_apart(page: Page, means: pd.DataFrame, apart: pd.Series) -> list[str]:
    by_reason = means["scale"].groupby(apart[means.index]).unique()
    told = []
    for reason in (each for each in REASONS if each in by_reason):
        names = [plain(page.scale(scale)) for scale in by_reason[reason]]
        more = len(names) - MOST_NAMES if reason == REASONS[-1] else 0
        listed = ", ".join(names[:MOST_NAMES] if more > 0 else names)
        scales = page.words.say("and_more", scales=listed, count=more) if more > 0 else listed
        told.append(page.words.say(f"apart_{reason}", scales=scales))
    return told


def _show_charts(page: Page, means: pd.DataFrame, changes: pd.DataFrame | None) -> None:
    """Show a chart for every range of scores, then a table."""
    points = score_points(page, means, means["wave"].map(page.wave))
    points["note"] = "" if changes is None else _change_notes(page, means, changes)
    series = [page.wave(wave) for wave in page.waves[::-1] if (means["wave"] == wave).any()]
    alt = page.words.say("score_alt", group=page.group(str(means["respondent_group"].iloc[0])))
    show_dots(page, means, points, series, alt)
    _show_score_table(page, means, points)


def _change_notes(page: Page, means: pd.DataFrame, changes: pd.DataFrame) -> list[str]:
    """Say in words how each scale moved since the wave before; nothing where it was asked only once."""
    language, wave = page.words.language, page.wave(page.waves[-2])
    told = means[["scale", "respondent_group"]].merge(changes, how="left", on=["scale", "respondent_group"])
    asked = means[means["wave"].isin(page.waves[-2:])].groupby("scale")["wave"].nunique()
    notes = []
    for change in told.to_dict("records"):
        way = change["direction"] if pd.notna(change["direction"]) else "unknown"
        figures = {
            "difference": signed(change["difference"], language),
            "low": signed(change["low"], language),
            "high": signed(change["high"], language),
        }
        note = page.words.say(f"change_{way}", wave=wave, **figures)
        notes.append(note if asked.get(change["scale"], 0) > 1 else "")
    return notes


def _show_score_table(page: Page, means: pd.DataFrame, points: pd.DataFrame) -> None:
    language, say = page.words.language, page.words.say
    hidden = means["is_hidden"].astype(bool)
    table = pd.DataFrame(
        {
            "scale": points["row"],
            "wave": points["series"],
            "mean_score": points["figure"].mask(hidden, say("not_shown")),
            "interval": [interval(page.words, *ends) for ends in zip(points["low"], points["high"], strict=True)],
            "n": points["n"].map(lambda count: whole(count, language)),
            **{
                name: means[name].astype(float).mask(hidden).map(lambda value: decimal(value, language))
                for name in ("alpha", "omega")
            },
            **({"change": points["note"]} if points["note"].any() else {}),
            "status": means["status"].map(page.words.status),
        }
    )
    if (means["score"] == "sum").any():
        table.insert(3, "scored_as", means["score"].map(say))
    show_table(page, table)


def show_answers(page: Page, group: str) -> None:
    """Show how one group's answers to the questions of one scale fall in one wave.

    Args:
        page: What the page run shows.
        group: A respondent group that has scores.
    """
    say, means = page.words.say, scores_of(page).means
    means = means[means["respondent_group"] == group]
    left, right = st.columns([2, 1])
    with left:
        scale = choose_from_list("scale", list(means["scale"].unique()), say("scale"), page.scale)
    asked = set(means.loc[means["scale"] == scale, "wave"])
    waves = [wave for wave in page.waves if wave in asked]
    with right:
        wave = choose("wave", waves, waves[-1], say("wave"), page.wave)
    show_part(page, _show_answers, group, scale, wave)


def _show_answers(page: Page, group: str, scale: str, wave: str) -> None:
    say, means = page.words.say, scores_of(page).means
    meaning = page.words.titles.get(("high_score_means", scale))
    if meaning:
        st.markdown(say("high_means", meaning=plain(meaning)))
    bands = queries.distributions(page.release, scale, group, wave)
    if bands.empty:
        st.info(say("no_answers"))
        return
    st.markdown(say("answers_of", group=plain(page.group(group)), wave=plain(page.wave(wave))))
    told = _told_bands(page, findings.leaning(bands))
    status = means.loc[(means["respondent_group"] == group) & (means["scale"] == scale), "status"].iloc[0]
    caption = f"{status_line(page, {scale: status})} {inference_line(page, [group])}".strip()
    names = {lean: say(lean) for lean in LEANS}
    alt = say("answers_alt", group=page.group(group), wave=page.wave(wave), scale=page.scale(scale))
    show_chart(answer_chart(told, page.words.language), caption, alt, answer_legend(told, names))
    table = told[["row", "label", "figure"]].set_axis(["question", "answer", "share"], axis=1)
    show_table(page, table)


def _told_bands(page: Page, bands: pd.DataFrame) -> pd.DataFrame:
    """Add to answers what is written of them, in the order of the chart: most high answers first, hidden items last."""
    language, say, hidden = page.words.language, page.words.say, bands["is_hidden"]
    told = bands.assign(key=bands["item"], row=[page.words.title("item_text", item) for item in bands["item"]])
    told["note"] = bands["is_reverse_scored"].astype(bool).map({True: say("turned"), False: ""})
    told["label"] = [_label(page, *band) for band in bands[["item", "code_from", "code_to"]].itertuples(index=False)]
    told["figure"] = told["percent"].map(lambda share: percent(share, language)).mask(hidden, say("not_shown"))
    told["end"] = [
        "" if pd.isna(share) else say("end_high", percent=percent(share, language)) for share in told["percent_high"]
    ]
    told["said"] = [
        say("not_shown") if is_hidden else say("band_said", labels=label, percent=figure, n=whole(n, language))
        for label, figure, n, is_hidden in zip(told["label"], told["figure"], told["n_obs"], hidden, strict=True)
    ]
    keys = {"is_hidden": True, "percent_high": False, "row": True, "code_from": True}
    return told.sort_values(list(keys), ascending=list(keys.values()), na_position="last").reset_index(drop=True)


def _label(page: Page, item: str, code_from: int, code_to: int) -> str:
    ends = dict.fromkeys(
        page.words.titles.get(("point_label", f"{item}={code}"), str(code)) for code in (code_from, code_to)
    )
    return " – ".join(ends)
