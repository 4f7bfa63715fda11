"""What a token says is believed only while it is valid, meant for this dashboard, and of somebody who is listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.identity import Denied, permission_of
from dashboard.permission import WHOLE_RELEASE, Permission
from pipelines.access import Access, Person, Provider

NOW = 1_800_000_000.0
PROVIDER = Provider(issuer="https://login.example.org", client_id="sensemaking")
PEOPLE = (
    Person(person="anna@example.org", role="executive"),
    Person(person="bo@example.org", role="unit", units=("Org 01", "Org 02")),
)
ACCESS = Access(address="https://dashboard.example.org", provider=PROVIDER, people=PEOPLE)
CLAIMS = {
    "is_logged_in": True,
    "iss": "https://login.example.org",
    "aud": "sensemaking",
    "exp": NOW + 1,
    "sub": "1",
    "email": "anna@example.org",
    "email_verified": True,
}
GONE = object()
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def claims(**changes: object) -> dict[str, object]:
    return {name: value for name, value in {**CLAIMS, **changes}.items() if value is not GONE}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"email": "Anna@EXAMPLE.org"},
        {"aud": ["sensemaking"]},
        {"aud": ["other", "sensemaking"], "azp": "sensemaking"},
        {"azp": "sensemaking"},
    ],
)
def test_executive_sees_the_whole_release(changes: dict[str, object]):
    assert permission_of(claims(**changes), ACCESS, NOW) == WHOLE_RELEASE


def test_reader_of_units_sees_those_units():
    expected = Permission(whole_release=False, units=frozenset({"Org 01", "Org 02"}))
    assert permission_of(claims(email="bo@example.org"), ACCESS, NOW) == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_logged_in": False}, "signed_out"),
        ({"is_logged_in": GONE}, "signed_out"),
        ({"is_logged_in": "true"}, "signed_out"),
        ({"exp": NOW}, "expired"),
        ({"exp": NOW - 3600}, "expired"),
        ({"exp": GONE}, "expired"),
        ({"exp": str(NOW + 9)}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": float("nan")}, "expired"),
        ({"exp": float("inf")}, "expired"),
        ({"iss": "https://login.example.org/"}, "not_for_this_dashboard"),
        ({"iss": GONE}, "not_for_this_dashboard"),
        ({"aud": "other"}, "not_for_this_dashboard"),
        ({"aud": GONE}, "not_for_this_dashboard"),
        ({"aud": []}, "not_for_this_dashboard"),
        ({"aud": "other", "azp": "sensemaking"}, "not_for_this_dashboard"),
        ({"aud": ["other", "sensemaking"]}, "not_for_this_dashboard"),
        ({"aud": ["other", "sensemaking"], "azp": "other"}, "not_for_this_dashboard"),
        ({"azp": "other"}, "not_for_this_dashboard"),
        ({"email_verified": False}, "email_not_verified"),
        ({"email_verified": GONE}, "email_not_verified"),
        ({"email_verified": "true"}, "email_not_verified"),
        ({"email": "carla@example.org"}, "not_listed"),
        ({"email": GONE}, "no_person"),
        ({"email": ["anna@example.org"]}, "no_person"),
    ],
)
def test_claims_that_are_not_as_expected_are_refused_with_the_reason(changes: dict[str, object], reason: str):
    denied = permission_of(claims(**changes), ACCESS, NOW)
    assert isinstance(denied, Denied)
    assert denied.reason == reason


@given(name=st.sampled_from(sorted(set(CLAIMS) - {"sub"})), value=ANYTHING)
def test_no_other_value_of_any_claim_lets_somebody_in(name: str, value: object):
    is_as_good = value is True or (name == "exp" and isinstance(value, float) and NOW < value < float("inf"))
    assert isinstance(permission_of(claims(**{name: value}), ACCESS, NOW), Denied) or is_as_good


@given(ANYTHING.map(lambda value: value if isinstance(value, dict) else {"is_logged_in": value}))
def test_nothing_at_all_lets_nobody_in(said: dict[str, object]):
    assert isinstance(permission_of(said, ACCESS, NOW), Denied)


@pytest.mark.parametrize("claim", ["sub", "oid"])
def test_another_claim_names_people_without_an_address(claim: str):
    provider = PROVIDER.model_copy(update={"person": claim})
    access = ACCESS.model_copy(
        update={"provider": provider, "people": (PEOPLE[0].model_copy(update={"person": "7c9-Ab"}),)}
    )
    said = claims(email=GONE, email_verified=GONE)
    assert permission_of({**said, claim: "7c9-Ab"}, access, NOW) == WHOLE_RELEASE
    assert permission_of({**said, claim: "7c9-ab"}, access, NOW) == Denied("not_listed", "7c9-ab")
