"""A whole study whose open answers are coded: sheets out and back, agreement, models, a new version, an erasure."""

import shutil
import zipfile

import pandas as pd
import pytest

from instruments.codings.refi_qda_reading import read_codebook
from instruments.faults import SpecError, UsageError
from models.regression.identification import ModelDataError
from pipelines.assets.codings import refused_codes
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.coding import progress, queue, read_sheets, refused_models, write_adjudication, write_sheets
from pipelines.commands.coding_exchange import export_codings, import_codings
from pipelines.commands.erase import erase
from pipelines.commands.fits import fit_now
from pipelines.commands.picture_titles import titles_of as titles_in_pictures
from pipelines.load import load_study
from pipelines.readers.plan import ReadingError
from pipelines.steps.coded_titles import coded_titles
from pipelines.steps.codings import CodingError
from pipelines.steps.release_texts import titles_of
from pipelines.store import Store
from pipelines.tables import coding as tables
from pipelines.tables import core, out
from pipelines.team_tables import read_numbered_table
from tests.coded_study import MODEL, SCHEME, build_coded_study, run_steps
from tests.command_line import sensemaking


def fill(folder, coder, codes_of):
    path = folder / "codings" / "sheets" / f"{coder}.csv"
    sheet = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    sheet["codes"] = [codes_of(row) for row in sheet.itertuples()]
    sheet.to_csv(path, index=False)


def number_of(row):
    return int(row.response_id.rpartition("-")[2])


def by_anna(row):
    return "forward" if number_of(row) % 3 == 0 else "none"


def by_bo(row):
    """Differ from anna in every tenth answer about FORWARD, and see INHIBIT where anna does not."""
    codes = ["A1"] if (number_of(row) % 3 == 0) != (number_of(row) % 10 == 1) else []
    return "; ".join([*codes, *(["A2"] if number_of(row) % 5 == 0 else [])]) or "none"


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    folder = build_coded_study(tmp_path_factory.mktemp("coded") / "small")
    study, _ = run_steps(folder)
    assert write_sheets(study, recode=False) == {"codings/sheets/anna.csv": 50, "codings/sheets/bo.csv": 50}
    for coder, codes_of in (("anna", by_anna), ("bo", by_bo)):
        fill(folder, coder, codes_of)
    read_sheets(study)
    (folder / "models" / "acting.yaml").write_text(MODEL, encoding="utf-8")
    (folder / "models" / "stopping.yaml").write_text(
        MODEL.replace("name: acting", "name: stopping").replace("code_A1_story", "code_A2"), encoding="utf-8"
    )
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[trust]", "[trust, acting, stopping]"), encoding="utf-8")
    run_steps(folder, reads_anew=False)
    return folder


