"""A regression and the responses it uses → the conditions on its scores, and whether each is met. Pure tables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.sections.measurement import MeasurementSpec
from models.spec import RegressionSpec
from pipelines.steps.dyads import is_other_member
from pipelines.steps.measurement import BETWEEN_GROUPS
from pipelines.tables.measurement import GATES

MET = "met"
CONDITIONS_NOT_MET = "measurement_conditions_not_met"
Members = tuple[pd.Series, pd.Series]
"""Which responses a model uses, and which are the other members of their dyads."""


@dataclass(frozen=True)
class FittedModel:
    """A fit.

    Attributes:
        fit_id: Its id.
        model: The variant that was fitted.
        used: Ids of the responses in it.
    """

    fit_id: str
    model: RegressionSpec
    used: frozenset[str]


@dataclass(frozen=True, eq=False)
class Use:
    """Scores of one scale that a model uses.

    Attributes:
        scale: The scale.
        is_averaged: Whether organisation means of them enter the model.
        behind: The responses that gave them.
    """

    scale: str
    is_averaged: bool
    behind: pd.DataFrame


def conditions(
    gates: pd.DataFrame,
    specs: Mapping[str, MeasurementSpec],
    model: RegressionSpec,
    analysis: pd.DataFrame,
    is_used: pd.Series,
    dyads: pd.DataFrame,
) -> pd.DataFrame:
    """Return every condition that a use of scores in a model asks for.

    A score as it is, and a deviation from an organisation mean, must be reliable and its model must fit; an
    organisation mean needs agreement besides. Where the responses behind a score come from several of the groups that a
    specification compares (waves, languages, respondent groups, categories), the comparison must have been shown,
    whether the model compares the groups or only puts them together. Rows of organisations average every score.
    Responses of a wave that a specification did not measure leave its conditions unknown.

    Args:
        gates: ``out.gates``.
        specs: Measurement specifications by name; conditions of others do not count.
        model: One variant of a model.
        analysis: ``core.analysis``.
        is_used: Length n: which of its responses the model uses.
        dyads: ``core.dyads``; without rows where the model has none.

    Returns:
        Rows of ``out.gates``, each condition once.
    """
    known = gates[gates["measurement"].isin(list(specs))]
    is_other = is_other_member(analysis, dyads, model, is_used)
    found = [_judged(each, specs, waves) for each, waves in _asked(known, model, analysis, (is_used, is_other))]
    if not found:
        return GATES.empty()
    every = pd.concat(found, ignore_index=True)
    is_worse = (every["verdict"] != MET).astype(int)
    every = every.assign(is_worse=is_worse).sort_values([*GATES.key, "is_worse"], kind="stable")
    return GATES.typed(every.drop_duplicates(list(GATES.key), keep="last").drop(columns="is_worse"))


def missed_conditions(
    gates: pd.DataFrame,
    specs: Mapping[str, MeasurementSpec],
    fits: Iterable[FittedModel],
    analysis: pd.DataFrame,
    dyads: pd.DataFrame,
) -> pd.DataFrame:
    """Return the conditions that fits do not meet.

    Args:
        gates: ``out.gates``.
        specs: Measurement specifications by name.
        fits: The fits.
        analysis: ``core.analysis``.
        dyads: ``core.dyads``.

    Returns:
        Rows of ``out.gates`` with ``fit_id`` before them.
    """
    found = [GATES.empty().assign(fit_id=pd.Series(dtype="string"))]
    for each in fits:
        is_used = analysis["response_id"].isin(list(each.used))
        asked = conditions(gates, specs, each.model, analysis, is_used, dyads)
        found.append(asked[asked["verdict"] != MET].assign(fit_id=each.fit_id))
    return pd.concat(found, ignore_index=True)[["fit_id", *GATES.columns]]


def _asked(
    gates: pd.DataFrame, model: RegressionSpec, analysis: pd.DataFrame, members: Members
) -> Iterator[tuple[pd.DataFrame, set[str]]]:
    for use in _uses(model, set(gates["scale"]), analysis, members):
        waves = {str(each) for each in use.behind["wave"].unique()}
        of_scale = gates[gates["scale"] == use.scale]
        groups = [str(each) for each in use.behind["respondent_group"].unique()]
        for group in groups:
            of_group = of_scale[of_scale["respondent_group"] == group]
            rows = use.behind[use.behind["respondent_group"] == group]
            purposes = ("regression", "organisation_mean") if use.is_averaged else ("regression",)
            yield of_group[of_group["purpose"].isin(purposes)], waves
            several = [over for over in _compared(of_group) if len(rows[over].dropna().unique()) > 1]
            yield of_group[(of_group["purpose"] == "comparison") & of_group["over"].isin(several)], waves
        if len(groups) > 1:
            yield of_scale[of_scale["over"] == BETWEEN_GROUPS], waves


def _compared(gates: pd.DataFrame) -> list[str]:
    return [str(over) for over in gates["over"].unique() if over]


def _uses(model: RegressionSpec, scales: set[str], analysis: pd.DataFrame, members: Members) -> Iterator[Use]:
    used, others = (analysis[each] for each in members)
    is_averaged = model.level != "response"
    if model.outcome in scales:
        yield Use(model.outcome, is_averaged=is_averaged, behind=used)
    for each in dict.fromkeys(model.variables()):
        if each.variable not in scales:
            continue
        own = others if each.other_member else used
        behind = own if each.use == "number" else _behind_means(analysis, used, each.of)
        scored = behind[behind[each.variable].notna()]
        yield Use(each.variable, is_averaged=is_averaged or each.use == "organisation_mean", behind=scored)


def _behind_means(analysis: pd.DataFrame, used: pd.DataFrame, of: str | None) -> pd.DataFrame:
    """Return the responses whose scores make up the organisation means of the responses that are used."""
    keys = ["wave", "organisation_id"] if of is not None else ["wave", "organisation_id", "respondent_group"]
    wanted = used[keys].dropna().drop_duplicates()
    candidates = analysis if of is None else analysis[analysis["respondent_group"] == of]
    return candidates.merge(wanted, on=keys, how="inner", validate="many_to_one")


def _judged(gates: pd.DataFrame, specs: Mapping[str, MeasurementSpec], waves: set[str]) -> pd.DataFrame:
    """Leave unknown what was found in other waves than those whose responses are used."""
    found = gates.copy()
    for name in found["measurement"].unique():
        beyond = sorted(waves - set(specs[str(name)].waves)) if specs[str(name)].waves else []
        if beyond:
            rows = found["measurement"] == name
            told = f"{name} did not measure {', '.join(beyond)}; "
            found.loc[rows, ["value", "verdict"]] = [np.nan, "unknown"]
            found.loc[rows, "reason"] = told + found.loc[rows, "reason"]
    return found
