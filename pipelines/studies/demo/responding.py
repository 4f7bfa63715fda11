"""Who answers in which wave: response with its selection, then attrition; nobody comes back and nobody is added."""

from collections.abc import Iterator

import numpy as np

from pipelines.studies.demo.draws import Places, Truths, Values, shifted, stream
from pipelines.studies.demo.parameters import WAVES, Response
from pipelines.studies.demo.population import Invited
from pipelines.studies.demo.values import COPRODUCTION

SELECTED_BY = {"TOP": "true_forwarding", "FRL": COPRODUCTION}


def respondents(group: str, invited: Invited, response: Response, seed: int) -> Iterator[Places]:
    """Yield, wave by wave, the places of the invited persons who answer.

    Args:
        group: Code of the respondent group.
        invited: Its invited persons.
        response: The mechanism.
        seed: Not negative.
    """
    answers: Truths = np.ones(len(invited.persons), dtype=bool)
    for place, wave in enumerate(WAVES):
        draw = stream(seed, f"response {group} {wave}").random(len(answers))
        answers = answers & (draw < chance_to_answer(group, invited, response, place))
        yield np.flatnonzero(answers)


def chance_to_answer(group: str, invited: Invited, response: Response, place: int) -> Values:
    """Return the chance of each invited person, in later waves for those who answered the one before.

    Args:
        group: Code of the respondent group.
        invited: Its invited persons.
        response: The mechanism.
        place: Number of the wave, from 0.
    """
    latent, number = invited.latent, len(invited.persons)
    if place == 0:
        slope = response.selection.get(group, 0.0)
        added = slope * latent.of(SELECTED_BY[group], 0) if slope else np.zeros(number)
        return shifted(response.rate[group], added)
    is_young = (invited.persons["age"] < response.young_until).to_numpy(dtype=float)
    added = response.young_on_attrition * is_young
    if COPRODUCTION in latent.planted:
        added = added + response.coproduction_on_attrition * latent.of(COPRODUCTION, place - 1)
    return 1 - shifted(response.attrition[place - 1], added)