@pytest.fixture
def own(coded, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(coded, tmp_path / "small")


def test_sheets_show_screened_texts_to_the_owner_only_and_stay_out_of_version_control(coded):
    path = coded / "codings" / "sheets" / "anna.csv"
    text = path.read_text(encoding="utf-8")
    assert "'=reason" in text
    assert "[email]" in text
    assert "anna@example.org" not in text
    assert (path.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_codings_are_kept_as_the_coders_gave_them(coded):
    codings = Store(coded / "warehouse").read(tables.CODINGS)
    of_anna = codings[codings["coder"] == "anna"]
    assert len(of_anna) == 50
    assert set(of_anna["code"]) == {"A1", "none"}
    assert of_anna["round"].value_counts().to_dict() == {"main": 45, "training": 5}


def test_agreement_decides_which_code_may_enter_a_model(coded):
    study, store = load_study(coded), Store(coded / "warehouse")
    figures = store.read(tables.AGREEMENT).set_index(["item", "code"])
    assert figures.loc[("", "A1"), "n_answers"] == 45
    assert figures.loc[("", "A1"), "verdict"] in ("accept", "tentative")
    assert figures.loc[("", "A2"), "verdict"] == "below"
    assert not refused_codes(study, store, study.models["acting"])
    assert set(refused_models(study)) == {"stopping"}
    refused = store.read(out.REFUSALS).set_index("model")["reason"]
    assert set(refused.index) == {"stopping"}
    assert "coders do not agree enough about the code A2 (INHIBIT)" in refused["stopping"]


def test_a_fit_by_hand_is_refused_with_the_reason_and_shown_is_allowed(coded):
    with pytest.raises(ModelDataError, match="may be shown, but not enter a model"):
        fit_now(load_study(coded), "stopping", [])
    assert Store(coded / "warehouse").read(core.analysis(load_study(coded)))["code_A2"].notna().any()


def test_a_coded_theme_is_a_variable_of_a_model(coded):
    fits = Store(coded / "warehouse").read(out.FITS).set_index("model")
    analysis = Store(coded / "warehouse").read(core.analysis(load_study(coded)))
    used = analysis.dropna(subset=["code_A1_story", "log_words_story", "trust"])
    assert fits.loc["acting", "n_obs"] == len(used) < 30


def test_coded_variables_have_titles_in_both_languages(coded):
    study = load_study(coded)
    titles = coded_titles(study)
    names = list(study.coding.variables())
    assert all(set(titles[name]) == {"en", "da"} for name in names)
    assert titles["code_A1"]["en"] == "FORWARD, any open question (An act that helps)"
    assert titles["code_A1"]["da"] == "FORWARD, ethvert åbent spørgsmål (An act that helps)"
    assert titles["log_words"]["da"] == "Naturlig logaritme af antal skrevne ord, ethvert åbent spørgsmål"
    assert set(titles_of(study)) >= set(names)
    in_pictures = titles_in_pictures(study, "da")
    assert {name: in_pictures[name] for name in names} == {name: titles[name]["da"] for name in names}


def test_codes_are_told_as_x_of_n_with_an_exact_interval(coded):
    shares = Store(coded / "warehouse").read(tables.SHARES).set_index(["item", "code"])
    of_story = Store(coded / "warehouse").read(core.analysis(load_study(coded)))["code_A1_story"].dropna()
    row = shares.loc[("story", "A1")]
    assert (row["n_with"], row["n"]) == (of_story.sum(), len(of_story))
    assert row["says"].startswith(f"{int(of_story.sum())} of {len(of_story)} (.")
    # Anna and bo differ about A1 in autumn-1, -11, -21 and -31, of which all tell a story and none gives a reason
    told = {("story", "A1"): (26, 4), ("reason", "A1"): (20, 0), ("", "A1"): (36, 4), ("", "A3"): (30, 0)}
    assert {key: (shares.loc[key, "n"], shares.loc[key, "n_undecided"]) for key in told} == told
    curve = Store(coded / "warehouse").read(tables.SATURATION)
    assert curve["n_codes"].is_monotonic_increasing
    assert curve["n_new"].sum() == curve["n_codes"].iloc[-1] == 1
    assert len(curve) == curve["n_respondents"].iloc[-1] == 40


def test_a_regression_of_few_people_is_refused_with_what_to_do_instead(coded):
    few = ["regressors=[code_A1_story, code_A1_reason]", "focal=code_A1_story"]
    with pytest.raises(ModelDataError, match=r"too few for a regression; expected at least 23, 20 more than .*x of n"):
        fit_now(load_study(coded), "acting", few)


def test_an_effect_of_fewer_than_thirty_organisations_says_so_in_its_result(coded):
    study, mean = load_study(coded), "{variable: teamwork, use: organisation_mean}"
    of_organisations = fit_now(study, "trust", [f"regressors=[{mean}]", f"focal={mean}"]).diagnostics
    of_people = fit_now(study, "trust", []).diagnostics
    found = [each.set_index("diagnostic").loc["n_organisations"] for each in (of_organisations, of_people)]
    assert [(row["value"], row["verdict"]) for row in found] == [(8, "look"), (8, "none")]
    assert found[0]["threshold"] == 30


def test_no_work_is_left_and_reading_twice_adds_nothing(coded):
    study = load_study(coded)
    now = progress(study)
    assert now.people["n_left"].sum() == 0
    assert now.n_undecided > 0
    assert set(read_sheets(study).values()) == {0}


def test_status_and_check_say_it_to_machines_and_people(coded):
    status = sensemaking("code", "status", coded, "--json").document
    assert {row["code"]: row["verdict"] for row in status["agreement"]}["A2"] == "below"
    assert set(status["refused_models"]) == {"stopping"}
    assert "the model stopping is refused: coders do not agree enough" in sensemaking("code", "status", coded).stdout
    assert "the model stopping will be refused: coders" in sensemaking("check", coded).stdout


def test_the_third_person_decides_without_knowing_who_said_what(own):
    study = load_study(own)
    before = progress(study).n_undecided
    assert write_adjudication(study) == {"codings/sheets/carl.csv": before}
    header = (own / "codings/sheets/carl.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert "codes_1,codes_2" in header
    assert not {"anna", "bo"} & set(header.split(","))
    fill(own, "carl", lambda row: "A1")
    kept = (own / "codings/anna.csv").read_bytes()
    read_sheets(study)
    assert progress(study).n_undecided == 0
    assert (own / "codings/anna.csv").read_bytes() == kept


def test_what_was_coded_is_never_replaced(own):
    fill(own, "anna", lambda row: "A2")
    before = (own / "codings/anna.csv").read_bytes()
    with pytest.raises(CodingError, match=r"codings/sheets/anna.csv: row \d+, column codes: .*what was coded stays"):
        read_sheets(load_study(own))
    assert (own / "codings/anna.csv").read_bytes() == before


def test_a_sheet_with_codes_that_were_not_read_is_not_written_over(own):
    (own / "codings/anna.csv").unlink()
    with pytest.raises(CodingError, match="holds codes of 50 answers that were not read yet"):
        write_sheets(load_study(own), recode=False)


def test_a_changed_definition_needs_a_version_and_fills_the_queue(own):
    path = own / "codings" / "acts.yaml"
    path.write_text(SCHEME.replace("An act that helps", "Any act"), encoding="utf-8")
    with pytest.raises(CodingError, match="A1 of acts means something else than when version 1 was handed out"):
        progress(load_study(own))
    changed = SCHEME.replace('version: "1"\ntitle', 'version: "2"\ntitle').replace("An act that helps", "Any act")
    changed = changed.replace("codes:\n", '  - {version: "2", because: wider, changed: [A1]}\ncodes:\n')
    changed = changed.replace('example: I did it.\n    version: "1"', 'example: I did it.\n    version: "2"')
    path.write_text(changed, encoding="utf-8")
    run_steps(own, reads_anew=False)
    study = load_study(own)
    waiting = queue(study)
    assert (len(waiting), set(waiting["code"]), set(waiting["reason"])) == (100, {"A1"}, {"changed"})
    assert waiting["was_given"].sum() == Store(study.warehouse).read(tables.CODINGS)["code"].eq("A1").sum()
    analysis = Store(study.warehouse).read(core.analysis(study))
    assert analysis["code_A1"].isna().all()
    assert analysis["code_A2"].notna().any()
    write_sheets(study, recode=True)
    for coder, codes_of in (("anna", by_anna), ("bo", by_anna)):
        fill(own, coder, codes_of)
    read_sheets(study)
    assert queue(study).empty


def test_an_erased_respondent_leaves_coding_files_and_sheets_too(own):
    study = load_study(own)
    response = "autumn_staff/autumn-6"
    files = [own / "codings" / name for name in ("anna.csv", "bo.csv", "sheets/anna.csv", "sheets/bo.csv")]
    assert all(f"{response}," in path.read_text(encoding="utf-8") for path in files)
    done = erase(study, Wanted(response, None), "asked")
    assert dict(done.codings) == {path.relative_to(own).as_posix(): 2 for path in files}
    assert not any(f"{response}," in path.read_text(encoding="utf-8") for path in files)
    assert response not in set(Store(study.warehouse).read(tables.CODINGS)["response_id"])


def test_a_coding_file_that_cannot_be_read_is_named_and_stops_no_erasure(own):
    (own / "codings" / "bo.csv").write_bytes(b"response_id,item\n\xff\xff,story\n")
    done = erase(load_study(own), Wanted("autumn_staff/autumn-6", None), "asked")
    assert dict(done.codings)["codings/anna.csv"] == 2
    assert any("look through codings/bo.csv by hand" in note for note in done.notes)


@pytest.mark.parametrize("name", ["codings.qdpx", "codings.csv", "codings.xlsx"])
def test_codings_go_out_to_another_program_and_come_back_as_they_were(own, tmp_path, name):
    study, file = load_study(own), tmp_path / name
    before = {coder: read_numbered_table(own / "codings" / f"{coder}.csv", "") for coder in ("anna", "bo")}
    export_codings(study, file, replace=False)
    with pytest.raises(UsageError, match="is there already"):
        export_codings(study, file, replace=False)
    assert set(import_codings(study, file).values()) == {0}
    for coder in before:
        (own / "codings" / f"{coder}.csv").unlink()
    import_codings(study, file)
    for coder, rows in before.items():
        again = read_numbered_table(own / "codings" / f"{coder}.csv", "")
        key = ["response_id", "item", "code"]
        pd.testing.assert_frame_equal(
            again.sort_values(key, ignore_index=True), rows.sort_values(key, ignore_index=True)
        )


def test_a_project_holds_screened_texts_and_names_no_response(own, tmp_path):
    study, file = load_study(own), tmp_path / "codings.qdpx"
    export_codings(study, file, replace=False)
    with zipfile.ZipFile(file) as archive:
        everything = "".join(archive.read(name).decode() + name for name in archive.namelist())
    assert "[email]" in everything
    assert "@example.org" not in everything
    assert "autumn-" not in everything
    path = own / "study.yaml"
    kept = 'privacy: {open_text: keep, because: "agreed"}\n'
    path.write_text(path.read_text(encoding="utf-8") + kept, encoding="utf-8")
    with pytest.raises(UsageError, match="only screened texts leave the study"):
        export_codings(load_study(own), tmp_path / "other.qdpx", replace=False)


def test_a_codebook_has_every_family_and_code(own, tmp_path):
    file = tmp_path / "acts.qdc"
    assert export_codings(load_study(own), file, replace=False) == 5
    families = read_codebook(file.read_bytes())
    assert [each.name for each in families] == ["A Acts", "X Technical", "NONE"]
    assert [each.name for each in families[0].children] == ["A1 FORWARD", "A2 INHIBIT", "A3 UNPROMPTED"]
    with pytest.raises(UsageError, match="a codebook holds no codings"):
        import_codings(load_study(own), file)


def test_what_another_program_changed_is_told(own, tmp_path):
    study = load_study(own)
    export_codings(study, tmp_path / "codings.qdpx", replace=False)
    with zipfile.ZipFile(tmp_path / "codings.qdpx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    changed = {name: text + b" and more" if name.endswith(".txt") else text for name, text in members.items()}
    for name, content in (("texts.qdpx", changed), ("empty.qdpx", {"other.txt": b"x"})):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member, text in content.items():
                archive.writestr(member, text)
    with pytest.raises(CodingError, match=r"texts.qdpx: the source 'reason \w{8}' has another text than the answer"):
        import_codings(study, tmp_path / "texts.qdpx")
    with pytest.raises(CodingError, match=r"there is no project\.qde in it"):
        import_codings(study, tmp_path / "empty.qdpx")
    (tmp_path / "broken.qdpx").write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(ReadingError):
        import_codings(study, tmp_path / "broken.qdpx")
    rows = "response_id,item,code,coder,scheme_version\nautumn_staff/autumn-1,story,A1,dora,1\n"
    (tmp_path / "rows.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(CodingError, match=r"rows\.csv, column coder: dora is nobody of the study"):
        import_codings(study, tmp_path / "rows.csv")


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("scheme: acts", "scheme: akts", "coding.scheme", "there is no coding scheme 'akts'; did you mean 'acts'?"),
        ("[story, reason]", "[storey]", "coding.items", "there is no item 'storey'; did you mean 'story'?"),
        ("[story, reason]", "[TW_1]", "coding.items", "'TW_1' is no open question"),
        ("adjudicator: carl", "adjudicator: Bo", "coding", "a person stands twice"),
    ],
)
def test_a_faulty_section_is_refused(tmp_path, old, new, place, said):
    folder = build_coded_study(tmp_path / "small")
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        load_study(folder)
    assert any(fault.place == place and said in fault.message for fault in refused.value.faults), refused.value


def test_a_faulty_scheme_is_not_blamed_on_the_models_that_name_its_codes(own):
    path = own / "codings" / "acts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"', 1), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        load_study(own)
    assert [fault.path.name for fault in refused.value.faults] == ["acts.yaml"]


def test_a_study_without_the_section_has_nothing_to_code(own):
    path = own / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("coding:")].replace(", acting, stopping]", "]"), encoding="utf-8")
    for name in ("acting", "stopping"):
        (own / "models" / f"{name}.yaml").unlink()
    with pytest.raises(UsageError, match="has no section coding"):
        progress(load_study(own))
