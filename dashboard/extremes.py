"""Which scales of a respondent group stand highest and lowest, as far as released means and intervals can tell."""

import pandas as pd

HALF_A_PLACE = 0.005


def extremes(means: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the highest and the lowest scales, each by its place between lowest and highest possible score.

    A scale is held apart from the one at the end only when their difference is larger than both half intervals, with
    what rounding may have taken away, together: the same people answered both, so no independence is assumed.

    Args:
        means: Columns scale, mean, conf_low, conf_high, lowest, highest, is_hidden; one row a scale of one group and
            wave.

    Returns:
        The highest scale and all that cannot be told from it, and the lowest likewise, those at the end first; empty
        with fewer than two shown scales.
    """
    shown = means[~means["is_hidden"].astype(bool)].set_index("scale")
    if len(shown) < 2:  # noqa: PLR2004 - one scale is neither highest nor lowest
        return [], []
    reach = shown["highest"] - shown["lowest"]
    place = ((shown["mean"] - shown["lowest"]) / reach).astype(float)
    margin = (((shown["conf_high"] - shown["conf_low"]) / 2 + 2 * HALF_A_PLACE) / reach).astype(float)
    high, low = place.idxmax(), place.idxmin()
    near_high = place[place.max() - place <= margin + margin[high]].sort_values(ascending=False, kind="stable")
    near_low = place[place - place.min() <= margin + margin[low]].sort_values(kind="stable")
    return [str(scale) for scale in near_high.index], [str(scale) for scale in near_low.index]
