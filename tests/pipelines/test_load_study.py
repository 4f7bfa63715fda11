"""Study folders: names that no file defines, rules that cannot hold, and every fault of all files at once."""

import re
import shutil
from pathlib import Path
from typing import get_args

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilot_study import INSTRUMENTS, MODELS, STUDY, pilot_study, write_study

from dashboard.wording import WORDINGS
from instruments.faults import SpecError
from pipelines.load import analysis_variables, load_study
from pipelines.sections.publishing import DashboardLanguage
from pipelines.sections.response_columns import COLUMNS_OF_A_RESPONSE
from pipelines.sections.schedule import Schedule
from pipelines.tables import core

BAD_SPECS = Path(__file__).parents[1] / "bad_specs"
FAULTS_OF_STUDY = {
    "column_without_a_name": [
        (
            19,
            "sources.staff.columns.v1",
            (
                "expected the name of a column, or for a multiple choice code: column for every option, as {1: Q5_1, "
                "2: Q5_2}; write names that are numbers in quotation marks"
            ),
        )
    ],
    "columns_for_the_points_of_a_choice": [
        (20, "sources.staff.columns.v1", "only a multiple_choice has a column for every option; name one column")
    ],
    "cron_out_of_range": [
        (21, "schedule.cron", "the minute '99' is not within 0 to 59, smaller number first and steps from 1")
    ],
    "file_outside_exports": [
        (13, "sources.managers.files", "expected a file name in exports/, without folders, found '../managers.csv'")
    ],
    "file_pattern_with_bracket": [
        (13, "sources.managers.files", "a pattern may hold * and ?; take the [ out, of the file's name too")
    ],
    "frame_outside_the_study": [
        (21, "frame.file", "expected a file name in the study folder, without folders, found '../../frame.csv'")
    ],
    "language_of_no_dashboard": [(21, "release.languages.1", "expected 'en' or 'da', found 'fr'")],
    "language_twice": [(21, "release.languages", "a language stands twice; keep one")],
    "no_language": [(21, "release.languages", "expected 1 or more entries, found 0")],
    "frame_is_missing": [(20, "frame.file", "there is no file frame.csv in the study folder")],
    "instrument_twice": [(9, "instruments", "'voice' stands twice; keep one")],
    "least_cell_size_under_the_floor": [
        (21, "release.least_cell_size", "expected greater than or equal to 5, found 4")
    ],
    "model_twice": [(20, "models", "'h1' stands twice; keep one")],
    "no_header_rows": [(14, "sources.managers.header_rows", "expected greater than or equal to 1, found 0")],
    "partial_above_complete": [
        (21, "dispositions", "the share for a partial response is above the share for a complete one")
    ],
    "share_in_percent": [
        (21, "dispositions.complete_if_share_answered_at_least", "expected less than or equal to 1, found 80.0")
    ],
    "source_with_unknown_instrument": [
        (19, "sources.staff.instruments", "there is no instrument 'voices'; did you mean 'voice'?")
    ],
    "source_without_group": [
        (15, "sources.staff", "whose answers are these? give respondent_group, or identifiers.respondent_group")
    ],
    "unknown_group": [
        (14, "sources.managers.respondent_group", "there is no respondent group 'MRG'; did you mean 'MGR'?")
    ],
    "unknown_group_in_groups": [
        (15, "sources.staff.respondent_group", "there is no respondent group 'STUFF'; did you mean 'STAFF'?")
    ],
    "unknown_instrument": [(9, "instruments", "there is no instrument 'trsut'; did you mean 'trust'?")],
    "unknown_item": [(19, "sources.staff.columns", "there is no item 'v11'; did you mean 'v1'?")],
    "unknown_item_not_administered": [(19, "sources.staff.not_administered", "there is no item 't9'")],
    "unknown_model": [(20, "models", "there is no model 'h9'")],
    "unknown_platform": [
        (
            14,
            "sources.managers.platform",
            (
                "expected 'qualtrics', 'limesurvey', 'redcap', 'kobo', 'spss', 'stata', 'surveyxact', 'sosci', 'efs', "
                "'surveymonkey', 'microsoft_forms', 'google_forms', 'enalyzer' or 'generic', found 'qualtrix'; "
                "did you mean 'qualtrics'?"
            ),
        )
    ],
    "unknown_wave": [(12, "sources.managers.wave", "there is no wave 'sprng'; did you mean 'spring'?")],
    "without_waves": [(4, "waves", "expected 1 or more entries, found 0")],
    "wrong_date": [(5, "waves.spring.starts_on", "expected a date such as 2026-03-01, found '1 March 2026'")],
}
FAULTS_OF_MODEL = {
    "category_used_as_number": [
        (10, "regressors", "'workplace' has categories without order; write {variable: workplace, use: category}")
    ],
    "open_answer_as_regressor": [(10, "regressors", "the study has no scale or item 'remark'")],
    "organisation_mean_of_an_item": [
        (
            10,
            "regressors",
            "'age' is not a scale; only scales have organisation means, unless of names a group",
        )
    ],
    "unknown_cluster": [
        (
            12,
            "cluster",
            (
                "'organisation' does not name groups of responses; expected organisation_id, "
                "respondent_key or a category"
            ),
        )
    ],
    "unknown_group_of_a_mean": [(10, "regressors", "there is no respondent group 'MRG'; did you mean 'MGR'?")],
    "unknown_group_of_a_variant": [
        (14, "variants.respondent_groups", "there is no respondent group 'MRG'; did you mean 'MGR'?")
    ],
    "unknown_kind": [(2, "kind", "expected 'regression', found 'waiting'")],
    "unknown_outcome": [(8, "outcome", "the study has no scale or item 'trsut'; did you mean 'trust'?")],
    "unknown_regressor": [(10, "regressors", "the study has no scale or item 'tenure'")],
    "unknown_source": [(7, "population.sources", "there is no source 'manager'; did you mean 'managers'?")],
    "unknown_wave": [(7, "population.waves", "there is no wave 'sprong'; did you mean 'spring'?")],
}


