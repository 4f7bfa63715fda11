"""Gradients and Hessians of the log-likelihoods are the derivatives that differences give."""

import numpy as np
import pytest

from models.regression.categorical import counts, firth, generalised, multinomial, ordered
from models.regression.categorical.families import NegativeBinomial, Poisson, Probit
from models.regression.categorical.generalised import observed
from tests.models.regression.categorical.answered import ANSWERS, LOG_HOURS, WEIGHT, matrix

LEVEL, CHOICE = ANSWERS["level"].to_numpy(), ANSWERS["choice"].to_numpy()
STEP = 1e-5


def scaled():
    rows = matrix()
    rows[:, 1] = (rows[:, 1] - 45) / 10
    return rows


def ordered_of(link, released=()):
    return ordered.ordered_objective(ordered.OrderedRows(scaled()[:, 1:], LEVEL, WEIGHT, released, link))


def generalised_of(family, outcome):
    return generalised.objective_of(family, observed(scaled(), ANSWERS[outcome], WEIGHT, LOG_HOURS))


OBJECTIVES = {
    "probit": (lambda: generalised_of(Probit(), "agree"), 5),
    "poisson": (lambda: generalised_of(Poisson(), "visits"), 5),
    "nb2 of known size": (lambda: generalised_of(NegativeBinomial(0.7), "visits"), 5),
    "nb2": (lambda: counts.joint_objective(observed(scaled(), ANSWERS["visits"], WEIGHT, LOG_HOURS)), 6),
    "firth": (
        lambda: lambda point: firth._penalised(observed(scaled(), ANSWERS["agree"], WEIGHT, LOG_HOURS), point),
        5,
    ),
    "multinomial": (
        lambda: multinomial.multinomial_objective(multinomial.MultinomialRows(scaled(), CHOICE, WEIGHT)),
        10,
    ),
    "ordered logit": (lambda: ordered_of("logit"), 7),
    "ordered probit": (lambda: ordered_of("probit"), 7),
    "ordered cloglog": (lambda: ordered_of("cloglog"), 7),
    "ordered logit, released": (lambda: ordered_of("logit", (0, 2)), 11),
}


def point_of(name, size):
    point = np.linspace(-0.3, 0.4, size)
    if name.startswith("ordered"):
        point[:3] = [-0.6, 0.3, 1.5]
        point[3:] = np.linspace(-0.2, 0.3, size - 3)
    return point


@pytest.mark.parametrize("name", OBJECTIVES)
def test_gradient_and_information_are_derivatives(name):
    objective, size = OBJECTIVES[name][0](), OBJECTIVES[name][1]
    point = point_of(name, size)
    value, gradient, information = objective(point)
    assert np.isfinite(value)
    for place, unit in enumerate(np.eye(size)):
        above, below = objective(point + STEP * unit), objective(point - STEP * unit)
        np.testing.assert_allclose((above[0] - below[0]) / (2 * STEP), gradient[place], rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose((below[1] - above[1]) / (2 * STEP), information[place], rtol=1e-6, atol=1e-5)


def test_a_size_whose_square_overflows_is_outside_the_likelihood():
    objective = OBJECTIVES["nb2"][0]()
    assert objective(np.r_[np.zeros(5), 400.0])[0] == -np.inf
    assert np.isfinite(objective(np.r_[np.zeros(5), 5.0])[0])
