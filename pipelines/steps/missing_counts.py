"""How often answers are missing → what a codebook may tell of it: no small cell, numbers rounded."""

import pandas as pd

from instruments.codebooks.page_instrument import MissingCounts
from instruments.faults import UsageError
from instruments.sections.response_scale import MissingReason
from pipelines.steps.disclosure import LEAST_ORGANISATIONS
from pipelines.steps.release_rounding import round_to_five


def tellable_counts(missing: pd.DataFrame, responses: pd.DataFrame, least_cell_size: int) -> MissingCounts:
    """Count missing answers by item and reason over all groups and waves, as far as they may be told.

    A count is told when it is of the least cell size or more, and so is the number of answers to the item. How many
    answered, and how many answers are missing in all, is not told, so that nothing hidden can be worked out.

    Args:
        missing: ``out.missing``: one row an item, respondent group, wave and reason.
        responses: ``core.responses``: one row a response.
        least_cell_size: Fewest responses behind a figure.

    Raises:
        UsageError: When the responses come from so few organisations that groups and waves may not be added up.
    """
    counted = responses[responses["disposition"] != "not_eligible"]
    n_organisations = counted["organisation_id"].nunique()
    if 0 < n_organisations < LEAST_ORGANISATIONS:
        raise UsageError(
            f"counts over all groups and waves need responses from {LEAST_ORGANISATIONS} organisations, found "
            f"{n_organisations}; make the codebook without --counts"
        )
    summed = missing.groupby(["item", "reason"], sort=False)["n"].sum().reset_index()
    answered = len(counted) - summed.groupby("item")["n"].transform("sum")
    told = summed[(summed["n"] >= least_cell_size) & (answered >= least_cell_size)]
    by_item = {str(item): dict[MissingReason, int]() for item in missing["item"].unique()}
    for item, reason, n in zip(told["item"], told["reason"], round_to_five(told["n"]), strict=True):
        by_item[item][reason] = int(n)
    n_responses = int(round_to_five(pd.Series([len(counted)])).iloc[0])
    return MissingCounts(least_cell_size, n_responses, by_item)