def faults_of(folder):
    with pytest.raises(SpecError) as caught:
        load_study(folder)
    return caught.value.faults


@pytest.mark.parametrize(("name", "faults"), FAULTS_OF_STUDY.items(), ids=FAULTS_OF_STUDY)
def test_a_mistake_in_study_yaml_is_named_with_line_place_and_remedy(tmp_path, name, faults):
    folder = write_study(tmp_path)
    shutil.copy(BAD_SPECS / f"study_{name}.yaml", folder / "study.yaml")
    found = faults_of(folder)
    assert [(fault.line, fault.place, fault.message) for fault in found] == faults
    assert {fault.path for fault in found} == {folder / "study.yaml"}


def test_columns_of_options_that_a_multiple_choice_does_not_have_are_named(tmp_path):
    folder = write_study(tmp_path, STUDY.replace("columns: {v1: Q1}", "columns: {places: {1: Q1_1, 3: Q1_3}}"))
    voice = INSTRUMENTS["voice"].replace(
        "  remark:", "  places: {kind: multiple_choice, response_scale: workplaces}\n  remark:"
    )
    (folder / "instruments" / "voice.yaml").write_text(voice, encoding="utf-8")
    (fault,) = faults_of(folder)
    assert (fault.place, fault.message) == (
        "sources.staff.columns.places.3",
        "there is no option 3; the codes of places are 1, 2",
    )


@pytest.mark.parametrize(("name", "faults"), FAULTS_OF_MODEL.items(), ids=FAULTS_OF_MODEL)
def test_a_model_that_does_not_fit_the_study_is_named_with_line_place_and_remedy(tmp_path, name, faults):
    folder = write_study(tmp_path)
    shutil.copy(BAD_SPECS / f"analysis_{name}.yaml", folder / "models" / "h1.yaml")
    found = faults_of(folder)
    assert [(fault.line, fault.place, fault.message) for fault in found] == faults
    assert {fault.path for fault in found} == {folder / "models" / "h1.yaml"}


@pytest.mark.parametrize(("prefix", "faults"), [("study", FAULTS_OF_STUDY), ("analysis", FAULTS_OF_MODEL)])
def test_every_wrong_file_is_tested(prefix, faults):
    assert {path.stem.removeprefix(f"{prefix}_") for path in BAD_SPECS.glob(f"{prefix}_*.yaml")} == set(faults)


