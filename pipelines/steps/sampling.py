"""Sample register → how units were selected, chains of referral, and which figures speak of a population. Pure tables.

How the register is read is in ``casework``.
"""

import pandas as pd

from pipelines.tables.casework import DRAWN
from pipelines.tables.sampling import NO_INFERENCE, REFERRAL_DEPTHS, SAMPLING, SELECTIONS

KEYS = ["wave", "respondent_group"]


def sampling(register: pd.DataFrame) -> pd.DataFrame:
    """Count how the units of every wave and group were selected: ``out.sampling``.

    Args:
        register: ``core.sample_register``.
    """
    counts = {f"n_{each}": register["selection"].eq(each) for each in SELECTIONS}
    rows = register[["wave"]].assign(respondent_group=register["respondent_group"].fillna(""), n_units=1, **counts)
    counted = rows.groupby(KEYS, as_index=False).sum()
    has_inference = counted[[f"n_{each}" for each in DRAWN]].sum(axis="columns") == counted["n_units"]
    note = has_inference.map({True: "", False: NO_INFERENCE})
    return SAMPLING.typed(counted.assign(has_inference=has_inference, note=note))


def referral_depths(register: pd.DataFrame, referrals: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Count the units at every depth of the chains of referral: ``out.referral_depths``.

    Args:
        register: ``core.sample_register``.
        referrals: ``core.referrals``.
        responses: ``core.responses``.
    """
    known = register.assign(respondent_group=register["respondent_group"].fillna(""))
    known = known[known.groupby(KEYS)["n_referrals_before"].transform("max") > 0]
    analysed = responses[responses["is_analysed"].astype(bool)]
    rows = known[KEYS].assign(
        depth=known["n_referrals_before"],
        n_units=1,
        n_answered=_pairs(known, "unit_id").isin(_pairs(analysed, "respondent_key")),
        n_referring=_pairs(known, "unit_id").isin(_pairs(referrals, "referred_by")),
    )
    return REFERRAL_DEPTHS.typed(rows.groupby([*KEYS, "depth"], as_index=False).sum())


def share_without_inference(rows: pd.DataFrame, known: pd.DataFrame) -> float | None:
    """Return the share of responses of waves and groups that allow no inference to a population, 0 to 1.

    Args:
        rows: One row a response: wave, respondent_group.
        known: ``out.sampling``; units without a group count for every group of their wave.

    Returns:
        None where there are no responses or no sample register.
    """
    if rows.empty or known.empty:
        return None
    without = known[~known["has_inference"].astype(bool)]
    of_a_group = pd.MultiIndex.from_frame(rows[KEYS]).isin(pd.MultiIndex.from_frame(without[KEYS]))
    of_any_group = rows["wave"].isin(without.loc[without["respondent_group"] == "", "wave"])
    return float((of_a_group | of_any_group).mean())


def groups_without_inference(known: pd.DataFrame, groups: list[str]) -> list[str]:
    """Return those of the study's respondent groups that allow no inference to a population in some wave.

    Args:
        known: ``out.sampling``.
        groups: Respondent groups of the study.
    """
    without = set(known.loc[~known["has_inference"].astype(bool), "respondent_group"])
    return [group for group in groups if group in without or "" in without]


def _pairs(rows: pd.DataFrame, column: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[[column, "wave"]].astype("str"), names=["unit", "wave"])
