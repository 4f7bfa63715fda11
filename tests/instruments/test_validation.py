"""The validation ladder: every status has words, and the page of the docs says what the software says."""

from pathlib import Path
from typing import get_args

from instruments.load import LIBRARY, load_instrument
from instruments.spec import ValidationStatus
from instruments.validation import LADDER, STATUS_LABELS, claim_of, status_in_words

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "validation-ladder.md"


def test_the_page_has_every_level_of_the_ladder_and_no_other():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    assert rows == [f"| {each.level} | `{each.status}` | {each.step} | {each.claim['en']} |" for each in LADDER]


def test_levels_are_counted_and_statuses_climb_with_them():
    assert [each.level for each in LADDER] == list(range(7))
    assert list(dict.fromkeys(each.status for each in LADDER)) == list(get_args(ValidationStatus))


def test_every_status_has_words_in_english_and_danish():
    assert set(STATUS_LABELS) == set(get_args(ValidationStatus))
    assert all(set(labels) == {"en", "da"} for labels in STATUS_LABELS.values())


def test_only_validated_is_said_to_be_validated():
    for status, labels in STATUS_LABELS.items():
        assert ("not validated" in labels["en"]) == (status != "validated")
        assert ("ikke valideret" in labels["da"]) == (status != "validated")


def test_a_status_in_another_language_is_said_in_english():
    instrument = load_instrument(LIBRARY / "identity_work.yaml")
    assert status_in_words(instrument, "da") == "udkast, ikke valideret"
    assert status_in_words(instrument, "sv") == status_in_words(instrument) == "draft, not validated"


def test_what_may_be_said_is_that_of_the_lowest_level_with_the_status():
    draft = load_instrument(LIBRARY / "identity_work.yaml")
    assert claim_of(draft) == LADDER[0].claim["en"]
    assert claim_of(draft, "da") == LADDER[0].claim["da"]
    assert claim_of(draft, "sv") == LADDER[0].claim["en"]
    assert claim_of(draft.model_copy(update={"status": "validated"})) == LADDER[4].claim["en"]
