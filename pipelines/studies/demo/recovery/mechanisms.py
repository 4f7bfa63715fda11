"""Response, attrition and faults: shares, and slopes on the true values, which only the truth knows of everybody."""

from collections.abc import Iterator

import numpy as np

from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.carelessness import ATTENTIVE, OPT_OUT_CODE
from pipelines.studies.demo.draws import Places, Truths, Values, inverse_logit
from pipelines.studies.demo.parameters import GROUPS, Parameters
from pipelines.studies.demo.population import Population
from pipelines.studies.demo.recovery.figures import NORMAL_95, Figure, Parameter
from pipelines.studies.demo.responding import SELECTED_BY
from pipelines.studies.demo.values import COPRODUCTION

RESPONSE, ATTRITION, FAULTS = "response", "attrition", "faults"
MOST_STEPS, SMALLEST_STEP = 50, 1e-10
_SKIPPED, _LEFT = "share of questions skipped, FRL", "share who leave early, FRL"
_OPTED_OUT = "share who opt out of INT.hs, FRL"


def planted(parameters: Parameters) -> list[Parameter]:
    """List the true mechanisms."""
    response, faults = parameters.response, parameters.faults
    of_truth = "slope on the true value, which only the truth knows of everybody"
    base = "base of the logit, as a share"
    return [
        *(Parameter(RESPONSE, f"rate {group}", response.rate[group], note=base) for group in GROUPS),
        *(Parameter(RESPONSE, f"slope {group}", each, note=of_truth) for group, each in response.selection.items()),
        *(Parameter(ATTRITION, f"rate {place + 2}", each, note=base) for place, each in enumerate(response.attrition)),
        Parameter(ATTRITION, "slope of co-production", response.coproduction_on_attrition, note=of_truth),
        Parameter(ATTRITION, "under 35", response.young_on_attrition),
        *(Parameter(FAULTS, f"share of careless, {group}", faults.careless[group]) for group in GROUPS),
        Parameter(FAULTS, _SKIPPED, faults.skipped),
        Parameter(FAULTS, _OPTED_OUT, faults.opt_out["horizontal_across_sectors"], note="at mean tenure"),
        Parameter(FAULTS, _LEFT, faults.broken_off),
    ]


def response_figures(population: Population, answered: dict[str, list[Places]]) -> Iterator[Figure]:
    """Yield rates and slopes of response and attrition.

    Args:
        population: Who is invited.
        answered: Respondent group → places of those who answered, wave by wave.
    """
    for group in GROUPS:
        latent, number = population.groups[group].latent, len(population.groups[group].persons)
        has_answered = np.zeros(number, dtype=bool)
        has_answered[answered[group][0]] = True
        causes = [latent.of(SELECTED_BY[group], 0)] if group in SELECTED_BY else []
        values, errors = logistic(has_answered, causes)
        yield _share(RESPONSE, f"rate {group}", values[0], errors[0])
        if causes:
            yield Figure.with_error(RESPONSE, f"slope {group}", values[1], errors[1])
    yield from _attrition(population, answered["FRL"])


def fault_figures(forms: dict[str, AnsweredForm]) -> Iterator[Figure]:
    """Yield shares of careless respondents, skipped questions, opt-outs and break-offs in the first wave."""
    for group, form in forms.items():
        is_careless = (form.persons["careless"] != ATTENTIVE).to_numpy(dtype=bool)
        yield _of_shares(f"share of careless, {group}", is_careless)
    staff = forms["FRL"]
    stays = (staff.persons["share_seen"] >= 1).to_numpy(dtype=bool)
    yield _of_shares(_LEFT, ~stays)
    scale_items = [name for name in staff.answers if str(name).startswith("CL_")]
    yield _of_shares(_SKIPPED, staff.answers.loc[stays, scale_items].isna().to_numpy().ravel())
    opts_out = staff.answers.loc[stays, "INT_hs_1"]
    chosen = (opts_out == OPT_OUT_CODE).fillna(value=False).to_numpy(dtype=bool)
    tenure = staff.persons.loc[stays, "STR_tenure"].to_numpy(dtype=float)
    seen = opts_out.notna().to_numpy(dtype=bool)
    years = (tenure - tenure.mean()) / tenure.std()
    values, errors = logistic(chosen[seen], [years[seen]])
    yield _share(FAULTS, _OPTED_OUT, values[0], errors[0])


def logistic(outcome: Truths, causes: list[Values]) -> tuple[Values, Values]:
    """Fit a logistic regression by Newton's method.

    Args:
        outcome: Length n.
        causes: k regressors of length n.

    Returns:
        Intercept and k slopes, and their standard errors from the observed information.

    Raises:
        ArithmeticError: When the outcome can be told from the causes without error, or the iteration does not end.
    """
    matrix = np.column_stack([np.ones(len(outcome)), *causes])
    values = np.zeros(matrix.shape[1])
    for _ in range(MOST_STEPS):
        chance = inverse_logit(matrix @ values)
        information = (matrix * (chance * (1 - chance))[:, np.newaxis]).T @ matrix
        step = np.linalg.solve(information, matrix.T @ (outcome - chance))
        values = values + step
        if float(np.abs(step).max()) < SMALLEST_STEP:
            return values, np.sqrt(np.diag(np.linalg.inv(information)))
    raise ArithmeticError("the logistic regression did not converge")


def _attrition(population: Population, answered: list[Places]) -> Iterator[Figure]:
    """Fit one logistic regression to both transitions of frontline staff, with an intercept for each."""
    invited = population.groups["FRL"]
    is_young = (invited.persons["age"] < 35).to_numpy(dtype=float)  # noqa: PLR2004 - as planted
    lost: list[Truths] = []
    rows: list[Values] = []
    for place in (1, 2):
        before = answered[place - 1]
        lost.append(~np.isin(before, answered[place]))
        causes = (np.full(len(before), float(place == 2)), invited.latent.of(COPRODUCTION, place - 1)[before])  # noqa: PLR2004
        rows.append(np.column_stack([*causes, is_young[before]]))
    matrix = np.vstack(rows)
    values, errors = logistic(np.concatenate(lost), list(matrix.T))
    yield _share(ATTRITION, "rate 2", values[0], errors[0])
    later = np.concatenate(lost)[len(lost[0]) :]
    values_3, errors_3 = logistic(later, list(rows[1][:, 1:].T))
    yield _share(ATTRITION, "rate 3", values_3[0], errors_3[0])
    yield Figure.with_error(ATTRITION, "slope of co-production", values[2], errors[2])
    yield Figure.with_error(ATTRITION, "under 35", values[3], errors[3])


def _share(part: str, name: str, logit: float, error: float) -> Figure:
    """Return a logit as a share; the interval is that of the logit, the error by the delta method."""
    low, middle, high = inverse_logit(logit + np.array([-1, 0, 1]) * NORMAL_95 * error)
    return Figure(part, name, float(middle), float(middle * (1 - middle) * error), float(low), float(high))


def _of_shares(name: str, found: Truths) -> Figure:
    """Return a share with the interval of Wilson (1927), which holds where the share is small and few are asked."""
    share, number = float(found.mean()), len(found)
    error, square = float(np.sqrt(share * (1 - share) / number)), NORMAL_95**2
    middle = (share + square / (2 * number)) / (1 + square / number)
    reach = NORMAL_95 * float(np.sqrt(error**2 + square / (4 * number**2))) / (1 + square / number)
    return Figure(FAULTS, name, share, error, middle - reach, middle + reach)
