"""Finding the responses of each person in several waves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sections.linking import LinkCode
from pipelines.steps.link_waves import DecisionError, check_decisions, link_waves
from pipelines.tables.linking import LINK_CANDIDATES, LINK_CODES, LINKS

ELEMENTS = ("mother", "birthday", "street", "school")
CODE = LinkCode(elements=ELEMENTS)
WAVES = ["w1", "w2", "w3"]
FEW_OF_MANY = settings().max_examples // 3
NOTHING_DECIDED = pd.DataFrame({"response_id": [], "other_response_id": [], "decision": []}, dtype="str")


def responses_of(rows: dict[str, tuple[str, str | None]], analysed: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Make responses from response_id → wave and key."""
    return pd.DataFrame(
        {
            "response_id": list(rows),
            "wave": [wave for wave, _ in rows.values()],
            "respondent_key": pd.Series([key for _, key in rows.values()], dtype="str"),
            "is_analysed": [analysed is None or each in analysed for each in rows],
            "share_answered": 1.0,
        }
    )


def codes_of(rows: dict[str, str]) -> pd.DataFrame:
    """Make codes from response_id → one letter an element, a dash where it is not given."""
    return pd.DataFrame(
        [
            {"response_id": name, "wave": name[:2], "element": element, "pseudonym": letter}
            for name, letters in rows.items()
            for element, letter in zip(ELEMENTS, letters, strict=True)
            if letter != "-"
        ],
        columns=list(LINK_CODES.columns),
    )


def linked(codes: dict[str, str], decisions: pd.DataFrame = NOTHING_DECIDED, rule: LinkCode | None = CODE):
    responses = responses_of({name: (name[:2], None) for name in codes})
    return link_waves(responses, codes_of(codes), WAVES, rule, decisions)


def persons(links: pd.DataFrame) -> dict[str, str]:
    return links.set_index("response_id")["person_id"].to_dict()


def rules(links: pd.DataFrame) -> dict[str, str]:
    return links.set_index("response_id")["rule"].to_dict()


def test_equal_keys_are_one_person_whatever_the_codes_say():
    responses = responses_of({"w1a": ("w1", "K1"), "w2a": ("w2", "K1"), "w2b": ("w2", "K2")})
    found = link_waves(responses, codes_of({"w1a": "ABCD", "w2b": "ABCD"}), WAVES, CODE, NOTHING_DECIDED)
    assert persons(found.links) == {"w1a": "w1a", "w2a": "w1a", "w2b": "w2b"}
    assert rules(found.links) == {"w1a": "key", "w2a": "key", "w2b": "none"}


def test_of_two_answers_with_one_key_in_a_wave_the_analysed_one_stands_for_the_person():
    responses = responses_of({"w1a": ("w1", "K"), "w1b": ("w1", "K"), "w2a": ("w2", "K")}, analysed=("w1b", "w2a"))
    links = link_waves(responses, codes_of({}), WAVES, None, NOTHING_DECIDED).links.set_index("response_id")
    assert set(links["person_id"]) == {"w1a"}
    assert links["is_used"].to_dict() == {"w1a": False, "w1b": True, "w2a": True}


@pytest.mark.parametrize(
    ("codes", "expected_rules", "doubt"),
    [
        ({"w1a": "ABCD", "w2a": "ABCD"}, {"w1a": "code", "w2a": "code"}, []),
        ({"w1a": "ABCD", "w2a": "ABCX"}, {"w1a": "code_less_one", "w2a": "code_less_one"}, []),
        ({"w1a": "ABCD", "w2a": "ABC-"}, {"w1a": "code_less_one", "w2a": "code_less_one"}, []),
        ({"w1a": "ABCD", "w2a": "ABXX"}, {"w1a": "none", "w2a": "none"}, []),
        ({"w1a": "ABC-", "w2a": "ABC-"}, {"w1a": "code_less_one", "w2a": "code_less_one"}, []),
        ({"w1a": "AB--", "w2a": "AB--"}, {"w1a": "none", "w2a": "none"}, []),
        (
            {"w1a": "ABCD", "w1b": "ABCD", "w2a": "ABCD"},
            {"w1a": "none", "w1b": "none", "w2a": "none"},
            [("w1a", "w2a", "not_unique"), ("w1b", "w2a", "not_unique")],
        ),
        (
            {"w1a": "ABCD", "w2a": "ABCX", "w2b": "ABCY"},
            {"w1a": "none", "w2a": "none", "w2b": "none"},
            [("w1a", "w2a", "one_element_differs"), ("w1a", "w2b", "one_element_differs")],
        ),
        (
            {"w1a": "ABCD", "w2a": "ABCD", "w2b": "ABCX"},
            {"w1a": "code", "w2a": "code", "w2b": "none"},
            [],
        ),
    ],
    ids=[
        "equal",
        "one element differs",
        "one element is missing",
        "two elements differ",
        "the same element is missing in both",
        "two elements are missing",
        "a code given twice",
        "two candidates",
        "an equal code goes before a near one",
    ],
)
def test_codes_link_as_the_rule_says(
    codes: dict[str, str], expected_rules: dict[str, str], doubt: list[tuple[str, str, str]]
):
    found = linked(codes)
    assert rules(found.links) == expected_rules
    shown = found.candidates[["response_id", "other_response_id", "reason"]]
    assert list(shown.itertuples(index=False, name=None)) == doubt


