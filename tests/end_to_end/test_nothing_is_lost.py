"""Waves, exports and lists of invited units that come, go or contradict each other: nothing is lost without a word."""

from pathlib import Path

import pandas as pd
import pytest

from tests.command_line import done, sensemaking, state_of, table
from tests.small_study import answers, build_small_study, write_export


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def error_of(*arguments: object) -> dict:
    return sensemaking(*arguments, "--json").document["error"]


def test_study_whose_second_wave_has_not_begun_is_released(tmp_path: Path):
    study = build_small_study(tmp_path / "small", waves=("autumn",))
    document = done(sensemaking("run", study, "--json")).document
    assert "wave spring has no exports yet" in document["warnings"]
    assert done(sensemaking("release", study, "--sign-off", "Test", "--json")).document["release"] == 1


def test_wave_whose_exports_are_gone_is_named_and_nothing_is_changed(study: Path):
    before = state_of(study)
    (study / "exports" / "spring.csv").unlink()
    error = error_of("run", study)
    assert error["exit_code"] == 1
    assert "source spring_staff of wave spring" in error["message"]
    assert error_of("release", study, "--sign-off", "Test")["exit_code"] == 1
    assert state_of(study) == before


@pytest.mark.slow
def test_responses_that_no_export_holds_any_more_are_counted_aloud(study: Path):
    write_export(study, "autumn2.csv", answers("autumn", first=101, n_responses=20))
    done(sensemaking("run", study))
    (study / "exports" / "autumn2.csv").unlink()
    warnings = done(sensemaking("run", study, "--json")).document["warnings"]
    assert any("wave autumn: 20 responses that were read before are in no export any more" in each for each in warnings)


def test_several_files_of_responses_without_an_id_are_refused(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    edit(study / "study.yaml", "{response_id: id, organisation_id: organisation}", "{organisation_id: organisation}")
    write_export(study, "autumn2.csv", answers("autumn", first=101, n_responses=30))
    error = error_of("run", study)
    assert error["exit_code"] == 1
    assert "several files but no response id" in error["message"]


def test_blank_ids_of_two_files_are_not_taken_for_each_other(tmp_path: Path):
    study = build_small_study(tmp_path / "small", waves=("autumn",))
    for name, first in (("autumn.csv", 1), ("autumn2.csv", 101)):
        answered = answers("autumn", first=first, n_responses=40)
        answered.loc[0, "id"] = ""
        write_export(study, name, answered)
    done(sensemaking("run", study))
    assert len(table(study, "core.responses")) == 80


def frame(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit_id", "wave", "respondent_group"]).assign(organisation_id="O1")


def with_frame(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    study = build_small_study(folder / "small")
    edit(study / "study.yaml", "organisation_id: organisation}", "organisation_id: organisation, respondent_key: id}")
    (study / "study.yaml").write_text((study / "study.yaml").read_text() + "frame: {file: frame.csv}\n")
    frame(rows).to_csv(study / "frame.csv", index=False)
    return study


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(
            [("autumn-1", "autumn", "FRL"), ("autumn-2", "Autumn", "FRL")],
            ("row 3", "no wave 'Autumn'", "autumn, spring"),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            [("autumn-1", "autumn", "frl")], ("row 2", "no respondent_group 'frl'", "FRL"), marks=pytest.mark.slow
        ),
        ([("u1", "autumn", "FRL"), ("u2", "autumn", "FRL")], ("of 40 responses, none has a", "respondent_key")),
    ],
)
def test_list_of_invited_that_contradicts_the_study_is_refused(tmp_path: Path, rows, told):
    error = error_of("run", with_frame(tmp_path, rows))
    assert error["exit_code"] == 1
    assert all(part in error["message"] for part in ("frame.csv", *told))


@pytest.mark.slow
def test_waves_outside_the_list_of_invited_keep_their_counts_and_strangers_are_counted(tmp_path: Path):
    study = with_frame(tmp_path, [(f"autumn-{number}", "autumn", "FRL") for number in range(5, 105)])
    warnings = done(sensemaking("run", study, "--json")).document["warnings"]
    assert "wave autumn, FRL: 4 responses are of nobody in the list of invited" in warnings
    rates = table(study, "out.response_rates").set_index("wave")
    assert rates.loc["autumn", "n_invited"] == 100
    assert rates.loc["autumn", "response_rate_2"] == pytest.approx(0.36)
    assert rates.loc["spring", "n_complete"] == 40
    assert pd.isna(rates.loc["spring", "response_rate_2"])


@pytest.mark.slow
def test_damaged_kept_file_is_noticed_and_mended_from_the_export(study: Path):
    sha256 = table(study, "raw.files").set_index("file_name").loc["autumn.csv", "file_sha256"]
    kept = study / "warehouse" / "raw" / sha256
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:900])
    edit(study / "instruments" / "teamwork.yaml", "We plan together.", "We plan things together.")
    done(sensemaking("run", study))
    assert len(table(study, "core.responses").query("wave == 'autumn'")) == 40


def test_one_wave_after_a_change_of_the_instrument_leaves_the_answers_of_the_other(study: Path):
    for wave in ("autumn",):
        answered = answers(wave).rename(columns={"TW_1": "TW_9"})
        write_export(study, f"{wave}.csv", answered)
    before = table(study, "core.answers").query("wave == 'spring'")["TW_1"].tolist()
    instrument = study / "instruments" / "teamwork.yaml"
    instrument.write_text(instrument.read_text().replace("TW_1", "TW_9"))
    done(sensemaking("run", study, "--wave", "autumn"))
    assert table(study, "core.answers").query("wave == 'spring'")["TW_1"].tolist() == before


def test_fit_by_hand_refuses_data_that_are_out_of_date(study: Path):
    write_export(study, "autumn2.csv", answers("autumn", first=101, n_responses=20))
    error = error_of("fit", study, "trust")
    assert error["exit_code"] == 1
    assert "run the study first" in error["message"]


def test_model_that_the_data_cannot_carry_is_told_and_blocks_nothing_else(study: Path):
    edit(study / "study.yaml", "models: [trust]", "models: [trust, constant]")
    model = (study / "models" / "trust.yaml").read_text().replace("name: trust", "name: constant", 1)
    model = model.replace(
        "regressors: [teamwork, tenure]", "regressors: [teamwork, {variable: language, use: category}]"
    )
    (study / "models" / "constant.yaml").write_text(model)
    warnings = done(sensemaking("run", study, "--json")).document["warnings"]
    assert any("the model constant (main) was not estimated" in each and "one category" in each for each in warnings)
    assert done(sensemaking("run", study, "--json")).document["nothing_new"] is True
    assert "constant" in str(
        done(sensemaking("release", study, "--sign-off", "Test", "--json")).document["withheld_fits"]
    )


def test_wave_without_a_source_is_a_fault(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    edit(study / "study.yaml", "  spring: {title: {en: Spring}}", "  spring: {title: {en: Spring}}\n  winter: {}")
    error = error_of("check", study)
    assert error["exit_code"] == 2
    assert "no source belongs to wave 'winter'" in error["message"]
