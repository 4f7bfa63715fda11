"""``sensemaking erase``: a response or a person is taken out of everything the software keeps, on request.

The order lets a second call finish what a killed one began: what was found is marked first; rows of fits are rewritten
while the files still tell whose they are, files while the tables still do, then rows are deleted, then the database is
written afresh.
"""

import datetime as dt
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from instruments.counted import counted
from instruments.faults import UsageError
from models.origin import data_hash
from pipelines.assets.coding_files import take_out
from pipelines.assets.erased import record_rewritten, write_rest
from pipelines.assets.moved_rows import TakenOut, moved
from pipelines.assets.pseudonyms import check_keys
from pipelines.assets.whereabouts import Wanted, Whereabouts, accepted_as, find
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.pulling.erased import take_out_of_pulled
from pipelines.steps.others_behind import holds_answers_of
from pipelines.steps.pseudonyms import normalised_key
from pipelines.store import Store, Write
from pipelines.tables import out
from pipelines.tables.erasures import ERASED, ERASURES
from pipelines.tables.relations import DYADS
from pipelines.team_tables import TeamTableError, read_team_table

Rewritten = tuple[str, str, int]


@dataclass
class Erasure:
    """What an erasure did.

    Attributes:
        n_responses: Responses erased from the tables.
        files: Old hash, new hash and rows taken out of every kept file that was rewritten.
        fit_rows: The same of the rows of fits.
        pulled: Export that was pulled → rows taken out.
        codings: Coding file or sheet → rows taken out.
        deleted: Table → rows deleted.
        still_held: What of the team's own still holds them, which the software never changes.
        notes: What a person should know.
    """

    n_responses: int = 0
    files: list[Rewritten] = field(default_factory=list[Rewritten])
    fit_rows: list[Rewritten] = field(default_factory=list[Rewritten])
    pulled: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    codings: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    deleted: dict[str, int] = field(default_factory=dict[str, int])
    still_held: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])


def erase(study: Study, wanted: Wanted, because: str, on_wait: Waiting = no_message) -> Erasure:
    """Erase a response or a person.

    Args:
        study: The study.
        wanted: Who.
        because: Why, for the record.
        on_wait: Told whom a second run waits for.

    Raises:
        UsageError: When nothing of them is found.
    """
    if (wanted.response is None) == (wanted.person is None) or not because.strip():
        raise UsageError("say who and why: --response ID or --person KEY, and --because TEXT")
    store = Store(study.warehouse)
    if not store.database.exists():
        raise UsageError(f"there is nothing in {study.warehouse} yet; take the rows out of exports/ by hand")
    with (
        exclusive(study.warehouse / "pull.lock", "sensemaking erase", on_wait),
        exclusive(study.warehouse / "run.lock", "sensemaking erase", on_wait),
    ):
        store.clear_staging()
        check_keys(study, store)
        with store.staging() as folder:
            found = find(study, store, wanted, folder)
            done = _erase(study, store, found, because, folder)
    done.still_held = list(still_held(study, wanted, found, {name for name, _ in done.pulled}))
    return done


def still_held(study: Study, wanted: Wanted, found: Whereabouts, rewritten: Set[str]) -> Iterator[str]:
    """List what of the team's own still holds somebody: exports, the frame, the contact log, decisions.

    Args:
        study: The study.
        wanted: Who.
        found: Where they were found.
        rewritten: Exports that hold them no more.
    """
    is_theirs = ~found.rows["is_kept"].astype(bool) & ~found.rows["file_name"].isin(rewritten)
    exported = found.rows[is_theirs]
    for name, n in exported.drop_duplicates(["file_name", "row_number"]).groupby("file_name").size().items():
        yield f"exports/{name}: {counted(n, 'row')}"
    spec = study.spec
    lists = [each.file for each in (spec.frame, spec.contact_log) if each is not None]
    lists += [spec.linking.decisions] if spec.linking.decisions else []
    texts = {normalised_key(wanted.person)} if wanted.person is not None else set(found.responses)
    texts |= {str(key) for key in found.rows["respondent_key"].dropna()}
    for name in lists:
        yield from _still_listed(study.folder / name, texts)
    reports = study.folder / "reports"
    if reports.is_dir() and any(reports.iterdir()):
        yield "reports/: made before this erasure; look through them"


def _still_listed(path: Path, texts: set[str]) -> Iterator[str]:
    """Say how many rows of a list hold somebody; of one that cannot be read, that nobody knows."""
    try:
        cells = read_team_table(path, "list")
    except TeamTableError as error:
        yield f"{error}. Look through it by hand"
        return
    n = int(cells.map(normalised_key).isin(texts).any(axis=1).sum())
    if n:
        yield f"{path.name}: {counted(n, 'row')}"


def _erase(study: Study, store: Store, found: Whereabouts, because: str, folder: Path) -> Erasure:
    since = _record(store, found, because, is_finished=False)
    done = Erasure(n_responses=len(found.responses))
    rests = [_rest(study, store, rows, folder) for _, rows in _kept(found).groupby("file_sha256")]
    done.fit_rows = list(_rewrite_fit_rows(store, found, rests, (since, because)))
    done.files = list(_rewrite_files(store, rests, because, folder))
    done.pulled = list(take_out_of_pulled(study, store, because, folder))
    done.codings, unread = take_out(study, found.responses)
    done.deleted = dict(store.delete_people(found.responses, found.people))
    store.write_afresh()
    _record(store, found, because, is_finished=True)
    done.notes = [*unread, *_notes(found)]
    return done


