"""Plans of SPSS and Stata files with a study: labels decide what codes mean, missing values keep their reasons."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from instruments.spec import Instrument
from pipelines.readers.plan import ReadingError
from pipelines.sections.sources import Source
from tests.opened import plan_of

LABELS = {1: "Disagree", 2: "Neither", 3: "Agree"}


def instrument(**items: Any) -> Instrument:
    points = {code: {"label": {"en": label}} for code, label in LABELS.items()}
    return Instrument.model_validate(
        {
            "name": "block",
            "version": "1",
            "title": {"en": "Block"},
            "response_scales": {
                "agreement": {
                    "points": points,
                    "opt_outs": {9: {"reason": "dont_know", "label": {"en": "Don't know"}}},
                },
                "tools": {"ordered": False, "points": {1: {"label": {"en": "Mail"}}, 2: {"label": {"en": "Chat"}}}},
            },
            "items": items or {"q1": {"response_scale": "agreement"}},
        }
    )


def planned(tmp_path: Path, labels: dict, codes: list[float], **settings: Any):
    path = tmp_path / "export.sav"
    pyreadstat.write_sav(pd.DataFrame({"q1": codes}), str(path), variable_value_labels={"q1": labels}, **settings)
    source = Source.model_validate({"wave": "w1", "files": "export.sav", "platform": "spss"})
    return plan_of(path, source=source, instruments=(instrument(),), platform="spss")


def test_the_same_codes_mean_what_the_instrument_says(tmp_path: Path) -> None:
    plan = planned(tmp_path, {**LABELS, 9: "Don't know"}, [1.0, 9.0])
    column = plan.column("q1")
    assert {text: column.codes[text] for text in "123"} == {"1": 1, "2": 2, "3": 3}
    assert column.opt_outs["9"] == "dont_know"
    assert not any("codes" in warning for warning in plan.warnings)


def test_other_codes_are_read_by_their_labels_and_told(tmp_path: Path) -> None:
    plan = planned(tmp_path, {1: "Agree", 2: "Neither", 3: "Disagree", 4: "Don't know"}, [1.0, 2.0, 3.0, 4.0])
    column = plan.column("q1")
    assert {text: column.codes[text] for text in "123"} == {"1": 3, "2": 2, "3": 1}
    assert column.opt_outs["4"] == "dont_know"
    assert any("the labels were followed" in warning for warning in plan.warnings)


def test_a_label_that_is_no_point_is_refused_rather_than_guessed(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="no point and no opt-out"):
        planned(tmp_path, {**LABELS, 7: "Very much"}, [1.0, 7.0])


def test_a_value_declared_missing_is_missing_although_the_instrument_has_no_such_option(tmp_path: Path) -> None:
    plan = planned(tmp_path, {**LABELS, 8: "Refused"}, [1.0, 8.0, 7.0], missing_ranges={"q1": [7, 8]})
    column = plan.column("q1")
    assert column.opt_outs["8"] == "refused"
    assert column.opt_outs["7"] == "unknown_blank"
    assert not {"7", "8"} & set(column.codes)


def test_a_number_whose_missing_values_have_labels_is_read_as_a_number(tmp_path: Path) -> None:
    path = tmp_path / "export.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"age": [30.0, 999.0]}),
        str(path),
        variable_value_labels={"age": {999: "Refused"}},
        missing_ranges={"age": [999]},
    )
    source = Source.model_validate({"wave": "w1", "files": "export.sav", "platform": "spss"})
    items = {"age": {"kind": "number", "least": 18, "most": 99}}
    column = plan_of(path, source=source, instruments=(instrument(**items),)).column("age")
    assert (column.kind, column.opt_outs, column.most) == ("number", {"999": "refused"}, 99)


@pytest.mark.parametrize("platform", ["qualtrics", "stata"])
def test_another_platform_is_refused_with_the_right_one(tmp_path: Path, platform: str) -> None:
    path = tmp_path / "export.sav"
    pyreadstat.write_sav(pd.DataFrame({"StartDate": ["x"], "ResponseId": ["R_1"]}), str(path))
    with pytest.raises(ReadingError, match="platform: spss"):
        plan_of(path, platform=platform)
    assert plan_of(path).platform == "spss"


@pytest.mark.reference
def test_a_multiple_response_set_holds_a_multiple_choice(reference: Path) -> None:
    path = reference / "data/spss-stata/pyreadstat-fixtures/simple_alltypes.sav"
    source = Source.model_validate(
        {
            "wave": "w1",
            "files": "simple_alltypes.sav",
            "platform": "spss",
            "columns": {"used": {1: "bool1", 2: "bool2"}},
        }
    )
    items = {"used": {"kind": "multiple_choice", "response_scale": "tools"}}
    plan = plan_of(path, source=source, instruments=(instrument(**items),))
    for name, option in (("bool1", "1"), ("bool2", "2")):
        column = plan.column(name)
        assert (column.item, column.option, column.ticked, column.unticked) == ("used", option, {"1"}, {"0"})
    assert plan.column("bool3").item is None
