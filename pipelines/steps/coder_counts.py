"""How many coders judged a response, and how many of them saw a code in it: what tells of their errors."""

import numpy as np
import pandas as pd

from models.regression.coded_columns import coders_column, given_column
from pipelines.load_coding import ANY_ITEM, CodedVariable, StudyCoding
from pipelines.steps.judgements import Judgements


def coder_counts(name: str, variable: CodedVariable, judged: Judgements, coding: StudyCoding) -> pd.DataFrame:
    """Count judgements of a code by response; over all questions a coder saw it who saw it in any answer.

    The adjudicator's word and the training round do not count, as in the agreement of coders. A coder who judged not
    every coded answer of a response, and saw the code in none of them, did not judge the response.

    Args:
        name: Name of the variable, such as ``code_E1``.
        variable: What it is made of.
        judged: Judgements.
        coding: How the study codes.

    Returns:
        One row a response that somebody judged: response_id, ``<name>_given``, ``<name>_coders``.
    """
    answers = judged.answers
    items = coding.spec.items if variable.item == ANY_ITEM else (variable.item,)
    is_meant = answers["item"].isin([each for each in items if coding.may_have(variable.code, each)])
    is_meant &= ~answers["is_training"].astype(bool)
    values = judged.present[is_meant.to_numpy(), : len(coding.spec.coders), judged.codes.index(variable.code)]
    table, responses = pd.DataFrame(values), answers.loc[is_meant, "response_id"].to_numpy()
    largest, is_open = table.groupby(responses).max(), table.isna().groupby(responses).any()
    said = largest.where((largest == 1) | ~is_open)
    counts = pd.DataFrame(
        {
            "response_id": said.index.astype("str"),
            given_column(name): np.nansum(said.to_numpy(), axis=1),
            coders_column(name): said.notna().sum(axis=1).to_numpy(dtype=float),
        }
    )
    return counts[counts[coders_column(name)] > 0].reset_index(drop=True)
