"""The demonstration study as it is written: a sound study folder, true exports of four platforms, nobody real."""

import csv
import hashlib
import io
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_demo import EXPORTS, SMALL, WAVES

from instruments.load import LIBRARY, load_instrument
from models.sections.inference import FIGURES
from models.sections.regressors import Interaction, parts_of, with_coefficients
from pipelines.load import load_study
from pipelines.readers.opening import Settings
from pipelines.readers.plan import Request
from pipelines.readers.registry import make_plan
from pipelines.readers.structures import read_structure
from pipelines.receive import ReceiveContext, read_export
from pipelines.studies.demo.exports.qualtrics import EMBEDDED, METADATA
from pipelines.studies.demo.generate import draw_study, write_demo_study
from pipelines.studies.demo.parameters import DEFAULT_SEED
from tests.opened import opened_export

PRINCIPLES = ("systems", "emergent", "relational", "inquiry")
QUALTRICS = tuple(name for name in EXPORTS if "managers" in name)
DELIMITERS = {"partners": ";"}
GROUP_OF = {
    name.rpartition("_")[0]: group
    for name, group in zip(EXPORTS[::3], ("TOP", "MID", "FRL", "CIT", "PAR"), strict=True)
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_demo_study(tmp_path_factory.mktemp("home"), parameters=SMALL)


def test_a_run_measures_whether_two_beliefs_about_leadership_can_be_told_apart(folder):
    study = load_study(folder)
    spec = study.measurement["leadership_belief_measurement"]
    assert spec.scales == ("leadership_coproduction_belief", "shifting_leadership_view")
    assert spec.respondent_groups == ("MID",)
    items = [study.scales()[scale].scales[scale].items for scale in spec.scales]
    assert items == [("CPL_be_1", "CPL_be_2"), ("CON_sh_1", "CON_sh_2")]


@pytest.fixture(scope="module")
def drawn():
    return draw_study(SMALL)


def cells(path: Path) -> list[list[str]]:
    delimiter = DELIMITERS.get(path.name.partition("_")[0], ",")
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig")), delimiter=delimiter))


def table(path: Path) -> pd.DataFrame:
    tags, *rows = cells(path)
    return pd.DataFrame(rows[2:] if "managers" in path.name else rows, columns=tags)


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = b"".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in files)
    return hashlib.sha256(content).hexdigest()


# The study folder


def test_the_study_folder_loads_without_faults(folder):
    study = load_study(folder)
    assert folder.name == study.name == "demo"
    assert list(study.spec.waves) == ["w1", "w2", "w3"]
    assert list(study.spec.respondent_groups) == ["TOP", "MID", "FRL", "CIT", "PAR"]
    assert {each.platform for each in study.spec.sources.values()} == {"qualtrics", "limesurvey", "redcap", "kobo"}


def test_every_hypothesis_has_a_model(folder):
    study = load_study(folder)
    own = {"h1_enabler_identity": "H1", "h2_identity_tension": "H2", "h5_h7_collective_leadership": "H5 H7"}
    has_model = " ".join(own.get(name) or each.code for name, each in study.models.items()).split()
    assert set(has_model) == {f"H{number}" for number in range(1, 20)}


def test_parts_of_hypotheses_for_which_nothing_is_planted_are_estimated_too(folder):
    models = load_study(folder).models
    assert models["h04_coproduction_by_frames"].expected_sign == "none"
    product = Interaction(interaction=tuple(f"{name}_principle" for name in PRINCIPLES))
    assert models["h07_product_of_principles"].focal == product


