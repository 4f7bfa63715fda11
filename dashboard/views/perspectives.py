"""Page of perspectives: respondent groups side by side on every scale, where that was shown to mean something."""

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.comparisons import GROUP_REASONS, groups_side_by_side
from dashboard.figures import decimal, whole
from dashboard.perspectives import pairs
from dashboard.views.dots import interval, score_points, show_dots
from dashboard.views.page import Page, choose, inference_line, plain, show_table

MOST_NAMES = 8


def show(page: Page) -> None:
    """Show the page."""
    say = page.words.say
    means = page.arranged(queries.scale_means(page.release)).sort_values("position", kind="stable")
    st.header(say("perspectives"), anchor=False)
    if means.empty:
        st.info(say("no_scores"))
        return
    waves = [wave for wave in page.waves if (means["wave"] == wave).any()]
    wave = choose("wave", waves, waves[-1], say("wave"), page.wave)
    means = means[means["wave"] == wave].reset_index(drop=True)
    sides, reasons = _sides(page, means)
    is_beside = pd.Series(
        [group in sides[scale] for scale, group in zip(means["scale"], means["respondent_group"], strict=True)],
        index=means.index,
    )
    together = means[is_beside].reset_index(drop=True)
    st.markdown("\n".join(f"- {line}" for line in _in_words(page, together)))
    if not together.empty:
        _show_side_by_side(page, together, wave)
    if not is_beside.all():
        _show_apart(page, means[~is_beside], reasons)
    with st.expander(say("how_to_read")):
        st.markdown(
            "\n\n".join(say(f"{what}_reading") for what in ("groups", "groups_apart", "all_hidden", "rounding"))
        )


def _sides(page: Page, means: pd.DataFrame) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return which groups of each scale stand side by side, and by reason the scales of which some do not."""
    comparisons = queries.comparisons(page.release)
    sides: dict[str, list[str]] = {}
    reasons: dict[str, list[str]] = {}
    for scale, groups in means.groupby("scale", sort=False)["respondent_group"]:
        sides[str(scale)], reason = groups_side_by_side(comparisons, str(scale), list(groups))
        reasons.setdefault(reason, []).append(str(scale))
    return sides, reasons


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


def _show_side_by_side(page: Page, means: pd.DataFrame, wave: str) -> None:
    points = score_points(page, means, means["respondent_group"].map(page.group))
    series = [page.group(group) for group in page.groups if (means["respondent_group"] == group).any()]
    show_dots(page, means, points, series, page.words.say("perspectives_alt", wave=page.wave(wave)))
    _show_figures(page, means, points)


def _show_apart(page: Page, means: pd.DataFrame, reasons: dict[str, list[str]]) -> None:
    """Show scores of one group at a time, and say why."""
    say = page.words.say
    st.header(say("groups_apart"), anchor=False)
    told = [say(f"groups_apart_{why}", scales=_listed(page, reasons[why])) for why in GROUP_REASONS if why in reasons]
    st.markdown("\n".join(f"- {line}" for line in told))
    groups = [group for group in page.groups if (means["respondent_group"] == group).any()]
    group = choose("group", groups, groups[0], say("group"), page.group)
    of_group = means[means["respondent_group"] == group].reset_index(drop=True)
    points = score_points(page, of_group, of_group["respondent_group"].map(page.group))
    show_dots(page, of_group, points, [page.group(group)], say("score_alt", group=page.group(group)))
    _show_figures(page, of_group, points)


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
