"""Columns that identify people never become answers by accident, whichever platform wrote them."""

from pathlib import Path

import pytest

from instruments.spec import Instrument
from pipelines.readers.files.head import read_head
from pipelines.readers.plan import ReadingError, Request
from pipelines.readers.registry import make_plan
from pipelines.sections.sources import Source
from tests.opened import plan_of

QUALTRICS = (
    "StartDate,Status,IPAddress,Finished,ResponseId,RecipientEmail,Q1\n"
    "Start Date,Response Type,IP Address,Finished,Response ID,Recipient Email,One?\n"
    '"{""ImportId"":""startDate""}","{""ImportId"":""status""}","{""ImportId"":""ipAddress""}",'
    '"{""ImportId"":""finished""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}",'
    '"{""ImportId"":""QID1""}"\n'
    "2026-01-01 10:00:00,0,10.0.0.1,1,R_1,a@b.example,5\n"
)
LIMESURVEY = "id,submitdate,lastpage,startlanguage,ipaddr,token,Q1\n1,2024-01-01 10:00:00,3,en,10.0.0.1,abc,4\n"
REDCAP = "record_id,redcap_event_name,redcap_survey_identifier,Q1\n1,event_1_arm_1,a@b.example,4\n"
KOBO = "start,end,username,phonenumber,Q1,_id,_uuid,_submission_time\n,,jo,123,4,1,u,2026-01-01T10:00:00\n"


def instrument(column: str, **more: object) -> Instrument:
    items = {column: {"text": {"en": "Who?"}, "kind": "code", **more}}
    return Instrument.model_validate({"name": "form", "version": "1", "title": {"en": "Form"}, "items": items})


@pytest.mark.parametrize(
    ("platform", "text", "column"),
    [
        ("qualtrics", QUALTRICS, "IPAddress"),
        ("qualtrics", QUALTRICS, "RecipientEmail"),
        ("limesurvey", LIMESURVEY, "ipaddr"),
        ("limesurvey", LIMESURVEY, "token"),
        ("redcap", REDCAP, "redcap_survey_identifier"),
        ("kobo", KOBO, "username"),
        ("kobo", KOBO, "phonenumber"),
    ],
)
def test_a_column_that_identifies_people_is_no_answer_unless_the_instrument_says_so(
    tmp_path: Path, platform: str, text: str, column: str
):
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    source = Source(wave="w1", files="export.csv", platform=platform, columns={column: column})
    with pytest.raises(ReadingError, match="may identify people") as told:
        make_plan(read_head(path), Request(source, (instrument(column),)))
    assert "a@b.example" not in str(told.value)
    for allowed in ({"personal_data": True}, {"kind": "open_text"}):
        plan = make_plan(read_head(path), Request(source, (instrument(column, **allowed),)))
        assert plan.column(column).item == column


@pytest.mark.parametrize(
    ("platform", "text"), [("qualtrics", QUALTRICS), ("limesurvey", LIMESURVEY), ("redcap", REDCAP), ("kobo", KOBO)]
)
def test_an_element_of_a_code_is_an_identifier_and_never_an_item(tmp_path: Path, platform: str, text: str):
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    source = Source.model_validate(
        {"wave": "w1", "files": "export.csv", "platform": platform, "identifiers": {"link_code": {"one": "Q1"}}}
    )
    plan = make_plan(read_head(path), Request(source, ()))
    assert plan.link_code == {"one": "Q1"}
    assert (plan.column("Q1").role, plan.column("Q1").is_personal_data) == ("identifier", True)
    with pytest.raises(ReadingError, match="holds the item Q1 and an element of the self-generated code"):
        make_plan(read_head(path), Request(source, (instrument("Q1"),)))


PLAIN_ROWS = {
    "limesurvey": "id,submitdate,lastpage,startlanguage,{column}\n1,2024-01-01 10:00:00,3,en,{cell}\n",
    "sosci": "CASE,QUESTNNR,MODE,STARTED,LASTDATA,FINISHED,LASTPAGE,{column}\n1,base,interview,,,1,3,{cell}\n",
    "efs": "lfdn,external_lfdn,tester,dispcode,{column}\n1,0,0,31,{cell}\n",
    "generic": "nr,{column}\n1,{cell}\n",
}


@pytest.mark.parametrize("platform", PLAIN_ROWS)
@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("firstname", "Ada", True), ("leder_mobil", "20123456", True), ("kontakt", "010203-1234", True),
        ("q7", "ada@lovelace.example", True), ("mobile_use", "4", False), ("organisation", "Odense", False),
    ],
)  # fmt: skip
def test_names_and_cells_speak_for_personal_data_on_every_platform(
    tmp_path: Path, platform: str, column: str, cell: str, expected: bool
):
    path = tmp_path / "export.csv"
    path.write_text(PLAIN_ROWS[platform].format(column=column, cell=cell), encoding="utf-8")
    assert make_plan(read_head(path), Request(), platform).column(column).is_personal_data is expected


def test_an_instruments_options_are_stronger_than_a_name(tmp_path: Path):
    path = tmp_path / "export.csv"
    path.write_text("nr,mobile_app\n1,Good\n2,Bad\n", encoding="utf-8")
    source = Source(wave="w1", files="export.csv", platform="generic", identifiers={"response_id": "nr"})
    form = {
        "name": "form", "version": "1", "title": {"en": "Form"},
        "response_scales": {"two": {"points": {1: {"label": {"en": "Bad"}}, 2: {"label": {"en": "Good"}}}}},
        "items": {"mobile_app": {"text": {"en": "The app?"}, "response_scale": "two"}},
    }  # fmt: skip
    plan = make_plan(read_head(path), Request(source, (Instrument.model_validate(form),)))
    assert plan.column("mobile_app").codes == {"bad": 1, "good": 2, "1": 1, "2": 2}
    assert not plan.column("mobile_app").is_personal_data


@pytest.mark.reference
@pytest.mark.parametrize(
    ("path", "personal"),
    [
        ("pspp-examples/personnel.sav", {"firstname", "lastname", "dob"}),
        (
            "../kobo/ipa-backcheck/household_backcheck.dta",
            {"deviceid", "subscriberid", "simid", "devicephonenum", "username", "gpslatitude", "gpslongitude",
             "gpsaltitude"},
        ),
        ("efc/efc.sav", set()),
    ],
)  # fmt: skip
def test_real_files_of_spss_and_stata_are_told_by_their_names(reference: Path, path: str, personal: set[str]):
    plan = plan_of(reference / "data/spss-stata" / path)
    assert {column.name for column in plan.columns if column.is_personal_data} == personal
