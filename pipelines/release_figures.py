"""Figures of everybody as a release takes them: every response, what tells of hidden units left out."""

import pandas as pd

from pipelines.load import Study
from pipelines.release_slices import Slices
from pipelines.store import Store
from pipelines.tables import out


def figures_of_everybody(study: Study, store: Store, slices: Slices) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return ``out.scale_means``, ``out.reliability`` and ``out.distributions`` as they may be protected further.

    Figures that would tell of hidden units are of nobody, so that they are hidden; intervals are those of the slices.

    Args:
        study: The study.
        store: Its warehouse.
        slices: What is published of waves and groups.
    """
    means, reliability, distributions = (
        _of_every_response(store.read(table)) for table in (out.SCALE_MEANS, out.RELIABILITY, out.DISTRIBUTIONS)
    )
    ends = [slices.intervals.get(key) for key in _keys(means, means["scale"])]
    for place, name in enumerate(("conf_low", "conf_high")):
        own = pd.Series([each[place] if each else float("nan") for each in ends], index=means.index, dtype="Float64")
        means[name] = own.where(pd.Series([each is not None for each in ends], index=means.index), means[name])
    telling = {(item, where) for scale, where in slices.hidden for item in study.scales()[scale].scales[scale].items}
    return (
        _emptied(means, [key in slices.hidden for key in _keys(means, means["scale"])]),
        reliability,
        _emptied(distributions, [key in telling for key in _keys(distributions, distributions["item"])]),
    )


def _keys(figures: pd.DataFrame, names: pd.Series) -> list[tuple[str, tuple[str, str]]]:
    where = zip(figures["wave"].astype(str), figures["respondent_group"].astype(str), strict=True)
    return list(zip(names.astype(str), where, strict=True))


def _emptied(figures: pd.DataFrame, is_telling: list[bool]) -> pd.DataFrame:
    return figures.assign(n_obs=figures["n_obs"].mask(pd.Series(is_telling, index=figures.index, dtype="bool"), 0))


def _of_every_response(figures: pd.DataFrame) -> pd.DataFrame:
    """Leave out the figures of the exclusion rules: two figures that differ by a few people tell about these."""
    return figures[figures["exclusions"] == ""].reset_index(drop=True)
