"""Files that arrive: whole ones start a run, half-written ones do not, whatever names and clocks say."""

import os
from pathlib import Path

import pytest

from pipelines.arrived import SETTLED_SECONDS, SURELY_SETTLED_SECONDS, Arrived, arrived
from pipelines.load import Study, load_study
from tests.small_study import build_small_study

NOW = 1_780_000_000.0
LOOK = 30.0


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return load_study(build_small_study(tmp_path / "small", waves=()))


def put(study: Study, name: str, size: int, time: float) -> Path:
    path = study.exports / name
    path.write_bytes(b"x" * size)
    os.utime(path, (time, time))
    return path


def is_whole(study: Study, before: Arrived, now: float) -> bool:
    return arrived(study, "autumn", now).is_whole(before.print_of)


def test_no_files_are_not_whole(study: Study):
    nothing = arrived(study, "autumn", NOW)
    assert nothing.newest is None
    assert not is_whole(study, nothing, NOW)


def test_a_file_counts_when_two_looks_find_it_the_same(study: Study):
    put(study, "autumn.csv", 10, NOW - SETTLED_SECONDS)
    first = arrived(study, "autumn", NOW)
    assert not first.is_whole("")
    assert is_whole(study, first, NOW + LOOK)


def test_a_file_that_grows_slowly_does_not_count_while_it_grows(study: Study):
    before, now = arrived(study, "autumn", NOW), NOW
    for step in range(1, 20):
        now = NOW + step * LOOK
        put(study, "autumn.csv", step * 10, now - 20)  # a write every half minute, longer ago than a settled file's
        assert not is_whole(study, before, now)
        before = arrived(study, "autumn", now)
    assert is_whole(study, before, now + LOOK)


def test_a_file_that_grows_while_its_time_is_kept_does_not_count_unless_it_is_old(study: Study):
    put(study, "autumn.csv", 10, NOW - 100)
    before = arrived(study, "autumn", NOW)
    put(study, "autumn.csv", 20, NOW - 100)
    assert not is_whole(study, before, NOW + LOOK)


def test_a_file_that_was_just_written_to_does_not_count_though_it_was_the_same_before(study: Study):
    put(study, "autumn.csv", 10, NOW - 1)
    assert not arrived(study, "autumn", NOW).is_whole(arrived(study, "autumn", NOW).print_of)


@pytest.mark.parametrize("ahead", [60.0, 86_400.0 * 365])
def test_a_file_whose_clock_is_ahead_counts_when_two_looks_find_it_the_same(study: Study, ahead: float):
    put(study, "autumn.csv", 10, NOW + ahead)
    before = arrived(study, "autumn", NOW)
    assert not before.is_whole("")
    assert is_whole(study, before, NOW + LOOK)


def test_an_old_file_that_gets_its_name_when_it_is_whole_counts_at_the_first_look(study: Study):
    unfinished = put(study, "autumn.csv.part", 10, NOW - SURELY_SETTLED_SECONDS)
    assert not arrived(study, "autumn", NOW).is_whole("")
    unfinished.rename(study.exports / "autumn.csv")
    assert arrived(study, "autumn", NOW).is_whole("")


@pytest.mark.parametrize(
    "name",
    [".autumn.csv.Xk3f9Q", "autumn.csv.part", "autumn.csv.tmp", "autumn.csv.filepart", "autumn.csv.crdownload",
     "autumn.csv.download", "autumn.csv.partial", "~$autumn.csv"],
)  # fmt: skip
def test_names_that_programs_give_to_unfinished_files_are_left_alone(tmp_path: Path, name: str):
    folder = build_small_study(tmp_path / "small", waves=())
    spec = folder / "study.yaml"
    spec.write_text(spec.read_text().replace("files: autumn*.csv", 'files: "*autumn*"'))
    study = load_study(folder)
    put(study, name, 10, NOW - SURELY_SETTLED_SECONDS)
    assert arrived(study, "autumn", NOW).print_of == ""