def test_everything_a_person_sees_says_synthetic(folder):
    study = load_study(folder)
    assert study.spec.is_synthetic
    assert {language: title.split()[0] for language, title in study.spec.title.items()} == {
        "en": "SYNTHETIC",
        "da": "SYNTETISK",
    }
    assert all(form.title["en"].startswith("SYNTHETIC") for form in study.forms.values())
    assert (folder / "README.txt").read_text(encoding="utf-8").startswith("SYNTHETIC")
    for name in EXPORTS:
        rows = table(folder / "exports" / name)
        assert set(rows["synthetic"]) == {"SYNTHETIC"}
        texts = rows[[column for column in rows if column.upper().startswith("OEQ") or "group" in column.lower()]]
        written = [text for column in texts if column != "respondent_group" for text in texts[column] if text]
        assert written
        assert all(text.startswith("[SYNTHETIC] ") for text in written)


def test_the_truth_lies_beside_the_study_and_names_seed_and_deviations(folder):
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert truth["synthetic"] is True
    assert truth["label"].startswith("SYNTHETIC")
    assert (truth["seed"], truth["version"]) == (DEFAULT_SEED, "1.0")
    assert "150 frontline staff" in truth["deviations"][0]
    assert truth["parameters"]["effects"]["top_managers"]["true_forwarding"]["enabler_identity"] == 0.35
    assert len(truth["organisations"]) == 16
    assert {row["kind"] for row in truth["careless"]} == {"straightline", "random", "midpoint"}


def test_careless_responses_of_the_truth_are_responses_of_the_exports(folder):
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    ids = {
        "top_managers": "ResponseId",
        "middle_managers": "ResponseId",
        "frontline_staff": "id",
        "citizens": "record_id",
        "partners": "_uuid",
    }
    keys = {"frontline_staff": "token"}
    for name in EXPORTS:
        form, _, wave = name.removesuffix(".csv").rpartition("_")
        rows = table(folder / "exports" / name).set_index(ids[form])
        own = [row for row in truth["careless"] if row["response_id"].startswith(f"{form}_{wave}/")]
        for row in own:
            assert (
                rows.loc[row["response_id"].partition("/")[2], keys.get(form, "respondent_key")]
                == row["respondent_key"]
            )


def test_every_export_belongs_to_exactly_one_source_and_structures_to_none(folder):
    sources = load_study(folder).spec.sources.values()
    structures = {name for source in sources for name in source.structure}
    for path in (folder / "exports").iterdir():
        assert sum(path.match(source.files) for source in sources) == (path.name not in structures)


def test_exports_bind_by_the_forms_that_the_platforms_were_given_without_a_mapping(folder):
    sources = load_study(folder).spec.sources.values()
    assert all(source.structure and not source.columns for source in sources)


def test_models_speak_of_differences_and_never_of_effects(folder):
    for model in load_study(folder).models.values():
        words = f"{model.title} {model.hypothesis} {model.estimand}".lower()
        assert not re.search(r"\b(cause|causes|caused|impact|leads to|increases|reduces|improves)\b", words)
        assert "description" in model.estimand["en"]
        assert set(model.title) == set(model.hypothesis) == set(model.estimand) == {"en", "da"}
        has_focal = parts_of(model.focal) in with_coefficients(model.regressors)
        assert has_focal or (model.estimator in FIGURES and not model.regressors)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(folder, tmp_path):
    copied = Path(shutil.copytree(folder.parent, tmp_path / "again"))
    assert digest(write_demo_study(copied, seed=DEFAULT_SEED, parameters=SMALL)) == digest(folder)
    other = write_demo_study(tmp_path / "other", seed=DEFAULT_SEED + 1, parameters=SMALL)
    for name in EXPORTS:
        assert (other / "exports" / name).read_bytes() != (folder / "exports" / name).read_bytes()


# The exports


