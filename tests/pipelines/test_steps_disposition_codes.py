"""Disposition codes: what the share answered and a platform's status make of a response, by edition of the standard."""

import pandas as pd
import pytest

from pipelines.sections.fieldwork import Dispositions
from pipelines.steps.dispositions import DispositionError, classify_dispositions


@pytest.mark.parametrize(
    ("share", "is_preview", "disposition", "code"),
    [
        (1.0, False, "complete", "1.1"),
        (0.8, False, "complete", "1.1"),
        (0.79, False, "partial", "1.2"),
        (0.5, False, "partial", "1.2"),
        (0.49, False, "break_off", "2.12"),
        (0.0, False, "break_off", "2.1121"),
        (None, False, "break_off", "2.1121"),
        (1.0, True, "not_eligible", None),
        (None, True, "not_eligible", None),
    ],
)
def test_the_share_decides_the_disposition(share, is_preview, disposition, code):
    responses = pd.DataFrame({"share_answered": pd.Series([share], dtype="Float64"), "is_preview": [is_preview]})
    found = classify_dispositions(responses, Dispositions()).iloc[0]
    assert found["disposition"] == disposition
    assert found[["disposition_code"]].fillna("none").tolist() == [code or "none"]


def classified(platform, text, share, rules=None):
    responses = pd.DataFrame(
        {"share_answered": [share], "is_preview": [False], "platform": [platform], "platform_disposition": [text]}
    )
    found = classify_dispositions(responses, rules or Dispositions()).iloc[0]
    return found["disposition_code"], bool(found["is_analysed"])


@pytest.mark.parametrize(
    ("platform", "text", "share", "code", "is_analysed"),
    [
        ("surveyxact", "1", 0.0, "3.11", False),
        ("surveyxact", "2", 0.0, "3.19", False),
        ("surveyxact", "2", 0.9, "1.1", True),
        ("surveyxact", "3", 0.6, "1.2", True),
        ("surveyxact", "3", 0.3, "2.12", False),
        ("surveyxact", "3", 0.0, "2.1121", False),
        ("surveyxact", "4", 0.95, "1.1", True),
        ("surveyxact", "4", 0.1, "2.12", False),
        ("surveyxact", "5", 0.9, "2.111", False),
        ("efs", "14", 0.0, "3.30", False),
        ("efs", " 31 ", 1.0, "1.1", True),
        ("efs", None, 1.0, "1.1", True),
    ],
    ids=[
        "not invited",
        "nothing returned",
        "answers outweigh that nothing came back",
        "begun, enough for a partial",
        "begun, too little",
        "begun, nothing answered",
        "completed",
        "completed makes nothing complete that answered too little",
        "a refusal stands whatever was answered",
        "undeliverable",
        "blanks around the status",
        "no status",
    ],
)
def test_a_platform_s_status_adds_to_the_share(platform, text, share, code, is_analysed):
    assert classified(platform, text, share) == (code, is_analysed)


def test_a_study_says_what_a_status_means_and_partial_is_never_complete():
    rules = Dispositions(platform_status={"efs": {"37": "screened_out", "31": "partial"}})
    assert classified("efs", "37", 1.0, rules) == ("4.10", False)
    assert classified("efs", "31", 1.0, rules) == ("1.2", True)
    assert classified("efs", "32", 1.0, rules) == ("1.1", True)


def test_codes_are_of_the_edition_that_the_study_names():
    assert classified("surveyxact", "5", 0.0, Dispositions(edition="aapor_2023")) == ("2.112", False)


def test_an_unknown_status_is_refused_with_what_to_do():
    with pytest.raises(
        DispositionError, match=r"nothing is known of the efs status '37'; add it to dispositions.platform_status\.efs"
    ):
        classified("efs", "37", 1.0)


@pytest.mark.parametrize("text", ["finished", "screened-out"])
def test_a_status_can_only_mean_a_disposition_of_the_standard(text):
    with pytest.raises(ValueError, match=f"there is no disposition '{text}'"):
        Dispositions(platform_status={"efs": {"1": text}})
