"""The demonstration study as it is written: a sound study folder with true Qualtrics exports that hold nobody real."""

import csv
import hashlib
import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pipelines.studies.demo.qualtrics_file import EMBEDDED, METADATA

from models.spec import as_variable
from pipelines.load import load_study
from pipelines.studies.demo.generate import draw_study, form_instruments, write_demo_study
from pipelines.studies.demo.parameters import DEFAULT_SEED

INSTRUMENTS = form_instruments()
EXPORTS = ("managers_w1.csv", "managers_w2.csv", "staff_w1.csv", "staff_w2.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_demo_study(tmp_path_factory.mktemp("home"))


def cells(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"))))


def table(path: Path) -> pd.DataFrame:
    tags, _, _, *rows = cells(path)
    return pd.DataFrame(rows, columns=tags)


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = b"".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in files)
    return hashlib.sha256(content).hexdigest()


# The study folder


def test_the_study_folder_loads_without_faults(folder):
    study = load_study(folder)
    assert folder.name == study.name == "demo"
    assert list(study.spec.waves) == ["w1", "w2"]
    assert list(study.spec.respondent_groups) == ["TOP", "MID", "FRL"]
    assert set(study.models) == {"h1_enabler_identity", "h2_identity_tension", "h5_h7_collective_leadership"}


def test_everything_a_person_sees_says_synthetic(folder):
    study = load_study(folder)
    assert study.spec.is_synthetic
    assert {language: title.split()[0] for language, title in study.spec.title.items()} == {
        "en": "SYNTHETIC",
        "da": "SYNTETISK",
    }
    assert (folder / "README.txt").read_text(encoding="utf-8").startswith("SYNTHETIC")
    for name in EXPORTS:
        rows = table(folder / "exports" / name)
        assert set(rows["synthetic"]) == {"SYNTHETIC"}
        assert all(not text or text.startswith("[SYNTHETIC] ") for text in rows["OEQ_1"])


def test_every_export_belongs_to_exactly_one_source(folder):
    patterns = [source.files for source in load_study(folder).spec.sources.values()]
    for path in (folder / "exports").iterdir():
        assert sum(path.match(pattern) for pattern in patterns) == 1


def test_models_speak_of_differences_and_never_of_effects(folder):
    for model in load_study(folder).models.values():
        words = f"{model.title} {model.hypothesis} {model.estimand}".lower()
        assert not re.search(r"\b(cause|causes|caused|impact|leads to|increases|reduces|improves)\b", words)
        assert "description" in model.estimand["en"]
        assert set(model.title) == set(model.hypothesis) == set(model.estimand) == {"en", "da"}
        assert as_variable(model.focal) in model.regressors_as_variables()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(folder, tmp_path):
    again = write_demo_study(tmp_path / "again", seed=DEFAULT_SEED)
    other = write_demo_study(tmp_path / "other", seed=DEFAULT_SEED + 1)
    assert digest(again) == digest(folder)
    for name in EXPORTS:
        assert (other / "exports" / name).read_bytes() != (folder / "exports" / name).read_bytes()


def test_writing_again_into_the_same_folder_changes_nothing(tmp_path):
    first = digest(write_demo_study(tmp_path))
    assert digest(write_demo_study(tmp_path)) == first


# The exports


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_have_the_three_header_rows_of_qualtrics(folder, name):
    tags, texts, ids, *rows = cells(folder / "exports" / name)
    assert tags[: len(METADATA)] == [tag for tag, _, _ in METADATA]
    assert tags[-len(EMBEDDED) :] == list(EMBEDDED)
    assert {len(row) for row in (texts, ids, *rows)} == {len(tags)}
    parsed = [json.loads(cell) for cell in ids]
    assert all("ImportId" in each for each in parsed)
    assert len({each["ImportId"] for each in parsed}) == len(parsed)
    zones = {tag: each["timeZone"] for tag, each in zip(tags, parsed, strict=True) if "timeZone" in each}
    assert zones == dict.fromkeys(("StartDate", "EndDate", "RecordedDate"), "Europe/Copenhagen")
    questions = texts[len(METADATA) : -len(EMBEDDED)]
    assert all(text.startswith('SYNTHETIC demonstration study: "Working together"\n') for text in questions)


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_are_utf8_with_line_feeds_only(folder, name):
    content = (folder / "exports" / name).read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert not content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_hold_no_names_and_only_documentation_addresses(folder, name):
    rows = table(folder / "exports" / name)
    for tag in ("RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference"):
        assert set(rows[tag]) == {""}
    assert set(rows["LocationLatitude"]) | set(rows["LocationLongitude"]) == {""}
    assert all(not address or address.startswith("192.0.2.") for address in rows["IPAddress"])
    assert b"@" not in (folder / "exports" / name).read_bytes()


@pytest.mark.parametrize("name", EXPORTS)
def test_answers_are_codes_of_the_instruments_or_blank(folder, name):
    rows = table(folder / "exports" / name)
    for instrument in INSTRUMENTS.values():
        for item in set(instrument.items) & set(rows.columns):
            scale = instrument.response_scale_of(item)
            if scale is not None:
                allowed = {"", *map(str, scale.points), *map(str, scale.opt_outs)}
                assert set(rows[item]) <= allowed


@pytest.mark.parametrize("name", EXPORTS)
def test_previews_and_break_offs_are_marked_as_qualtrics_marks_them(folder, name):
    rows = table(folder / "exports" / name)
    preview = rows["Status"] == "1"
    assert preview.sum() == 3
    assert set(rows.loc[preview, "respondent_key"]) == {""}
    broken_off = rows["Finished"] == "0"
    assert broken_off.any()
    assert (rows.loc[broken_off, "Progress"].astype(int) < 100).all()
    assert set(rows.loc[~broken_off, "Progress"]) == {"100"}
    assert set(rows.loc[broken_off, "INT_hs_3"]) <= {"", "1", "2", "3", "4", "5", "-8"}
    recorded, ended = pd.to_datetime(rows["RecordedDate"]), pd.to_datetime(rows["EndDate"])
    assert ((recorded - ended).dt.days == np.where(broken_off, 7, 0)).all()
    seconds = (ended - pd.to_datetime(rows["StartDate"])).dt.total_seconds()
    assert (seconds == rows["Duration (in seconds)"].astype(float)).all()


@pytest.mark.parametrize(
    ("place", "name"), enumerate(("managers_w1.csv", "staff_w1.csv", "managers_w2.csv", "staff_w2.csv"))
)
def test_each_cell_of_an_export_is_the_answer_that_was_drawn(folder, place, name):
    rows = table(folder / "exports" / name).query("Status == '0'").set_index("respondent_key")
    form = draw_study().forms[place]
    drawn = form.answers.set_axis(form.persons["respondent_key"])
    for item in drawn:
        expected = drawn[item].astype("str").fillna("").reindex(rows.index)
        assert (rows[item] == expected).all(), item


def test_opt_outs_and_blanks_both_occur(folder):
    rows = table(folder / "exports" / "staff_w1.csv").query("Finished == '1' and Status == '0'")
    assert 0.02 < (rows[["INT_hs_1", "INT_hs_2", "INT_hs_3"]] == "-8").mean().mean() < 0.08
    assert 0.005 < (rows[["CL_sy_1", "CL_em_1", "CL_iq_4"]] == "").mean().mean() < 0.03


def test_the_frame_lists_each_invited_person_once_a_wave_and_every_respondent(folder):
    frame = pd.read_csv(folder / "frame.csv", dtype=str, keep_default_na=False)
    assert not frame.duplicated(["unit_id", "wave"]).any()
    assert frame.query("wave == 'w1'").groupby("respondent_group").size().to_dict() == {
        "FRL": 1200,
        "MID": 360,
        "TOP": 120,
    }
    for wave in ("w1", "w2"):
        exports = [
            table(folder / "exports" / f"{form}_{wave}.csv").query("Status == '0'") for form in ("managers", "staff")
        ]
        keys = pd.concat(exports)[["respondent_key", "organisation_id", "respondent_group"]]
        units = frame.query("wave == @wave").set_index("unit_id")
        assert keys["respondent_key"].is_unique
        assert (
            units.loc[keys["respondent_key"], "organisation_id"].to_numpy() == keys["organisation_id"].to_numpy()
        ).all()
        assert set(units.loc[keys["respondent_key"], "disposition"]) == {""}


def test_only_respondents_of_the_first_wave_are_invited_to_the_second():
    frame = draw_study().frame
    first, second = (set(frame.loc[frame["wave"] == wave, "unit_id"]) for wave in ("w1", "w2"))
    answered = {key for each in draw_study().forms if each.wave == "w1" for key in each.persons["respondent_key"]}
    assert second == answered < first