@pytest.mark.parametrize("name", QUALTRICS)
def test_exports_of_qualtrics_have_its_three_header_rows(folder, name):
    tags, texts, ids, *rows = cells(folder / "exports" / name)
    assert tags[: len(METADATA)] == [tag for tag, _, _ in METADATA]
    assert tags[-len(EMBEDDED) :] == list(EMBEDDED)
    assert {len(row) for row in (texts, ids, *rows)} == {len(tags)}
    parsed = [json.loads(cell) for cell in ids]
    assert all("ImportId" in each for each in parsed)
    assert len({json.dumps(each) for each in parsed}) == len(parsed)
    zones = {tag: each["timeZone"] for tag, each in zip(tags, parsed, strict=True) if "timeZone" in each}
    assert zones == dict.fromkeys(("StartDate", "EndDate", "RecordedDate"), "Europe/Copenhagen")
    questions = texts[len(METADATA) : -len(EMBEDDED)]
    assert all(text.startswith('SYNTHETIC demonstration study: "Working together"\n') for text in questions)


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_hold_no_names_and_only_documentation_addresses(folder, name):
    content = (folder / "exports" / name).read_bytes()
    assert b"@" not in content
    assert b"\r" not in content
    assert set(re.findall(rb"\d+\.\d+\.\d+\.", content)) <= {b"192.0.2."}


@pytest.mark.parametrize("name", QUALTRICS)
def test_previews_and_break_offs_are_marked_as_qualtrics_marks_them(folder, name):
    rows = table(folder / "exports" / name)
    preview = rows["Status"] == "1"
    assert preview.sum() == 3
    assert set(rows.loc[preview, "respondent_key"]) == {""}
    broken_off = rows["Finished"] == "0"
    assert (rows.loc[broken_off, "Progress"].astype(int) < 100).all()
    assert set(rows.loc[~broken_off, "Progress"]) == {"100"}
    recorded, ended = pd.to_datetime(rows["RecordedDate"]), pd.to_datetime(rows["EndDate"])
    assert ((recorded - ended).dt.days == np.where(broken_off, 7, 0)).all()
    seconds = (ended - pd.to_datetime(rows["StartDate"])).dt.total_seconds()
    assert (seconds == rows["Duration (in seconds)"].astype(float)).all()


@pytest.mark.parametrize("name", EXPORTS[::3])
def test_our_readers_find_every_answer_that_was_drawn_and_no_other(folder, drawn, name):
    study = load_study(folder)
    form_name = name.removesuffix("_w1.csv")
    source = study.sources()[f"{form_name}_w1"]
    asked = tuple(study.instruments_of(source))
    export = opened_export(folder / "exports" / name, Settings())
    paths = [folder / "exports" / each for each in source.structure]
    plan = make_plan(export.head, Request(source, asked, read_structure(paths) if paths else None), source.platform)
    every = tuple(study.instruments.values())
    result = read_export(export, plan, ReceiveContext(f"{form_name}_w1", source, every, "w1", "f" * 64))
    assert result.rejects.empty
    form = drawn.form(GROUP_OF[form_name], "w1")
    responses = result.responses[result.responses["respondent_key"].notna()].set_index("response_id")
    place = pd.Index(form.persons["respondent_key"]).get_indexer(responses["respondent_key"])
    assert sorted(place) == list(range(len(form.persons)))
    assert (responses["organisation_id"] == form.persons["organisation_id"].to_numpy()[place]).all()
    assert (responses["language"].str.lower() == form.persons["language"].to_numpy()[place]).all()
    is_sent_at_the_end = source.platform == "kobo"
    assert is_sent_at_the_end or (responses["is_finished"] == (form.persons["share_seen"] >= 1).to_numpy()[place]).all()
    stored = result.answers.set_index("response_id").reindex(responses.index)
    closed = form.answers.select_dtypes(exclude="str").iloc[place].set_axis(responses.index)
    for item in closed:
        expected = closed[item].mask(closed[item] < 0).astype("Float64")
        assert (stored[item].astype("Float64").fillna(-1) == expected.fillna(-1)).all(), item
    opt_outs = result.missing[result.missing["reason"].isin(["dont_know", "refused"])]
    own = opt_outs[opt_outs["response_id"].isin(responses.index)]
    assert len(own) == (closed < 0).sum().sum()
    texts = form.answers.select_dtypes("str").iloc[place].set_axis(responses.index)
    wide = result.open_answers.pivot(index="response_id", columns="item", values="text").reindex(responses.index)
    for item in texts:
        assert (wide[item].fillna("") == texts[item].fillna("")).all(), item


