"""Where a response or a person is: in kept files, in exports, in tables, as marks of an earlier erasure.

Put here how somebody is found; what is then done is in ``commands.erase``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instruments.faults import UsageError
from pipelines.assets.erased import Marks, identities, sources_of_file
from pipelines.assets.moved_rows import is_made_up, refuse_moved, refuse_while_stopped
from pipelines.assets.pseudonyms import PERSON, pseudonymiser
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.readers.plan import ReadingError
from pipelines.steps.pseudonyms import normalised_key
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.erasures import ERASED, ERASURES
from pipelines.tables.raw import FILES, KEPT_FILES, KEYS

_NOWHERE = pd.DataFrame(
    columns=[
        *("file_sha256", "row_number", "response_id", "respondent_key", "state", "source", "is_numbered", "is_own"),
        *("file_name", "is_kept", "is_current"),
    ]
)


@dataclass(frozen=True)
class Wanted:
    """Who is looked for: exactly one of the two.

    Attributes:
        response: Id of a response, with its source or without.
        person: Key of a person, as exports or the frame hold it.
    """

    response: str | None
    person: str | None


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody is.

    Attributes:
        rows: Their rows of kept files and of exports: as ``identities`` returns them, with file_name and is_kept.
        responses: Ids of their responses in the tables.
        fit_responses: Ids by which they are known in rows of fits, which may be older than the tables; those that are
            made of row numbers left out.
        people: Their pseudonym, when a person was looked for.
        marks: Mark → kind.
        request: Keyed hash of who was looked for.
        unreadable: Kept files whose source is not known, or that it does not read any more.
    """

    rows: pd.DataFrame
    responses: frozenset[str]
    fit_responses: frozenset[str]
    people: frozenset[str]
    marks: dict[str, str]
    request: str
    unreadable: tuple[str, ...]


def find(study: Study, store: Store, wanted: Wanted, folder: Path) -> Whereabouts:
    """Find a response or a person.

    Args:
        study: The study.
        store: Its warehouse.
        wanted: Who.
        folder: Private folder.

    Raises:
        UsageError: When they are nowhere, or several sources have a response of that id.
    """
    erased = store.read(ERASED)
    marks = Marks(pseudonymiser(study, store, "erasure"), frozenset(erased["mark"]))
    rows, unreadable = _every_row(study, store, marks, folder)
    people = _pseudonym(study, store, wanted)
    candidates = set() if wanted.response is None else _candidates(study, wanted.response)
    asked = {marks.response(each) for each in candidates} if wanted.person is None else {marks.person(wanted.person)}
    if refuse_moved(study, store, candidates, asked):
        return Whereabouts(_NOWHERE, frozenset(), frozenset(), frozenset(), {}, min(asked), ())
    begun = asked & set(erased.loc[~erased["is_finished"].astype(bool), "request"])
    is_certain = ~rows["is_numbered"].astype(bool) | _is_in_place(rows, marks, is_begun=bool(begun))
    is_named = _has_key(rows, wanted.person)
    responses = set(rows.loc[(is_named | rows["response_id"].isin(candidates)) & is_certain, "response_id"].dropna())
    responses |= _in_tables(store, people, candidates)
    _refuse_several(wanted, responses)
    # Of a person, a row without an id is known by the key alone: in another export its number is somebody else's.
    is_known = is_certain & (~rows["is_numbered"].astype(bool) | (wanted.response is not None))
    is_theirs = is_named | (rows["response_id"].isin(responses) & rows["is_own"].astype(bool) & is_known)
    theirs = rows[is_theirs]
    refuse_while_stopped(erased, {*responses, *theirs["response_id"].dropna()}, asked)
    earlier = asked & set(erased["request"])
    if theirs.empty and not responses and not _is_unit(store, people) and not earlier:
        raise UsageError(_nobody(wanted, len(store.kept_names("raw"))))
    named = dict.fromkeys(asked, "person") if wanted.person is not None else {}
    return Whereabouts(
        rows=theirs,
        responses=frozenset(responses),
        fit_responses=frozenset(
            each for each in responses | set(theirs["response_id"].dropna()) if not is_made_up(each)
        ),
        people=people,
        marks=named | _marks_of_responses(marks, theirs, responses),
        request=next(iter(named or map(marks.response, responses)), "") or min(earlier),
        unreadable=unreadable,
    )


def _is_in_place(rows: pd.DataFrame, marks: Marks, *, is_begun: bool) -> pd.Series:
    """Say of which rows an id made of the row number can be relied on.

    Once an erasure has begun the rows after the erased one may have moved up: then only rows that it marked.
    """
    if not is_begun:
        return rows["is_current"].astype(bool)
    places = zip(rows["file_sha256"], rows["row_number"], strict=True)
    is_marked = pd.Series(
        [marks.row(str(sha256), int(number)) in marks.known for sha256, number in places], rows.index, dtype=bool
    )
    return rows["is_kept"].astype(bool) & is_marked


def _has_key(rows: pd.DataFrame, person: str | None) -> pd.Series:
    if person is None:
        return pd.Series(data=False, index=rows.index)
    key = normalised_key(person)
    found = rows["respondent_key"].map(lambda each: isinstance(each, str) and normalised_key(each) == key)
    return found.astype(bool)


