"""How a release rounds counts and figures of fits: counts to fives, coefficients to three decimals."""

import pandas as pd

FIGURES = ("estimate", "std_error", "p_value", "conf_low", "conf_high")
AVERAGES = ("average_effect", "average_low", "average_high")
DECIMALS, DECIMALS_OF_SHARES = 3, 2


def round_to_five(counts: pd.Series) -> pd.Series:
    """Round counts to the nearest 5, half up."""
    return (((counts.astype("Float64") + 2.5) // 5) * 5).astype("Int64")


def rounded_fits(fits: pd.DataFrame) -> pd.DataFrame:
    """Round n_obs, n_clusters and r_squared of fits."""
    return fits.assign(
        n_obs=round_to_five(fits["n_obs"]),
        n_clusters=round_to_five(fits["n_clusters"]),
        r_squared=fits["r_squared"].round(DECIMALS_OF_SHARES),
    )


def rounded_estimates(estimates: pd.DataFrame) -> pd.DataFrame:
    """Round the figures of terms."""
    return estimates.assign(**estimates[list(FIGURES)].round(DECIMALS))


def rounded_average_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Round differences in shares to whole percentage points.

    Coarse enough that an interval tells neither degrees of freedom nor how single people answered: one of n answers
    moves a share by 1 / n.
    """
    return effects.assign(**effects[list(AVERAGES)].astype(float).round(DECIMALS_OF_SHARES))
