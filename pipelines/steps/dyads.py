"""Who belongs with whom and what each answered → the other member's answers beside each response. Pure tables.

Put here how members of dyads are joined for a model; how a dyad is found among responses is in ``steps.relations``.
"""

import pandas as pd

from models.regression.columns import column_of
from models.sections.dyads import DYAD, of_other_members
from models.spec import RegressionSpec

NAMED = "other_response_id"


def with_other_members(
    rows: pd.DataFrame, dyads: pd.DataFrame, model: RegressionSpec, is_used: pd.Series
) -> pd.DataFrame:
    """Add the person whom the dyads of each response share, and the other member's answers that a model asks for.

    Whoever names somebody has the answers of that one, as a manager's staff have the manager's. Whoever names nobody
    and is named has the mean of those who name them: one person is one row, however many dyads they are in (the
    one-with-many design of Kenny, Kashy and Cook 2006, chapter 10).

    Args:
        rows: ``core.analysis``.
        dyads: ``core.dyads``, whose pairs are of one wave; those of other kinds than the model's are not looked at.
        model: The model.
        is_used: Length n: whose answers count.

    Returns:
        The rows in the same order with ``dyad_id``, the respondent_key of whom the dyads share, and a column for each
        variable of the other member; missing where there is no other member whose answers count.
    """
    pairs = _pairs(rows, dyads[dyads["kind"] == model.dyads], is_used)
    keys = rows.set_index("response_id")["respondent_key"]
    shared = pairs.map(keys)
    own = keys[keys.index.isin(pairs)]
    added = {DYAD: rows["response_id"].map(shared.combine_first(own.drop(shared.index, errors="ignore"))).astype("str")}
    for variable in of_other_members(model):
        answers = rows.set_index("response_id")[variable.variable].astype("Float64")
        of_named = pairs.map(answers)
        namers = answers.reindex(pairs.index)
        of_namers = namers.groupby(pairs).mean()
        of_namers = of_namers.drop(of_named.index, errors="ignore")
        found = pd.concat([of_named, of_namers])
        added[column_of(variable)] = rows["response_id"].map(found).astype("Float64")
    return rows.assign(**added)


def is_other_member(rows: pd.DataFrame, dyads: pd.DataFrame, model: RegressionSpec, is_used: pd.Series) -> pd.Series:
    """Tell which responses are the other member of one that a model uses.

    Args:
        rows: ``core.analysis``.
        dyads: ``core.dyads``.
        model: The model.
        is_used: Length n: which responses it uses.

    Returns:
        Length n; none without dyads, where no column of the rows is looked at.
    """
    everybody = pd.Series(data=True, index=rows.index)
    if model.dyads is None:
        return ~everybody
    pairs = _pairs(rows, dyads[dyads["kind"] == model.dyads], everybody)
    used = set(rows.loc[is_used, "response_id"])
    others = {*pairs[pairs.index.isin(used)], *pairs.index[pairs.isin(used) & ~pairs.isin(pairs.index)]}
    return rows["response_id"].isin(others)


def _pairs(rows: pd.DataFrame, dyads: pd.DataFrame, is_used: pd.Series) -> pd.Series:
    """Return response → the response that it names, where both are rows whose answers count."""
    known = set(rows.loc[is_used, "response_id"])
    joined = dyads[dyads["response_id"].isin(known) & dyads[NAMED].isin(known)]
    return joined.set_index("response_id")[NAMED].astype("str")