def _every_row(study: Study, store: Store, marks: Marks, folder: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    unreadable: list[str] = []
    kept = list(_kept_rows(study, store, folder, unreadable))
    rows = pd.concat([_NOWHERE, *kept, *_exported_rows(study, store, marks, folder)], ignore_index=True)
    return rows, tuple(unreadable)


def _kept_rows(study: Study, store: Store, folder: Path, unreadable: list[str]) -> Iterator[pd.DataFrame]:
    """Read every kept file as the sources do that it was accepted for.

    Of a file without a known source every source is tried, and only keys of people count: its ids could be anybody's.
    """
    current = set(store.read(FILES)["file_sha256"])
    for sha256 in store.kept_names("raw"):
        known = accepted_as(store, sha256)
        known = known[known["source"].isin(list(study.spec.sources))]
        name = str(known["file_name"].iloc[0]) if len(known) else sha256
        found: list[pd.DataFrame] = []
        for source in known["source"] if len(known) else study.spec.sources:
            try:
                found.append(identities(study, [str(source)], store.kept_file(sha256), name, folder))
            except ReadingError:
                # Whoever reads the report learns of files that no source reads.
                continue
        if not found or known.empty:
            unreadable.append(sha256)
        for each in found:
            rows = each if len(known) else each.assign(response_id=None, is_numbered=False)
            yield rows.assign(file_name=name, is_kept=True, is_current=bool(current & _versions(store, sha256)))


def _versions(store: Store, sha256: str) -> set[str]:
    """Return the hash of a file, and of what took its place when an erasure was stopped."""
    rewritten = store.read(ERASURES)
    return {sha256, *rewritten.loc[rewritten["old_sha256"] == sha256, "new_sha256"]}


def accepted_as(store: Store, sha256: str) -> pd.DataFrame:
    """Return the rows of ``raw.kept_files`` of a file, or of what took its place when an erasure was stopped."""
    known = store.read(KEPT_FILES)
    return known[known["file_sha256"].isin(_versions(store, sha256))].drop_duplicates("source")


def _exported_rows(study: Study, store: Store, marks: Marks, folder: Path) -> Iterator[pd.DataFrame]:
    """Read the exports; ids made of row numbers are those that the rest has after earlier erasures.

    Those of an export that no run has read yet count for nothing: nobody can have looked them up.
    """
    current = set(store.read(FILES)["file_sha256"])
    rewritten = store.read(ERASURES).drop_duplicates("old_sha256", keep="last")
    newest = dict(zip(rewritten["old_sha256"], rewritten["new_sha256"], strict=True))
    for path in sorted(study.exports.iterdir()) if study.exports.is_dir() else ():
        sources = sources_of_file(study, path.name) if path.is_file() and not path.name.startswith(".") else []
        if not sources:
            continue
        rows = identities(study, sources, path, path.name, folder)
        is_gone = marks.among(rows)
        gone = sorted(set(rows.loc[is_gone, "row_number"]))
        rest = rows[~is_gone]
        shift = rest["row_number"].map(lambda number, gone=gone: sum(each < number for each in gone))
        sha256 = file_sha256(path)
        moved = [
            _moved(str(row.response_id), int(str(row.row_number)), n, (sha256, newest.get(sha256, sha256)))
            if row.is_numbered
            else row.response_id
            for row, n in zip(rest.itertuples(), shift, strict=True)
        ]
        is_current = bool(current & _versions(store, sha256))
        yield rest.assign(response_id=moved, file_name=path.name, is_kept=False, is_current=is_current)


def _moved(response_id: str, row_number: int, n_before: int, hashes: tuple[str, str]) -> str:
    first, _, last = response_id.rpartition("/")
    made_up = last.replace(f"row-{row_number}", f"row-{row_number - n_before}")
    return f"{first}/{made_up.replace(hashes[0][:8], hashes[1][:8])}"


def _candidates(study: Study, response: str) -> set[str]:
    has_source = response.partition("/")[0] in study.spec.sources
    return {response} if has_source else {f"{source}/{response}" for source in study.spec.sources}


def _pseudonym(study: Study, store: Store, wanted: Wanted) -> frozenset[str]:
    if wanted.person is None or "respondent" not in set(store.read(KEYS)["purpose"]):
        return frozenset()
    maker = pseudonymiser(study, store, "respondent")
    return frozenset([maker.one(PERSON, normalised_key(wanted.person))])


def _in_tables(store: Store, people: frozenset[str], candidates: set[str]) -> set[str]:
    responses = store.read(core.RESPONSES)
    is_theirs = responses["response_id"].isin(candidates) | responses["respondent_key"].isin(people)
    return set(responses.loc[is_theirs, "response_id"])


def _is_unit(store: Store, people: frozenset[str]) -> bool:
    return bool(store.read(core.SAMPLED_UNITS)["unit_id"].isin(people).any())


def _marks_of_responses(marks: Marks, theirs: pd.DataFrame, responses: set[str]) -> dict[str, str]:
    numbered = theirs[theirs["is_numbered"].astype(bool)]
    with_id = (set(theirs["response_id"].dropna()) | responses) - set(numbered["response_id"])
    found = {marks.response(each): "response" for each in sorted(with_id) if not is_made_up(each)}
    return found | {
        marks.row(str(sha256), int(number)): "row"
        for sha256, number in zip(numbered["file_sha256"], numbered["row_number"], strict=True)
    }


def _refuse_several(wanted: Wanted, responses: set[str]) -> None:
    if wanted.response is not None and len(responses) > 1:
        sources = ", ".join(sorted(each.partition("/")[0] for each in responses))
        raise UsageError(f"several sources have a response of this id; write it with its source: SOURCE/ID ({sources})")


def _nobody(wanted: Wanted, n_files: int) -> str:
    what = f"response '{wanted.response}'" if wanted.response is not None else "such person"
    searched = f"the tables of the warehouse, {n_files} kept files, the exports and the marks of earlier erasures"
    return f"there is no {what}; searched were {searched}; nothing was changed"