def _record(store: Store, found: Whereabouts, because: str, *, is_finished: bool) -> pd.Timestamp:
    """Mark what is erased; return when it was begun, which is earlier than now when it was stopped before."""
    known = store.read(ERASED)
    now = pd.Timestamp(dt.datetime.now(dt.UTC))
    is_same = known["request"] == found.request
    stopped = known.loc[is_same & ~known["is_finished"].astype(bool), "erased_at"]
    new = [
        {"mark": mark, "kind": kind, "request": found.request, "erased_at": now, "because": because}
        for mark, kind in found.marks.items()
        if mark not in set(known["mark"])
    ]
    # A row number is asked for anew when rows have moved up to it: what was taken out of its place then is finished.
    is_meant = is_same & ((known["kind"] != "row") | is_finished)
    known["is_finished"] = known["is_finished"].mask(is_meant, other=is_finished)
    added = ERASED.typed(pd.DataFrame(new, columns=list(ERASED.columns)).assign(is_finished=is_finished))
    rows = pd.concat([known, added], ignore_index=True)
    store.write([Write(ERASED, rows)], input_hash="", run_id="")
    return min([now, *stopped])


def _kept(found: Whereabouts) -> pd.DataFrame:
    return found.rows[found.rows["is_kept"].astype(bool)]


def _rest(study: Study, store: Store, rows: pd.DataFrame, folder: Path) -> TakenOut:
    """Write what is left of a kept file into the private folder."""
    first = rows.iloc[0]
    old, numbers = str(first["file_sha256"]), frozenset(rows["row_number"].astype(int))
    target = _place(folder, old)
    write_rest(study, str(first["source"]), store.kept_file(old), numbers, target)
    specs = study.sources()
    names = [str(name) for name in accepted_as(store, old)["source"] if name in specs]
    sources = frozenset(specs[name].repeats_of or name for name in names)
    return TakenOut(old, file_sha256(target), numbers, sources, bool(first["is_current"]))


def _place(folder: Path, old: str) -> Path:
    return folder / f"rest-{old}"


def _rewrite_fit_rows(
    store: Store, found: Whereabouts, rests: list[TakenOut], begun: tuple[pd.Timestamp, str]
) -> Iterator[Rewritten]:
    """Take responses out of the rows of fits; ids made of row numbers follow the rows that move up.

    Rows that hold answers of theirs as those of the other member of a dyad go too.

    What was written since the erasure began has them as they are to be: it is of a call or a run since it was stopped.
    """
    since, because = begun
    dyads = store.read(DYADS)
    fits, record = store.read(out.FITS), store.read(ERASURES)
    of_now = set(fits.loc[fits["is_current"].astype(bool), "data_hash"])
    has_moved = set(fits.loc[fits["fitted_at"] > since, "data_hash"])
    has_moved |= set(record.loc[record["erased_at"] > since, "new_sha256"])
    current = [each for each in rests if each.is_current]
    renewed = {source for each in current for source in each.sources}
    earlier = [each for each in rests if not each.is_current and not each.sources & renewed]
    for file in store.kept_names("data"):
        old = file.removesuffix(".parquet")
        rows = store.kept_rows(old)
        taken = [] if old in has_moved else current if old in of_now else [*current, *earlier]
        is_theirs = rows["response_id"].isin(found.fit_responses)
        is_theirs |= holds_answers_of(rows, dyads, found.responses, found.people)
        ids = moved(rows["response_id"].mask(is_theirs), taken)
        if ids.equals(rows["response_id"]):
            continue
        rest = rows.assign(response_id=ids).dropna(subset="response_id")
        rest = rest.sort_values("response_id", kind="stable").reset_index(drop=True)
        new, n = data_hash(rest), len(rows) - len(rest)
        record_rewritten(store, (old, new), "fit_rows", n, because)
        store.keep_rows(rest)
        store.remove_kept("data", file)
        yield old, new, n


def _rewrite_files(store: Store, rests: list[TakenOut], because: str, folder: Path) -> Iterator[Rewritten]:
    for each in rests:
        target = _place(folder, each.old_sha256)
        store.keep_file(target)
        record_rewritten(store, (each.old_sha256, each.new_sha256), "export", len(each.rows), because)
        store.rename_file(each.old_sha256, each.new_sha256)
        store.remove_kept("raw", each.old_sha256)
        target.unlink()
        yield each.old_sha256, each.new_sha256, len(each.rows)


def _notes(found: Whereabouts) -> Iterator[str]:
    yield "tables are out of date until the next run: sensemaking run STUDY; nothing was published"
    yield "releases hold aggregates only; publish again when the figures without this person are wanted"
    for name in found.unreadable:
        yield f"warehouse/raw/{name} is not read by a known source; look through it, and delete it by hand if in doubt"
    if found.rows["is_numbered"].astype(bool).any():
        yield (
            "the platform gave no id: this response cannot be recognised in a further export of the survey, and the "
            "ids of later rows of the file move up by one"
        )
    yield "copies elsewhere (backups, other machines) are not known to the software"
