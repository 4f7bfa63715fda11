"""A response without an id is erased by its place: whenever the erasure is killed, the right one and nobody else."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from instruments.faults import UsageError
from pipelines.assets.erased import notes
from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import Erasure, erase
from pipelines.commands.reruns import rerun
from pipelines.load import load_study
from pipelines.store import Store
from pipelines.tables import core, out
from pipelines.tables.erasures import ERASED, ERASURES
from tests.run_steps import bring_up_to_date
from tests.small_study import answers, build_small_study, write_export

pytestmark = pytest.mark.slow

FITTED = {"out/fits/trust"}
CHANGES = ("write", "keep_rows", "keep_file", "rename_file", "remove_kept", "delete_people", "write_afresh")
N_CHANGES = 12
IS_MARKED = 1
RUN_AFTER_EVEN_ONES = [(change, change % 2 == 0) for change in range(N_CHANGES)]
RUN_AFTER_ODD_ONES = [(change, change % 2 == 1) for change in range(IS_MARKED + 1, N_CHANGES)]
EVERYONE = set(range(1, 41))


class KilledError(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_ids(tmp_path_factory.mktemp("rows") / "small", identifiers="")


@pytest.fixture(scope="module")
def finished_with_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_ids(tmp_path_factory.mktemp("keys") / "small", identifiers="respondent_key: id, ")


def without_ids(folder: Path, identifiers: str) -> Path:
    """Build one wave without ids of responses, in which person k has worked there for k years."""
    build_small_study(folder, waves=("autumn",))
    specification = folder / "study.yaml"
    text = specification.read_text(encoding="utf-8").replace("response_id: id, ", identifiers)
    specification.write_text(text, encoding="utf-8")
    rows = answers("autumn").assign(tenure=[str(number) for number in sorted(EVERYONE)], TW_2="Agree", TR_1="Agree")
    write_export(folder, "autumn.csv", rows)
    bring_up_to_date(folder, FITTED)
    return folder


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "small"))


@pytest.fixture
def keyed(finished_with_keys: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished_with_keys, tmp_path / "small"))


@contextmanager
def killed_before(change: int) -> Iterator[None]:
    """Kill whoever begins the change of this number in the warehouse, counted from 0."""
    begun = iter(range(change + 1))

    def counted(name: str) -> Callable[..., object]:
        own = getattr(Store, name)

        def call(store: Store, *args: object, **how: object) -> object:
            if next(begun, change) == change:
                raise KilledError
            return own(store, *args, **how)

        return call

    with ExitStack() as patches:
        for name in CHANGES:
            patches.enter_context(patch.object(Store, name, counted(name)))
        yield


def erase_row(study: Path, number: int) -> Erasure:
    return erase(load_study(study), Wanted(f"autumn_staff/row-{number}", None), "asked")


def erase_person(study: Path, number: int) -> Erasure:
    return erase(load_study(study), Wanted(None, f"autumn-{number}"), "asked")


def people_of_fits(study: Path) -> list[set[int]]:
    """Return whose answers are behind each fit that was ever recorded, by their years."""
    store = Store(study / "warehouse")
    newer = dict(store.read(ERASURES)[["old_sha256", "new_sha256"]].itertuples(index=False, name=None))
    names = set(store.read(out.FITS)["data_hash"])
    kept = {Path(file).stem for file in store.kept_names("data")}
    while names - kept:
        names = {name if name in kept else newer[name] for name in names}
    return [set(store.kept_rows(name)["tenure"].astype(int)) for name in names]


def check_gone(study: Path, *gone: int) -> None:
    """Check that the answers of some people are nowhere in the warehouse, and those of everyone else everywhere."""
    left = EVERYONE - set(gone)
    store = Store(study / "warehouse")
    kept = [store.kept_file(name).read_text(encoding="utf-8") for name in store.kept_names("raw")]
    assert [{number for number in EVERYONE if f"autumn-{number}," in text} for text in kept] == [left]
    assert all(each == left for each in people_of_fits(study))
    every = [store.kept_rows(Path(file).stem)["tenure"].astype(int) for file in store.kept_names("data")]
    assert all(set(each) == left for each in every)


def check_tables(study: Path, *gone: int) -> None:
    loaded, store = bring_up_to_date(study, FITTED)
    assert set(store.read(core.answers(loaded))["tenure"].astype(int)) == EVERYONE - set(gone)
    assert len(store.read(core.RESPONSES)) == len(EVERYONE) - len(gone)
    assert store.read(ERASED)["is_finished"].all()


@pytest.mark.parametrize("has_run", [False, True])
@pytest.mark.parametrize("change", range(N_CHANGES))
def test_an_erasure_killed_at_any_moment_takes_nobody_else(study: Path, change: int, has_run: bool):
    check_killed(study, change, has_run=has_run)


def test_an_erasure_makes_no_other_changes(study: Path):
    with killed_before(N_CHANGES):
        erase_row(study, 8)


def check_killed(study: Path, change: int, *, has_run: bool) -> None:
    """Kill an erasure before one of its changes, run the study or not, erase again and check who is gone."""
    with killed_before(change), pytest.raises(KilledError):
        erase_row(study, 8)
    if has_run:
        loaded, store = bring_up_to_date(study, FITTED)
        if change > IS_MARKED:
            assert 7 not in set(store.read(core.answers(loaded))["tenure"].astype(int))
            assert any("stopped before it ended" in note for note in notes(loaded, store))
    erase_row(study, 8)
    check_gone(study, 7)
    check_tables(study, 7)
    check_gone(study, 7)


def test_a_second_erasure_takes_the_right_person_out_of_fits_made_before_rows_moved_up(study: Path):
    erase_row(study, 8)
    bring_up_to_date(study, FITTED)
    erase_row(study, 8)
    check_gone(study, 7, 8)
    check_tables(study, 7, 8)
    erase_row(study, 20)
    check_gone(study, 7, 8, 21)
    check_tables(study, 7, 8, 21)
    fits = Store(study / "warehouse").read(out.FITS).query("variant == 'main'").sort_values("fitted_at")
    told = [rerun(load_study(study), name) for name in fits["fit_id"]]
    assert [each.erased.partition(" ")[0] for each in told] == ["3", "2", "1", ""]
    assert told[-1].verdict == "identical"


def test_rows_that_moved_up_are_not_erased_by_numbers_of_before_the_erasure(study: Path):
    erase_row(study, 8)
    again = erase_row(study, 8)
    assert (again.n_responses, again.files, again.fit_rows, again.deleted) == (0, [], [], {})
    with pytest.raises(UsageError, match="moved up"):
        erase_row(study, 9)
    check_gone(study, 7)
    check_tables(study, 7)


def test_while_an_erasure_is_stopped_no_other_row_is_erased_by_its_number(study: Path):
    with killed_before(N_CHANGES - 3), pytest.raises(KilledError):
        erase_row(study, 8)
    with pytest.raises(UsageError, match="stopped"):
        erase_row(study, 9)
    erase_row(study, 8)
    check_gone(study, 7)


@pytest.mark.parametrize(
    ("wanted", "gone"), [(Wanted(None, "autumn-7"), {7}), (Wanted("autumn_staff/row-8", None), set())]
)
def test_in_a_newer_export_no_run_has_read_only_the_key_tells_who_it_is(study: Path, wanted: Wanted, gone: set[int]):
    specification = study / "study.yaml"
    text = specification.read_text(encoding="utf-8").replace("identifiers: {", "identifiers: {respondent_key: id, ")
    specification.write_text(text, encoding="utf-8")
    bring_up_to_date(study, {"core/responses"})
    rows = answers("autumn").assign(tenure=[str(number) for number in sorted(EVERYONE)])
    write_export(study, "autumn.csv", rows.iloc[::-1])
    loaded = load_study(study)
    kept = Store(loaded.warehouse).kept_names("raw")
    told = erase(loaded, wanted, "asked")
    assert [(old, n) for old, _, n in told.files] == [(name, 1) for name in kept]
    assert people_of_fits(study)[0] == EVERYONE - {7}
    loaded, store = bring_up_to_date(study, {"core/responses"})
    assert set(store.read(core.answers(loaded))["tenure"].astype(int)) == EVERYONE - gone


@pytest.mark.parametrize(("change", "has_run"), RUN_AFTER_EVEN_ONES)
def test_the_erasure_of_a_person_without_ids_killed_at_any_moment_takes_nobody_else(
    keyed: Path, change: int, has_run: bool
):
    check_person_killed(keyed, change, has_run=has_run)


def check_person_killed(study: Path, change: int, *, has_run: bool) -> None:
    """Kill the erasure of a person before one of its changes, run the study or not, and erase the person again."""
    with killed_before(change), pytest.raises(KilledError):
        erase_person(study, 7)
    if has_run:
        bring_up_to_date(study, FITTED)
    erase_person(study, 7)
    check_gone(study, 7)
    check_tables(study, 7)
    check_gone(study, 7)


@pytest.mark.parametrize(
    ("change", "has_run"), [(change, change % 2 == 1) for change in range(IS_MARKED + 1, N_CHANGES)]
)
def test_whenever_an_erasure_is_stopped_nobody_without_an_id_is_erased(keyed: Path, change: int, has_run: bool):
    check_next_person(keyed, change, has_run=has_run)


def check_next_person(study: Path, change: int, *, has_run: bool) -> None:
    """Kill the erasure of a row, run the study or not, and ask for another person before and after it is finished."""
    with killed_before(change), pytest.raises(KilledError):
        erase_row(study, 8)
    if has_run:
        bring_up_to_date(study, FITTED)
    with pytest.raises(UsageError, match="stopped"):
        erase_person(study, 20)
    erase_row(study, 8)
    check_gone(study, 7)
    erase_person(study, 20)
    check_gone(study, 7, 20)
    check_tables(study, 7, 20)


def test_people_without_ids_are_erased_one_after_the_other_without_a_run_between(keyed: Path):
    for number in (7, 20, 21, 2):
        erase_person(keyed, number)
    check_gone(keyed, 2, 7, 20, 21)
    check_tables(keyed, 2, 7, 20, 21)
