"""Pseudonyms and the files of their keys."""

import hashlib
import hmac
from pathlib import Path

import pandas as pd
import pytest

from pipelines.load import Study, load_study
from pipelines.pseudonym_keys import KeyFault, folder_of_keys, key_for
from pipelines.steps.pseudonyms import Pseudonymiser, normalised_element
from tests.small_study import build_small_study

KEY = bytes(range(32))


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("SENSEMAKING_KEYS", str(tmp_path / "keys"))
    return load_study(build_small_study(tmp_path / "small"))


def test_pseudonym_is_the_hmac_of_study_purpose_field_and_value():
    expected = hmac.new(KEY, "small|respondent|key|tøken".encode(), hashlib.sha256).hexdigest()[:32]
    assert Pseudonymiser(KEY, "small", "respondent").one("key", "tøken") == expected


def test_pseudonyms_differ_by_key_study_purpose_and_field_and_agree_otherwise():
    makers = [
        Pseudonymiser(KEY, "a", "p"),
        Pseudonymiser(bytes(32), "a", "p"),
        Pseudonymiser(KEY, "b", "p"),
        Pseudonymiser(KEY, "a", "q"),
    ]
    made = [maker.one("field", "x") for maker in makers] + [makers[0].one("other", "x")]
    assert len(set(made)) == 5
    values = pd.Series(["x ", None, "x"], dtype="str")
    assert makers[0].every("field", values).fillna("").tolist() == [made[0], "", made[0]]


@pytest.mark.parametrize(
    ("one", "other"), [("Ærø", "aeroe"), ("Åse", "AASE"), (" 07 ", "07"), ("O'Neil", "oneil"), ("ﬁn", "fin")]
)
def test_spellings_of_one_element_are_the_same(one: str, other: str):
    assert normalised_element(one) == normalised_element(other)


def test_a_key_is_made_once_for_its_owner_alone(study: Study):
    first = key_for(study, "respondent", may_be_made=True)
    assert key_for(study, "respondent", may_be_made=False) == first
    assert key_for(study, "link_code", may_be_made=True) != first
    path = folder_of_keys(study) / "respondent.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.is_relative_to(study.warehouse)


def test_a_key_that_others_may_read_is_refused(study: Study):
    key_for(study, "respondent", may_be_made=True)
    (folder_of_keys(study) / "respondent.key").chmod(0o640)
    with pytest.raises(KeyFault, match=r"mode 0640.*chmod 600"):
        key_for(study, "respondent", may_be_made=True)


def test_a_lost_key_is_not_replaced_by_a_new_one(study: Study):
    with pytest.raises(KeyFault, match="put the file back"):
        key_for(study, "respondent", may_be_made=False)
    assert not folder_of_keys(study).exists()


def test_a_damaged_key_is_refused(study: Study):
    key_for(study, "respondent", may_be_made=True)
    (folder_of_keys(study) / "respondent.key").write_text("abc", encoding="ascii")
    with pytest.raises(KeyFault, match="damaged"):
        key_for(study, "respondent", may_be_made=True)


def test_keys_may_lie_where_the_study_says(study: Study):
    spec = study.spec.model_copy(update={"privacy": study.spec.privacy.model_copy(update={"keys": "secrets"})})
    moved = Study(study.folder, spec, study.instruments, study.models)
    key_for(moved, "respondent", may_be_made=True)
    assert [path.name for path in (study.folder / "secrets").iterdir()] == ["respondent.key"]
