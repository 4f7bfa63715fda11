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
  often: {{points: {{1: {{label: {{en: Never}}}}, 2: {{label: {{en: Often}}}}}}}}
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


def refusal(folder: Path, target: str, named: str = "forms/f.yaml", last: str = "Fun.", title: str = "F") -> SpecError:
    for name, text in (("instruments/w.yaml", INSTRUMENT), ("forms/f.yaml", FORM)):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text.replace("LAST", last).replace("TITLE", title), encoding="utf-8")
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
    assert (fault.path, fault.line) == ((tmp_path / "instruments/w.yaml").resolve(), 8)
    assert message in fault.message
    assert "shorten the name of the item" in fault.message


@pytest.mark.parametrize(
    ("target", "last", "message"),
    [("xlsform", "x" * 40_000, "a cell holds 32767"), ("qualtrics-txt", "'a [[b'", "word it without")],
)
def test_a_wording_that_does_not_fit_is_blamed_at_its_item(tmp_path, target, last, message):
    (fault,) = refusal(tmp_path, target, last=last).faults
    assert (fault.path.name, fault.line) == ("w.yaml", 8)
    assert message in fault.message


def test_a_title_too_long_for_limesurvey_is_blamed_at_the_title(tmp_path):
    faults = refusal(tmp_path, "limesurvey", title="x" * 201).faults
    assert ("f.yaml", 3) in [(fault.path.name, fault.line) for fault in faults]
    assert "201 characters of at most 200" in str(faults)
