"""Page of perspectives: respondent groups side by side on every scale, where that was shown to mean something."""

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.comparisons import GROUP_REASONS, groups_side_by_side
from dashboard.figures import decimal, whole
from dashboard.perspectives import pairs
from dashboard.views.choices import show_choices
from dashboard.views.dots import interval, score_points, show_dots
from dashboard.views.page import Page, choose, inference_line, plain, show_table
from dashboard.views.shown_again import show_part

MOST_NAMES = 8


@dataclass(frozen=True, eq=False)
class Sides:
    """Scores of one wave.

    Attributes:
        together: Those of groups that may stand side by side, see ``queries.scale_means``.
        apart: The others.
        reasons: Why groups stand apart (see ``comparisons.GROUP_REASONS``) → the scales of which some do.
    """

    together: pd.DataFrame
    apart: pd.DataFrame
    reasons: dict[str, list[str]]


def show(page: Page) -> None:
    """Show the page."""
    say, means = page.words.say, queries.scale_means(page.release)
    st.header(say("perspectives"), anchor=False)
    if means.empty:
        st.info(say("no_scores"))
        return
    show_choices(page, _show_wave)
    with st.expander(say("how_to_read")):
        st.markdown(
            "\n\n".join(say(f"{what}_reading") for what in ("groups", "groups_apart", "all_hidden", "rounding"))
        )


def _show_wave(page: Page) -> None:
    """Show the scores of one wave, and of one group those that must not stand beside others."""
    say, means = page.words.say, queries.scale_means(page.release)
    waves = [wave for wave in page.waves if (means["wave"] == wave).any()]
    wave = choose("wave", waves, waves[-1], say("wave"), page.wave)
    show_part(page, _show_side_by_side, wave)
    apart = _sides(page, wave).apart
    if not apart.empty:
        groups = [group for group in page.groups if (apart["respondent_group"] == group).any()]
        group = choose("group", groups, groups[0], say("group"), page.group)
        show_part(page, _show_alone, wave, group)


@lru_cache(maxsize=64)
def _sides(page: Page, wave: str) -> Sides:
    """Tell which groups of each scale stand side by side in a wave."""
    means = page.arranged(queries.scale_means(page.release)).sort_values("position", kind="stable")
    means, comparisons = means[means["wave"] == wave].reset_index(drop=True), queries.comparisons(page.release)
    sides: dict[str, list[str]] = {}
    reasons: dict[str, list[str]] = {}
    for scale, groups in means.groupby("scale", sort=False)["respondent_group"]:
        sides[str(scale)], reason = groups_side_by_side(comparisons, str(scale), list(groups))
        reasons.setdefault(reason, []).append(str(scale))
    rows = zip(means["scale"], means["respondent_group"], strict=True)
    is_beside = pd.Series([group in sides[scale] for scale, group in rows], index=means.index, dtype=bool)
    together, apart = (means[each].reset_index(drop=True) for each in (is_beside, ~is_beside))
    return Sides(together, apart, reasons)


def _listed(page: Page, scales: list[str]) -> str:
    named = [plain(page.scale(scale)) for scale in scales]
    more = len(named) - MOST_NAMES
    listed = ", ".join(named[:MOST_NAMES])
    return page.words.say("and_more", scales=listed, count=more) if more > 0 else listed


def _in_words(page: Page, together: pd.DataFrame) -> list[str]:
    """Say of every scale which group stands higher; together, of which scales no such thing can be said."""
    say, compared = page.words.say, pairs(together)
    if together.empty:
        return [say("no_groups_beside")]
    lines, without, hidden = list[str](), list[str](), list[str]()
    for scale in dict.fromkeys(together["scale"]):
        of_scale = compared[compared["scale"] == scale]
        clear = of_scale[of_scale["is_clear"].astype(bool)]
        if not clear.empty:
            lines.append(_sentence(page, str(scale), clear, len(of_scale)))
        else:
            (hidden if of_scale.empty else without).append(str(scale))
    lines += [say("no_clear_difference", scales=_listed(page, without))] if without else []
    lines += [say("not_shown_on", scales=_listed(page, hidden))] if hidden else []
    named = inference_line(page, list(dict.fromkeys(together["respondent_group"])))
    return [*lines, *([named] if named else [])]


def _sentence(page: Page, scale: str, clear: pd.DataFrame, n_pairs: int) -> str:
    say, language = page.words.say, page.words.language
    told = [
        say(
            "higher_than",
            first=plain(page.group(str(pair["first"]))),
            second=plain(page.group(str(pair["second"]))),
            **{name: decimal(float(str(pair[name])), language) for name in ("difference", "low", "high")},
        )
        for pair in clear.to_dict("records")
    ]
    rest = [say("rest_unclear")] if len(clear) < n_pairs else []
    return say("wave_line", wave=f"**{plain(page.scale(scale))}**", text="; ".join([*told, *rest]) + ".")


def _show_side_by_side(page: Page, wave: str) -> None:
    """Show groups beside one another, in words first, and why others stand apart."""
    say, sides = page.words.say, _sides(page, wave)
    means = sides.together
    st.markdown("\n".join(f"- {line}" for line in _in_words(page, means)))
    if not means.empty:
        points = score_points(page, means, means["respondent_group"].map(page.group))
        series = [page.group(group) for group in page.groups if (means["respondent_group"] == group).any()]
        show_dots(page, means, points, series, say("perspectives_alt", wave=page.wave(wave)))
        _show_figures(page, means, points)
    if not sides.apart.empty:
        st.header(say("groups_apart"), anchor=False)
        reasons = [why for why in GROUP_REASONS if why in sides.reasons]
        told = [say(f"groups_apart_{why}", scales=_listed(page, sides.reasons[why])) for why in reasons]
        st.markdown("\n".join(f"- {line}" for line in told))


def _show_alone(page: Page, wave: str, group: str) -> None:
    """Show scores of one group that must not stand beside others."""
    apart = _sides(page, wave).apart
    means = apart[apart["respondent_group"] == group].reset_index(drop=True)
    points = score_points(page, means, means["respondent_group"].map(page.group))
    show_dots(page, means, points, [page.group(group)], page.words.say("score_alt", group=page.group(group)))
    _show_figures(page, means, points)


def _show_figures(page: Page, means: pd.DataFrame, points: pd.DataFrame) -> None:
    say, hidden = page.words.say, means["is_hidden"].astype(bool)
    ends = zip(points["low"], points["high"], strict=True)
    figures = {
        "mean_score": points["figure"],
        "interval": pd.Series([interval(page.words, *each) for each in ends], index=points.index),
        "n": points["n"].map(lambda count: whole(count, page.words.language)),
    }
    shown = {name: told.mask(hidden, say("not_shown")) for name, told in figures.items()}
    status = means["status"].map(page.words.status)
    show_table(page, pd.DataFrame({"scale": points["row"], "group": points["series"], **shown, "status": status}))
