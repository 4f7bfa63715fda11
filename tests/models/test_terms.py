"""Which scales a term of a fit is made of."""

import pytest

from models.terms import scales_in_terms

KNOWN = ("trust", "workload", "workload_organisation_mean_of_teams")


@pytest.mark.parametrize(
    ("terms", "scales"),
    [
        (["trust"], ["trust"]),
        (["intercept", "wave[w2]"], []),
        (["trust_organisation_mean"], ["trust"]),
        (["trust_within_organisation x workload"], ["trust", "workload"]),
        (["workload", "trust", "workload x trust"], ["workload", "trust"]),
        (["workload_organisation_mean_of_teams"], ["workload_organisation_mean_of_teams"]),
        (["trust_other_member", "workload x trust_other_member"], ["trust", "workload"]),
        (["trust_minus_one"], []),
    ],
)
def test_scales_are_found_behind_organisation_means_and_products(terms: list[str], scales: list[str]):
    assert scales_in_terms(terms, KNOWN) == scales
