"""A response or person is taken out of everything the software keeps, stays out, and nothing else changes."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from instruments.faults import UsageError
from pipelines.assets.erased import notes
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.commands.fits import recorded_fits
from pipelines.commands.reruns import rerun
from pipelines.load import load_study
from pipelines.store import Store
from pipelines.tables import core, raw
from pipelines.tables.erasures import ERASED, ERASURES
from tests.command_line import content_hashes, done, sensemaking, table
from tests.panel_study import TOKEN, build_panel_study, frame, people
from tests.run_steps import bring_up_to_date
from tests.small_study import write_export

PLANTED = "the planted remark of one person"
READ = {"core/responses", "core/sampled_units", "core/links"}


def with_person(folder: Path) -> Path:
    """Write a study in which person 7 said something that nobody else said."""
    build_panel_study(folder, framed=True)
    for wave in ("autumn", "spring"):
        table = people(wave)
        table.loc[6, "remark"] = PLANTED
        write_export(folder, f"{wave}.csv", table)
    return folder


def without_person(folder: Path) -> Path:
    """Write the same study without person 7."""
    with_person(folder)
    for wave in ("autumn", "spring"):
        path = folder / "exports" / f"{wave}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:7] + lines[8:]), encoding="utf-8")
    units = frame(("autumn", "spring"))
    units[units["unit_id"] != TOKEN.format(7)].to_csv(folder / "frame.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = with_person(tmp_path_factory.mktemp("finished") / "small")
    bring_up_to_date(folder)
    return folder


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "small"))


def is_anywhere(folder: Path, *texts: str) -> list[str]:
    return [
        f"{path.name}: {text}"
        for path in sorted((folder / "warehouse").rglob("*"))
        if path.is_file()
        for text in texts
        if text.encode() in path.read_bytes()
    ]


@pytest.mark.slow
def test_a_person_is_gone_from_every_byte_and_the_next_run_is_as_if_they_had_never_been_there(
    study: Path, tmp_path: Path
):
    assert is_anywhere(study, PLANTED)
    fit = recorded_fits(load_study(study)).query("variant == 'main'").iloc[0]["fit_id"]
    told = done(
        sensemaking("erase", study, "--person", TOKEN.format(7), "--because", "asked on 3 May", "--json")
    ).document
    assert told["n_responses"] == 2
    assert [n for _, _, n in told["files"]] == [1, 1]
    assert len(told["fit_rows"]) == 1
    assert told["still_held"] == ["exports/autumn.csv: 1 row", "exports/spring.csv: 1 row", "frame.csv: 2 rows"]
    assert is_anywhere(study, PLANTED, TOKEN.format(7), "autumn-7,", "spring-7,", "staff/autumn-7\x00") == []
    for name in ("core.responses", "core.answers", "core.open_answers", "core.analysis", "core.links"):
        assert not table(study, name)["response_id"].str.endswith("-7").any()
    erasures = table(study, "raw.erasures")
    assert sorted(erasures["kind"]) == ["export", "export", "fit_rows"]
    assert set(erasures["because"]) == {"asked on 3 May"}
    refitted = rerun(load_study(study), fit)
    assert refitted.verdict == "not_reproducible"
    assert refitted.erased == f"2 responses erased on {erasures['erased_at'].iloc[0]:%Y-%m-%d}"
    assert 0 < refitted.largest_difference < 1
    bring_up_to_date(study)
    never = without_person(tmp_path / "never" / "small")
    bring_up_to_date(never)
    of_fits = {"out.fits", "out.estimates", "out.diagnostics", "out.readings", "out.joint_tests", "out.curves"}
    assert differing(content_hashes(study), content_hashes(never)) == of_fits
    assert is_anywhere(study, PLANTED, TOKEN.format(7)) == []
    assert recorded_fits(load_study(study)).query("is_current").shape[0] == 2


def differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_a_later_export_that_still_holds_the_person_is_read_without_them(study: Path):
    erase(load_study(study), Wanted("autumn_staff/autumn-7", None), "asked")
    more = people("autumn", n_responses=45)
    more.loc[6, "remark"] = PLANTED
    write_export(study, "autumn.csv", more)
    loaded, store = bring_up_to_date(study, READ)
    responses = store.read(core.RESPONSES)
    assert (responses["wave"] == "autumn").sum() == 44
    assert "autumn_staff/autumn-7" not in set(responses["response_id"])
    assert "spring_staff/spring-7" in set(responses["response_id"])
    autumn = next(path for path in (study / "warehouse" / "raw").iterdir() if b"autumn-8" in path.read_bytes())
    assert PLANTED.encode() not in autumn.read_bytes()
    assert store.read(raw.CONSERVATION).query("wave == 'autumn'")["n_cells"].eq(44).all()
    assert list(notes(loaded, store)) == [
        "exports/autumn.csv still holds 1 row of people who were erased, left out of this run"
    ]


def test_a_second_call_finds_nothing_more_and_ends_well(study: Path):
    loaded = load_study(study)
    erase(loaded, Wanted("autumn-7", None), "asked")
    again = erase(loaded, Wanted("autumn-7", None), "asked")
    assert (again.n_responses, again.files, again.deleted) == (0, [], {})
    marks = Store(loaded.warehouse).read(ERASED)
    assert marks["kind"].tolist() == ["response"]
    assert marks["is_finished"].all()


@pytest.mark.slow
def test_rows_without_an_id_are_erased_by_their_place_and_stay_out(study: Path):
    specification = study / "study.yaml"
    text = (
        specification.read_text(encoding="utf-8")
        .replace("response_id: id, ", "")
        .replace("respondent_key: token", "started_at: day")
    )
    text = text.replace("frame: {file: frame.csv, because: a list of everyone}\n", "")
    specification.write_text(text, encoding="utf-8")
    for wave in ("autumn", "spring"):
        write_export(study, f"{wave}.csv", people(wave).assign(day="2026-01-01"))
    loaded, store = bring_up_to_date(study, READ)
    for _ in ("the seventh", "the eighth, which has moved up"):
        erase(loaded, Wanted("autumn_staff/row-8", None), "asked")
        bring_up_to_date(study, READ)
    responses = store.read(core.RESPONSES)
    autumn = responses[responses["wave"] == "autumn"]
    assert autumn["response_id"].tolist()[:2] == ["autumn_staff/row-10", "autumn_staff/row-11"]
    assert len(autumn) == 38
    kept = store.read(raw.FILES).query("wave == 'autumn'")["file_sha256"].iloc[0]
    text = (study / "warehouse" / "raw" / kept).read_text(encoding="utf-8")
    assert [f"autumn-{number}," in text for number in (6, 7, 8, 9)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        (
            Wanted("autumn_staff/nobody", None),
            ("no response 'autumn_staff/nobody'", "2 kept files", "nothing was changed"),
        ),
        (Wanted(None, "someone@example.org"), ("no such person", "exports")),
        (Wanted(None, None), ("--response ID or --person KEY",)),
        (Wanted("a", "b"), ("--response ID or --person KEY",)),
    ],
)
def test_whoever_is_nowhere_is_said_to_be_nowhere_without_their_key(
    finished: Path, wanted: Wanted, parts: tuple[str, ...]
):
    with pytest.raises(UsageError) as told:
        erase(load_study(finished), wanted, "asked")
    for part in parts:
        assert part in str(told.value)
    assert "someone@" not in str(told.value)


def test_marks_tell_nobody_who_was_erased(study: Path):
    loaded = load_study(study)
    erase(loaded, Wanted(None, TOKEN.format(7)), "asked")
    store = Store(loaded.warehouse)
    marks = store.read(ERASED)
    assert sorted(marks["kind"]) == ["person", "response", "response"]
    assert marks["mark"].str.fullmatch("[0-9a-f]{32}").all()
    assert isinstance(store.read(ERASURES), pd.DataFrame)


@pytest.mark.slow
def test_earlier_files_are_rewritten_and_equal_ids_of_another_source_are_somebody_else(study: Path):
    for wave in ("autumn", "spring"):
        rows = people(wave)
        write_export(study, f"{wave}.csv", rows.assign(id=range(1, 41), tenure="1"))
    bring_up_to_date(study, READ)
    for wave in ("autumn", "spring"):
        write_export(study, f"{wave}.csv", people(wave).assign(id=range(1, 41), tenure="2"))
    loaded, store = bring_up_to_date(study, READ)
    assert len(store.kept_names("raw")) == 6
    told = erase(loaded, Wanted("autumn_staff/7", None), "asked")
    assert [n for _, _, n in told.files] == [1, 1]
    _, store = bring_up_to_date(study, READ)
    kept = store.read(core.RESPONSES)["response_id"]
    assert set(kept) >= {"spring_staff/7", "autumn_staff/8"}
    assert "autumn_staff/7" not in set(kept)
    told = erase(loaded, Wanted(None, TOKEN.format(9)), "asked")
    assert len(told.files) == 6
    assert is_anywhere(study, TOKEN.format(9)) == []
    _, store = bring_up_to_date(study, READ)
    assert len(store.read(core.RESPONSES)) == 77


def test_deleted_rows_stay_in_the_pages_of_the_old_database_file_and_not_in_the_new_one(study: Path):
    store = Store(study / "warehouse")
    store.delete_people({"autumn_staff/autumn-7", "spring_staff/spring-7"}, set())
    assert any(where.startswith("study.duckdb") for where in is_anywhere(study, PLANTED))
    store.write_afresh()
    assert not any(where.startswith("study.duckdb") for where in is_anywhere(study, PLANTED))
    assert content_hashes(study)