@pytest.mark.parametrize("study", ["study_unknown_wave", "study_unknown_platform"])
def test_every_fault_of_all_files_is_reported_at_once(tmp_path, study):
    folder = write_study(tmp_path)
    shutil.copy(BAD_SPECS / f"{study}.yaml", folder / "study.yaml")
    shutil.copy(BAD_SPECS / "instrument_misspelt_key.yaml", folder / "instruments" / "voice.yaml")
    shutil.copy(BAD_SPECS / "instrument_empty.yaml", folder / "instruments" / "unused.yaml")
    shutil.copy(BAD_SPECS / "model_misspelt_key.yaml", folder / "models" / "h1.yaml")
    shutil.copy(BAD_SPECS / "model_unknown_kind.yaml", folder / "models" / "h2.yaml")
    found = [(fault.path.name, fault.line, fault.place) for fault in faults_of(folder)]
    line, place = (12, "sources.managers.wave") if "wave" in study else (14, "sources.managers.platform")
    assert found == [
        ("unused.yaml", 1, ""),
        ("voice.yaml", 40, "scales.voice.reversed_scored"),
        ("h1.yaml", 1, "estimand"),
        ("h1.yaml", 5, "estimands"),
        ("h2.yaml", 2, "kind"),
        ("study.yaml", line, place),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "*/15 1-5 * jan,MAR mon-fri",
        "5/15 * 29 2 *",
        "0 0 31 */3 7",
        "0,30 */6 1-31/2 2-11 0-6",
        "  0   3 * * *",
    ],
)
def test_a_cron_line_may_hold_numbers_ranges_steps_lists_and_names(line):
    assert Schedule(cron=line).cron == line


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0 3 * *", "expected five fields such as 0 3 * * *, found 4"),
        ("@daily", "expected five fields such as 0 3 * * *, found 1"),
        ("60 3 * * *", "the minute '60' is not within 0 to 59"),
        ("0 24 * * *", "the hour '24' is not within 0 to 23"),
        ("0 3 0 * *", "the day of the month '0' is not within 1 to 31"),
        ("0 3 * 13 *", "the month '13' is not within 1 to 12"),
        ("0 3 * * 8", "the day of the week '8' is not within 0 to 7"),
        ("0 5-3 * * *", "the hour '5-3' is not within 0 to 23, smaller number first"),
        ("*/0 * * * *", "the minute '*/0' is not within 0 to 59, smaller number first and steps from 1"),
        ("0 3 * * 1,", "the day of the week '' is no number, name, range or *"),
        ("0 3 * * monday", "the day of the week 'monday' is no number, name, range or *"),
        ("0 3 30 feb *", "no month has such a day: day of the month 30, month feb"),
        ("0 3 31 4,6 *", "no month has such a day: day of the month 31, month 4,6"),
    ],
)
def test_a_cron_line_that_can_never_be_due_is_told_with_its_field(line, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        Schedule(cron=line)


PARTS = st.sampled_from(["*", "*/7", "0", "1-3", "2,5", "29", "30", "31", "59", "60", "feb", "mon", "9-4", "x", "1/2"])


@given(st.lists(PARTS, min_size=4, max_size=6).map(" ".join))
def test_every_cron_line_that_is_accepted_makes_a_schedule(line):
    try:
        Schedule(cron=line)
    except ValueError:
        return
    dg.ScheduleDefinition(name="nightly", job_name="run", cron_schedule=line)


def test_a_release_may_have_the_languages_the_dashboard_speaks():
    assert set(get_args(DashboardLanguage)) == set(WORDINGS)


def _said_of(folder: Path) -> str:
    (fault,) = faults_of(folder)
    assert fault.path == folder / "study.yaml"
    return fault.message


def test_another_folder_than_that_of_a_study_is_told_where_one_lies(tmp_path):
    study = tmp_path / "home" / "demo"
    (study / "exports").mkdir(parents=True)
    what_is = "there is no such file; "
    assert _said_of(study) == f"{what_is}name the folder of a study, or begin one with: sensemaking init"
    (study / "study.yml").touch()
    assert _said_of(study) == f"{what_is}study.yml lies there: rename it to study.yaml"
    (study / "study.yml").rename(study / "study.yaml")
    assert _said_of(study.parent) == f"{what_is}a study lies in {study}: name its folder"
    assert _said_of(study / "exports") == f"{what_is}the folder of the study is further up: {study}"
    itself = study / "study.yaml"
    assert _said_of(itself) == f"{what_is}{itself} is a file: name the folder of the study, {study}"


def test_a_sound_study_is_loaded_in_its_own_order(tmp_path):
    study = pilot_study(tmp_path)
    assert list(study.instruments) == ["voice", "trust"]
    assert list(study.models) == ["h1"]
    assert list(study.items()) == ["v1", "v2", "v3", "workplace", "age", "remark", "t1", "t2"]
    assert {scale: instrument.name for scale, instrument in study.scales().items()} == {
        "voice": "voice",
        "trust": "trust",
    }
    assert (study.exports, study.warehouse, study.releases) == (
        tmp_path / "exports",
        tmp_path / "warehouse",
        tmp_path / "releases",
    )


def test_variables_of_the_analysis_table_have_their_kind(tmp_path):
    assert analysis_variables(pilot_study(tmp_path)) == {
        "wave": "category",
        "source": "category",
        "respondent_group": "category",
        "language": "category",
        "voice": "scale",
        "trust": "scale",
        **dict.fromkeys(["v1", "v2", "v3", "t1", "t2", "age"], "number"),
        "workplace": "category",
    }


def test_a_source_administers_all_instruments_unless_it_names_some(tmp_path):
    study = pilot_study(
        tmp_path,
        STUDY.replace("respondent_group: STAFF, columns: {v1: Q1}", "respondent_group: STAFF, instruments: [trust]"),
    )
    sources = study.sources()
    assert [each.name for each in study.instruments_of(sources["managers"])] == ["voice", "trust"]
    assert [each.name for each in study.instruments_of(sources["staff"])] == ["trust"]


def test_the_only_group_of_a_study_is_every_source_s_group(tmp_path):
    text = STUDY.replace("  STAFF: {en: Staff}\n", "").replace(", respondent_group: STAFF", "")
    study = pilot_study(tmp_path, text)
    assert {source.respondent_group for source in study.sources().values()} == {"MGR"}


def test_an_instrument_of_the_study_replaces_the_library_s(tmp_path):
    folder = write_study(tmp_path, STUDY.replace("[voice, trust]", "[voice, trust, background]"))
    text = INSTRUMENTS["trust"].replace("trust", "background").replace("t1", "b1").replace("t2", "b2")
    (folder / "instruments" / "background.yaml").write_text(text, encoding="utf-8")
    assert list(load_study(folder).instruments["background"].items) == ["b1", "b2"]


def test_files_in_the_folder_that_the_study_does_not_use_are_checked_and_left_out(tmp_path):
    folder = write_study(tmp_path)
    (folder / "instruments" / "pay.yaml").write_text(
        INSTRUMENTS["trust"].replace("trust", "pay").replace("t1", "p1").replace("t2", "p2"), encoding="utf-8"
    )
    (folder / "models" / "h2.yaml").write_text(MODELS["h1"].replace("h1", "h2"), encoding="utf-8")
    study = load_study(folder)
    assert (list(study.instruments), list(study.models)) == (["voice", "trust"], ["h1"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("t1", "v1", "'v1' stands in voice and in trust; a study needs unique names"),
        ("t1", "V1", "'V1' stands in voice and in trust; a study needs unique names"),
        ("t1", "voice", "'voice' stands in voice and in trust; a study needs unique names"),
        ("t1", "trust", "'trust' stands in trust and in trust; a study needs unique names"),
        (
            "t1",
            "voice_within_organisation",
            "'voice_within_organisation' stands in voice and in trust; a study needs unique names",
        ),
        ("t1", "wave", "'wave' in trust is a column of every response; rename"),
        ("t1", "started_at", "'started_at' in trust is a column of every response; rename"),
        ("t1", "Response_ID", "'Response_ID' in trust is a column of every response; rename"),
    ],
)
def test_names_that_would_share_a_column_are_refused(tmp_path, old, new, message):
    folder = write_study(tmp_path)
    text = INSTRUMENTS["trust"].replace(f"  {old}:", f"  {new}:").replace(f"[{old},", f"[{new},")
    (folder / "instruments" / "trust.yaml").write_text(text, encoding="utf-8")
    assert message in [fault.message for fault in faults_of(folder)]


def test_every_column_of_a_response_is_reserved(tmp_path):
    study = pilot_study(tmp_path)
    assert set(core.RESPONSES.columns) == COLUMNS_OF_A_RESPONSE
    assert set(core.KEYS) <= set(core.analysis(study).columns)


def test_tables_of_a_study_have_a_column_for_every_item_and_scale(tmp_path):
    study = pilot_study(tmp_path)
    answers, analysis = core.answers(study), core.analysis(study)
    assert list(answers.columns) == ["response_id", "wave", "v1", "v2", "v3", "workplace", "age", "t1", "t2"]
    assert (answers.columns["v1"].is_among, answers.columns["age"].least, answers.columns["age"].most) == (
        (1, 2, 3),
        16,
        99,
    )
    assert {"voice", "voice_organisation_mean", "trust_within_organisation", "workplace"} <= set(analysis.columns)
