"""Scores as dots with intervals: what is written of each, and a chart for every range of scores."""

from collections.abc import Sequence

import pandas as pd

from dashboard.axes import Axis
from dashboard.charts import interval_chart, series_legend
from dashboard.figures import MISSING, decimal, whole
from dashboard.views.page import Page, inference_line, show_chart, status_line
from dashboard.wording import Words


def score_points(page: Page, means: pd.DataFrame, series: pd.Series) -> pd.DataFrame:
    """Return what ``charts.interval_chart`` draws of scores.

    Args:
        page: What the page run shows.
        means: See ``queries.scale_means``.
        series: Of every row, the title of the wave or respondent group that it stands for.

    Returns:
        One row a dot, aligned with the scores, with ``n``; nothing of a hidden one but its place.
    """
    words, hidden = page.words, means["is_hidden"].astype(bool)
    figures = {"value": "mean", "low": "conf_low", "high": "conf_high", "n": "n_obs"}
    points = pd.DataFrame({"key": means["scale"], "row": means["scale"].map(page.scale), "note": "", "series": series})
    points = points.assign(**{name: means[column].astype(float).mask(hidden) for name, column in figures.items()})
    points["figure"] = points["value"].map(lambda value: decimal(value, words.language))
    points["said"] = [
        words.say("wave_line", wave=point["series"], text=words.say("not_shown"))
        if pd.isna(point["value"])
        else words.say(
            "score_said",
            scale=point["row"],
            wave=point["series"],
            value=point["figure"],
            low=decimal(point["low"], words.language),
            high=decimal(point["high"], words.language),
            n=whole(point["n"], words.language),
        )
        for point in points.to_dict("records")
    ]
    return points


def show_dots(page: Page, means: pd.DataFrame, points: pd.DataFrame, series: Sequence[str], alt: str) -> None:
    """Show a chart for every range of scores, each with how far its questions are validated.

    Args:
        page: What the page run shows.
        means: See ``queries.scale_means``.
        points: See ``score_points``, aligned with the scores.
        series: Titles of what the dots of a row stand for, in order.
        alt: What the charts show, for readers who cannot see them.
    """
    words = page.words
    for (lowest, highest), part in means.groupby(["lowest", "highest"], sort=False):
        ends = {"lowest": decimal(lowest, words.language, 0), "highest": decimal(highest, words.language, 0)}
        axis = Axis(words.say("score_axis", **ends), (float(lowest), float(highest)))
        status = status_line(page, dict(zip(part["scale"], part["status"], strict=True)))
        caption = f"{status} {inference_line(page, list(dict.fromkeys(part['respondent_group'])))}".strip()
        chart = interval_chart(points.loc[part.index], series, axis, words.language)
        show_chart(chart, caption, alt, series_legend(series))


def interval(words: Words, low: float, high: float) -> str:
    """Write the ends of an interval; a dash where there is none."""
    if pd.isna(low):
        return MISSING
    return words.say("from_to", low=decimal(low, words.language), high=decimal(high, words.language))