def test_opt_outs_and_blanks_both_occur(drawn):
    answers = pd.concat([drawn.form("FRL", wave).answers for wave in WAVES])
    assert 0.02 < (answers[["INT_hs_1", "INT_hs_2", "INT_hs_3"]] == -8).mean().mean() < 0.08
    assert 0.01 < answers[["CL_sy_1", "CL_em_1", "CL_iq_4"]].isna().mean().mean() < 0.05


# The lists beside them


def test_the_frame_lists_each_invited_person_once_a_wave_and_every_respondent(folder, drawn):
    frame = pd.read_csv(folder / "frame.csv", dtype=str, keep_default_na=False)
    assert not frame.duplicated(["unit_id", "wave"]).any()
    assert frame.query("wave == 'w1'").groupby("respondent_group").size().to_dict() == {
        "TOP": 32,
        "MID": 14 * 6 + 2 * 40,
        "FRL": 14 * 25 + 2 * 150,
        "CIT": 14 * 25 + 2 * 150,
        "PAR": 64,
    }
    for wave in WAVES:
        units = frame.query("wave == @wave").set_index("unit_id")
        persons = pd.concat([each.persons for each in drawn.forms if each.wave == wave])
        own = units.loc[persons["respondent_key"]]
        assert (own["organisation_id"].to_numpy() == persons["organisation_id"].to_numpy()).all()
        assert set(own["disposition"]) == {""}


def test_only_respondents_of_a_wave_are_invited_to_the_next(folder, drawn):
    frame = pd.read_csv(folder / "frame.csv", dtype=str, keep_default_na=False)
    for before, after in pairwise(WAVES):
        invited = set(frame.loc[frame["wave"] == after, "unit_id"])
        assert invited == {key for each in drawn.forms if each.wave == before for key in each.persons["respondent_key"]}


def test_registers_have_a_row_for_each_organisation_and_wave(folder):
    rows = pd.read_csv(folder / "organisations.csv")
    assert len(rows) == 16 * 3
    assert not rows.duplicated(["organisation_id", "wave"]).any()
    assert set(rows) == {"organisation_id", "wave", *load_instrument(LIBRARY / "register.yaml").items}


def test_both_coders_coded_every_answer_to_a_coded_question(folder, drawn):
    files = {coder: pd.read_csv(folder / "codings" / f"{coder}.csv") for coder in ("coder_1", "coder_2")}
    n_answers = sum(form.answers[item].notna().sum() for form in drawn.forms for item in form.deserved)
    for coder, rows in files.items():
        assert len(rows) == n_answers
        assert set(rows["coder"]) == {coder}
        assert set(zip(rows["item"], rows["code"], strict=True)) == {
            (item, code) for item, own in (("OEQ_1", "E5"), ("OEQ_2", "D1"), ("OEQ_5", "E1")) for code in (own, "none")
        }
    assert not files["coder_1"]["code"].equals(files["coder_2"]["code"])


def test_every_member_of_staff_has_a_manager_of_the_own_organisation(drawn):
    staff, managers = drawn.population.groups["FRL"].persons, drawn.population.groups["MID"].persons
    of = managers.set_index("respondent_key")["organisation"]
    assert (of.loc[staff["manager_key"]].to_numpy() == staff["organisation"].to_numpy()).all()
    assert staff["manager_key"].nunique() > len(managers) / 2


def test_partners_and_a_third_of_others_work_in_one_of_up_to_four_collaborations(drawn):
    groups = drawn.population.groups
    assert (groups["PAR"].persons["collaboration"] != "").all()
    for group in ("FRL", "CIT"):
        assert 0.28 < (groups[group].persons["collaboration"] != "").mean() < 0.39
    named = pd.concat([each.persons.loc[each.persons["collaboration"] != ""] for each in groups.values()])
    assert named.groupby("organisation")["collaboration"].nunique().between(1, 4).all()