def test_near_codes_go_to_a_person_when_the_study_does_not_trust_them():
    found = linked({"w1a": "ABCD", "w2a": "ABCX"}, rule=LinkCode(elements=ELEMENTS, one_may_differ=False))
    assert rules(found.links) == {"w1a": "none", "w2a": "none"}
    assert found.candidates[["n_equal", "n_elements"]].to_numpy().tolist() == [[3, 4]]


def test_decisions_link_and_part_pairs_and_empty_the_list():
    decisions = pd.DataFrame(
        {
            "response_id": ["w1a", "w1b"],
            "other_response_id": ["w2a", "w2a"],
            "decision": ["same", "different"],
        }
    )
    found = linked({"w1a": "ABCD", "w1b": "ABCD", "w2a": "ABCD"}, decisions)
    assert rules(found.links) == {"w1a": "decision", "w2a": "decision", "w1b": "none"}
    assert found.candidates.empty


def test_links_by_code_that_put_two_answers_of_a_wave_on_one_person_are_taken_back():
    found = linked({"w1a": "ABCD", "w2a": "ABCX", "w3a": "ABXX", "w1b": "AQXX"})
    assert set(rules(found.links).values()) == {"none"}
    assert set(found.candidates["reason"]) == {"contradicts_other_links"}
    assert found.candidates["n_equal"].tolist() == [3, 3, 3]


def test_three_waves_of_one_person_become_one():
    found = linked({"w1a": "ABCD", "w2a": "ABCD", "w3a": "ABCX"})
    assert set(persons(found.links).values()) == {"w1a"}


def test_without_codes_or_keys_every_response_is_a_person():
    responses = responses_of({"w1a": ("w1", None), "w2a": ("w2", None)})
    found = link_waves(responses, codes_of({}), WAVES, CODE, NOTHING_DECIDED)
    assert persons(found.links) == {"w1a": "w1a", "w2a": "w2a"}
    assert found.candidates.empty


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"decision": "perhaps"}, "row 2: expected same or different"),
        ({"response_id": "w9z"}, "row 2: there is no such response"),
        ({}, "row 3: this pair is decided twice"),
    ],
)
def test_decisions_that_make_no_sense_are_refused_with_their_row(row: dict[str, str], told: str):
    sound = {"response_id": "w1a", "other_response_id": "w2a", "decision": "same"}
    decisions = pd.DataFrame([{**sound, **row}, {**sound, **row}])
    with pytest.raises(DecisionError, match=told):
        check_decisions(decisions, responses_of({"w1a": ("w1", None), "w2a": ("w2", None)}))


@st.composite
def studies(draw: st.DrawFn) -> dict[str, str]:
    letters = st.text(alphabet="AB-", min_size=4, max_size=4)
    return {f"{wave}{number}": draw(letters) for wave in WAVES for number in range(draw(st.integers(0, 4)))}


@settings(max_examples=FEW_OF_MANY)
@given(studies())
def test_no_person_has_two_answers_in_a_wave_and_nobody_is_lost(codes: dict[str, str]):
    found = linked(codes)
    LINKS.schema().validate(found.links)
    LINK_CANDIDATES.schema().validate(found.candidates)
    assert sorted(found.links["response_id"]) == sorted(codes)
    assert not found.links.duplicated(["person_id", "wave"]).any()


@pytest.mark.slow
@settings(max_examples=FEW_OF_MANY)
@given(studies(), st.randoms())
def test_the_order_of_responses_and_the_names_of_letters_change_nothing(codes: dict[str, str], random: object):
    renamed = {name: letters.replace("A", "z").replace("B", "A") for name, letters in codes.items()}
    order = list(renamed.items())
    random.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    first, second = linked(codes), linked(dict(order))
    pd.testing.assert_frame_equal(first.links, second.links)
    pd.testing.assert_frame_equal(first.candidates, second.candidates)


def test_true_pairs_are_found_again_and_strangers_are_not():
    draw = np.random.default_rng(20261125)
    people = draw.integers(0, 30, size=(300, 4)).astype(str)
    again = people[:200].copy()
    slips = draw.random(200) < 0.2
    again[slips, draw.integers(0, 4, 200)[slips]] = "slip"
    rows = {**{f"w1{i:03}": list(each) for i, each in enumerate(people)}}
    rows |= {f"w2{i:03}": list(each) for i, each in enumerate(again)}
    codes = pd.DataFrame(
        [
            {"response_id": name, "wave": name[:2], "element": element, "pseudonym": value}
            for name, values in rows.items()
            for element, value in zip(ELEMENTS, values, strict=True)
        ]
    )
    responses = responses_of({name: (name[:2], None) for name in rows})
    links = link_waves(responses, codes, WAVES, CODE, NOTHING_DECIDED).links
    person = persons(links)
    right = sum(person[f"w2{i:03}"] == f"w1{i:03}" for i in range(200))
    wrong = sum(person[f"w2{i:03}"] not in (f"w1{i:03}", f"w2{i:03}") for i in range(200))
    assert right >= 195
    assert wrong == 0
