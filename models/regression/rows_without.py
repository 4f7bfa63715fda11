"""Rows that miss the wave before, or the other member of their dyad: counted by reason, refused where all do.

Put here why a row has no value that another row gives; who answered too little is left out by ``design``.
"""

import pandas as pd

from instruments.counted import counted
from models.regression.columns import column_of
from models.regression.identification import ModelDataError
from models.sections.dyads import DYAD, of_other_members
from models.spec import RegressionSpec


def rows_without(spec: RegressionSpec, population: pd.DataFrame) -> dict[str, int]:
    """Count the rows of a population that miss what only another row could tell.

    Args:
        spec: The model, variant applied.
        population: Its rows before any is left out.

    Returns:
        - n_without_earlier_wave: rows that miss a variable of an earlier wave; absent without such variables.
        - n_without_other_member: rows whose respondent names nobody, or somebody without an analysed response of the
          same wave, and whom nobody names; absent without dyads.
        - n_other_member_silent: rows whose other member did not answer a variable of the model; absent without such
          variables.

    Raises:
        ModelDataError: If no row has them.
    """
    return {**_without_earlier_wave(spec, population), **_without_other_member(spec, population)}


def _without_earlier_wave(spec: RegressionSpec, population: pd.DataFrame) -> dict[str, int]:
    earlier = list(dict.fromkeys(column_of(each) for each in spec.variables() if each.earlier_wave))
    if not earlier:
        return {}
    is_first = population[earlier].isna().any(axis=1)
    if is_first.all():
        raise ModelDataError(
            f"none of {counted(len(population), 'row')} of the population has a wave before, from which the model "
            f"takes {', '.join(earlier)}; expected two waves or more with the same organisations (or people); name "
            "later waves in the population, link the waves, or take earlier_wave out"
        )
    return {"n_without_earlier_wave": int(is_first.sum())}


def _without_other_member(spec: RegressionSpec, population: pd.DataFrame) -> dict[str, int]:
    if spec.dyads is None:
        return {}
    is_alone = population[DYAD].isna()
    if is_alone.all():
        raise ModelDataError(
            f"none of {counted(len(population), 'row')} of the population has an other member of a dyad "
            f"({spec.dyads}); expected rows that hold the respondent_key of somebody who answered in the same wave "
            f"under that key; look at core.dyads, correct the column of identifiers.dyads or the keys in the exports, "
            "or leave dyads out"
        )
    told = {"n_without_other_member": int(is_alone.sum())}
    others = [column_of(each) for each in of_other_members(spec)]
    if not others:
        return told
    is_silent = population[others].isna().any(axis=1) & ~is_alone
    if (is_silent | is_alone).all():
        raise ModelDataError(
            f"none of {counted(int((~is_alone).sum()), 'row')} with an other member of a dyad ({spec.dyads}) has "
            f"{', '.join(others)}; expected other members who were asked and answered; name what both were asked, or "
            "take other_member out"
        )
    return {**told, "n_other_member_silent": int(is_silent.sum())}
