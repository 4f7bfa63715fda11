"""A form longer than its platform allows: refused with file, line and what to do."""

from pathlib import Path

import pytest

from instruments.faults import SpecError
from pipelines.commands.instruments import find

LONG = "W_name_longer_than_any_platform_takes"
INSTRUMENT = f"""name: w
version: "1"
title: {{en: W}}
response_scales:
  often:
    points:
      1: {{label: {{en: Never}}}}
      2: {{label: {{en: "OPTION"}}}}
    opt_outs:
      CODE: {{reason: dont_know, label: {{en: Unknown}}}}
stem: {{en: "STEM"}}
items:
  W_1: {{text: {{en: I work.}}, response_scale: often}}
  {LONG}: {{text: {{en: LAST}}, response_scale: often}}
scales:
  w_s: {{title: {{en: W}}, items: [W_1, {LONG}], least_answered: 1, high_score_means: {{en: much}}}}
"""
FORM = """name: f
version: "1"
title: {en: TITLE}
respondent_group: TOP
languages: [en]
sections:
  - {instrument: w, length: full}
"""


WORDS = {"LAST": "Fun.", "TITLE": "F", "OPTION": "Often", "CODE": "-8", "STEM": "How often?", LONG: LONG}


def refusal(folder: Path, target: str, named: str = "forms/f.yaml", **words: str) -> SpecError:
    for name, text in (("instruments/w.yaml", INSTRUMENT), ("forms/f.yaml", FORM)):
        for sign, word in (WORDS | words).items():
            text = text.replace(sign, word)  # noqa: PLW2901 - one sign after the other
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    catalogue, name = find(str(folder / named))
    with pytest.raises(SpecError) as raised:
        catalogue.written(name, target, ())
    return raised.value


@pytest.mark.parametrize("named", ["forms/f.yaml", "instruments/w.yaml"])
@pytest.mark.parametrize(
    ("target", "message"),
    [("limesurvey", "of at most 20"), ("limesurvey-tsv", "of at most 20"), ("redcap", "at most 26")],
)
def test_a_name_too_long_is_blamed_at_its_item(tmp_path, target, message, named):
    (fault,) = refusal(tmp_path, target, named).faults
    assert (fault.path, fault.line) == ((tmp_path / "instruments/w.yaml").resolve(), 14)
    assert message in fault.message
    assert "shorten the name of the item" in fault.message


@pytest.mark.parametrize(
    ("target", "last", "message"),
    [("xlsform", "x" * 40_000, "a cell holds 32767"), ("qualtrics-txt", "'a [[b'", "word it without")],
)
def test_a_wording_that_does_not_fit_is_blamed_at_its_item(tmp_path, target, last, message):
    (fault,) = refusal(tmp_path, target, LAST=last).faults
    assert (fault.path.name, fault.line) == ("w.yaml", 14)
    assert message in fault.message


def test_a_title_too_long_for_limesurvey_is_blamed_at_the_title(tmp_path):
    faults = refusal(tmp_path, "limesurvey", TITLE="x" * 201).faults
    assert ("f.yaml", 3) in [(fault.path.name, fault.line) for fault in faults]
    assert "201 characters of at most 200" in str(faults)


@pytest.mark.parametrize(
    ("target", "words", "line", "message"),
    [
        ("limesurvey", {"CODE": "-10000"}, 10, "option -10000 of w_often becomes M10000, 6 characters of at most 5"),
        ("redcap", {"OPTION": "a | b"}, 8, "option 2 of w_often holds a stroke"),
        ("xlsform", {"OPTION": "$" + "{w_1}"}, 8, "option 2 of w_often: the wording holds ${"),
        ("qualtrics-txt", {"OPTION": "[[b"}, 8, "option 2 of w_often: the wording holds [["),
        ("qualtrics-txt", {"STEM": "[[b"}, 11, "above W_1: the wording holds [["),
        ("qualtrics", {"OPTION": " NEVER"}, 8, "options 1 and 2 of w_often read the same in en"),
        ("redcap", {"OPTION": "unknown"}, 10, "options 2 and -8 of w_often read the same in en"),
        (
            "qualtrics",
            {"OPTION": "{NO_SLOT}"},
            8,
            "option 2 of w_often: there is no slot {NO_SLOT}; known slots: COPROD",
        ),
    ],
)
def test_an_answer_option_or_stem_is_blamed_at_its_own_line(tmp_path, target, words, line, message):
    (fault,) = refusal(tmp_path, target, **words, **{LONG: "W_2"}).faults
    assert (fault.path.name, fault.line) == ("w.yaml", line)
    assert message in fault.message


def test_options_that_read_the_same_may_stand_in_a_codebook(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        refusal(tmp_path, "ddi", OPTION="Never")
