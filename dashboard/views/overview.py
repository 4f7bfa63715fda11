"""First page: the release in short, who answered, what the scores show, how the answers fall."""

import pandas as pd
import streamlit as st

from dashboard import findings, queries
from dashboard.comparisons import SHOWN
from dashboard.figures import percent
from dashboard.views.choices import show_choices
from dashboard.views.page import Page, inference_line, plain, show_limits
from dashboard.views.released_scores import scores_of
from dashboard.views.scores import show_answers, show_scores
from dashboard.views.shown_again import show_part
from dashboard.views.tiles import show_tiles
from dashboard.views.who_answered import show_who_answered

MOST_NAMES = 4


def show(page: Page) -> None:
    """Show the page."""
    show_part(page, _show_top)
    if not scores_of(page).means.empty:
        show_choices(page, _show_scores_and_answers)
    show_part(page, _show_reading)


def _show_scores_and_answers(page: Page) -> None:
    group = show_scores(page)
    st.header(page.words.say("answers"), anchor=False)
    show_answers(page, group)


def _show_top(page: Page) -> None:
    say, scores = page.words.say, scores_of(page)
    rates, apart = page.arranged(queries.response_rates(page.release)), scores.means[scores.apart != SHOWN]
    show_tiles(page, rates, scores.means, scores.changes)
    st.header(say("in_short"), anchor=False)
    st.markdown("\n".join(f"- {line}" for line in _in_short(page, rates, scores.changes, apart)))
    st.header(say("who_answered"), anchor=False)
    show_who_answered(page, rates)
    if not scores.means.empty:
        st.header(say("scores"), anchor=False)


def _show_reading(page: Page) -> None:
    say = page.words.say
    with st.expander(say("how_to_read")):
        st.markdown(
            "\n\n".join(say(f"{what}_reading") for what in ("rate", "tiles", "score", "apart", "answers", "rounding"))
        )
    show_limits(page)


def _in_short(page: Page, rates: pd.DataFrame, changes: pd.DataFrame | None, apart: pd.DataFrame) -> list[str]:
    lines = []
    latest = rates[(rates["wave"] == page.waves[-1]) & ~rates["is_hidden"].astype(bool)]
    known = latest.set_index("respondent_group")["response_rate_2"].dropna().to_dict()
    if known:
        listed = [
            f"{plain(page.group(group))} {percent(known[group] * 100, page.words.language)}"
            for group in page.groups
            if group in known
        ]
        lines.append(page.words.say("short_rates", wave=plain(page.wave(page.waves[-1])), rates=", ".join(listed)))
    if changes is not None and changes.empty and len(apart):
        lines.append(page.words.say("short_all_apart"))
    elif changes is not None:
        n_apart = apart.groupby("respondent_group")["scale"].nunique()
        lines += [
            _group_in_short(page, group, changes[changes["respondent_group"] == group], int(n_apart.get(group, 0)))
            for group in page.groups
            if (changes["respondent_group"] == group).any()
        ]
        lines += [page.words.say("short_some_apart")] if len(apart) else []
    without = inference_line(page, page.groups)
    return [*lines, *_models_in_short(page), *([without] if without else [])]


def _group_in_short(page: Page, group: str, changes: pd.DataFrame, n_apart: int) -> str:
    say, parts = page.words.say, []
    for way in ("up", "down"):
        names = [plain(page.scale(scale)) for scale in changes.loc[changes["direction"] == way, "scale"]]
        if names:
            listed = ", ".join(names[:MOST_NAMES])
            more = len(names) - MOST_NAMES
            parts.append(say(f"{way}_on", scales=say("and_more", scales=listed, count=more) if more > 0 else listed))
    n_scales = len(changes) + n_apart
    unclear, unknown = int((changes["direction"] == "unclear").sum()), int(changes["direction"].isna().sum())
    if unclear:
        told = say("unclear_on", count=unclear, scales=n_scales)
        parts.append(say("unclear_on_all") if unclear == n_scales else told)
    if unknown:
        parts.append(say("not_said_on", count=unknown))
    if n_apart:
        parts.append(say("apart_on", count=n_apart))
    return say(
        "short_change", group=plain(page.group(group)), wave=plain(page.wave(page.waves[-2])), changes="; ".join(parts)
    )


def _models_in_short(page: Page) -> list[str]:
    fits, estimates = queries.fits(page.release), queries.estimates(page.release)
    written = [findings.focal_estimate(fit, estimates) for _, fit in fits[fits["variant"] == "main"].iterrows()]
    judged = [focal for focal in written if focal is not None]
    if not judged:
        return []
    clear = sum(focal["conf_low"] > 0 or focal["conf_high"] < 0 for focal in judged)
    is_planned = fits["fit_id"].isin([focal["fit_id"] for focal in judged]) & (fits["label"] == "confirmatory")
    planned = int(is_planned.sum()) or page.words.say("none_of_them")
    return [page.words.say("short_models", clear=clear, models=len(judged), planned=planned)]
