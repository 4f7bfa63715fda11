"""Frame, responses and contacts → the final disposition of every invited unit."""

from collections.abc import Sequence

import pandas as pd

from instruments.faults import DataError
from instruments.spec_file import closest
from pipelines.sections.aapor import EditionName, standard
from pipelines.tables.core import SAMPLED_UNITS
from pipelines.tables.fieldwork import CONTACTS, UNIT_VARIABLES

FRAME_COLUMNS = ("unit_id", "wave", "organisation_id", "respondent_group")
NOTHING_KNOWN = "nothing_returned"
MOST_ROWS = 5
FIRST_ROW = 2
EVIDENCE = ["unit_id", "wave", "disposition", "disposition_code", "at"]


class FrameError(DataError):
    """The list of invited units, or that of contacts, cannot be used; the message says where and why."""


def rows_in_words(rows: pd.Series) -> str:
    """Name rows of a file: all of a few, the first of many."""
    numbers = [str(row) for row in rows]
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    more = f" and {len(numbers) - MOST_ROWS} more" if len(numbers) > MOST_ROWS else ""
    return f"rows {', '.join(numbers[:MOST_ROWS])}{more}"


def sample_units(
    frame: pd.DataFrame,
    responses: pd.DataFrame,
    contacts: pd.DataFrame | None = None,
    edition: EditionName = "aapor_2016",
) -> pd.DataFrame:
    """Give every invited unit its final disposition.

    Of everything known of a unit, from its responses, from contacts and from the frame, the word that stands first in
    the standard's precedence counts: a complete or partial response, then that it is not eligible, then refusal and
    break-off, other, non-contact, unknown eligibility; of the same word what came last. A unit of which nothing is
    known was invited and returned nothing.

    Args:
        frame: unit_id, wave, organisation_id, respondent_group and, where known, disposition; all text.
        responses: ``core.responses``; ``respondent_key`` equals ``unit_id``.
        contacts: ``core.contacts``; none when not given.
        edition: Edition of the codes.

    Returns:
        ``core.sampled_units``.

    Raises:
        FrameError: When a column is missing, a unit has no id or stands twice in a wave, a disposition is unknown, or a
            unit is said not to be eligible and yet has a complete or partial response.

    References:
        AAPOR Standard Definitions: a completed questionnaire outweighs every earlier outcome, what was learned from the
        person outweighs what was not.
    """
    check_frame(frame)
    known = CONTACTS.empty() if contacts is None else contacts
    evidence = [_of_responses(responses), _of_contacts(known, edition), _of_frame(frame, edition)]
    _refuse_contradictions(frame, *evidence)
    best = _final(pd.concat([each for each in evidence if len(each)] or evidence, ignore_index=True))
    units = frame[list(FRAME_COLUMNS)].merge(best, on=["unit_id", "wave"], how="left")
    units["disposition_code"] = units["disposition_code"].fillna(standard().code(NOTHING_KNOWN, edition))
    units["disposition"] = units["disposition"].fillna(standard().dispositions[NOTHING_KNOWN].word)
    return SAMPLED_UNITS.typed(units)


def unit_variables(frame: pd.DataFrame, variables: Sequence[str]) -> pd.DataFrame:
    """Take what the study needs of the frame's further columns, and nothing else: ``core.unit_variables``.

    Raises:
        FrameError: When the frame has no such column.
    """
    for name in variables:
        if name not in frame:
            nearest = closest(name, [str(each) for each in frame.columns])
            raise FrameError(f"the column {name} is missing{nearest}; found {', '.join(map(str, frame.columns))}")
    long = [frame[["unit_id", "wave"]].assign(variable=name, value=frame[name].str.strip()) for name in variables]
    if not long:
        return UNIT_VARIABLES.empty()
    rows = pd.concat(long, ignore_index=True)
    return UNIT_VARIABLES.typed(rows.assign(value=rows["value"].where(rows["value"] != "")))


def check_frame(frame: pd.DataFrame) -> None:
    """Refuse a frame without the needed columns, without ids, with repeated units or unknown dispositions.

    Raises:
        FrameError: With the rows.
    """
    absent = [name for name in FRAME_COLUMNS if name not in frame]
    if absent:
        raise FrameError(f"the column {absent[0]} is missing; found {', '.join(frame.columns)}")
    numbers = pd.Series(range(FIRST_ROW, FIRST_ROW + len(frame)), index=frame.index)
    unnamed = frame["unit_id"].fillna("").eq("")
    if unnamed.any():
        raise FrameError(f"{rows_in_words(numbers[unnamed])}: the unit has no unit_id; give it one")
    repeated = frame.duplicated(["unit_id", "wave"])
    if repeated.any():
        raise FrameError(
            f"{rows_in_words(numbers[repeated])}: this unit stands twice in its wave; keep one row a unit and wave"
        )
    if "disposition" in frame:
        known = list(standard().dispositions)
        strange = ~frame["disposition"].isin(["", *known]) & frame["disposition"].notna()
        if strange.any():
            nearest = closest(str(frame.loc[strange, "disposition"].iloc[0]), known)
            remedy = nearest or f"; expected one of {', '.join(known)}"
            raise FrameError(f"{rows_in_words(numbers[strange])}: unknown disposition{remedy}")


def check_frame_against_study(frame: pd.DataFrame, waves: list[str], groups: list[str]) -> None:
    """Refuse a frame that names waves or respondent groups the study does not have.

    Raises:
        FrameError: With the first row that does.
    """
    for column, known in (("wave", waves), ("respondent_group", groups)):
        if column in frame:
            strange = ~frame[column].isin(known)
            if strange.any():
                row = int(strange.to_numpy().argmax())
                found = frame[column].iloc[row]
                raise FrameError(f"row {row + 2}: there is no {column} '{found}'; expected {', '.join(known)}")


def best_responses(responses: pd.DataFrame) -> pd.Series:
    """Say which responses are the best of their person in their wave: the one nearest to complete, else the first.

    Returns:
        Length n; previews and tests are never the best, a response without a key always is.
    """
    own = responses[responses["disposition_code"].notna()]
    ranked = own.assign(rank=own["disposition"].map(_precedence())).sort_values("rank", kind="stable")
    repeated = ranked.duplicated(["respondent_key", "wave"]) & ranked["respondent_key"].notna()
    return pd.Series(responses.index.isin(ranked.index[~repeated]), index=responses.index)


def _precedence() -> dict[str, int]:
    return {word: place for place, word in enumerate(standard().precedence)}


def _of_responses(responses: pd.DataFrame) -> pd.DataFrame:
    own = responses[responses["disposition_code"].notna() & responses["respondent_key"].notna()]
    found = own[["respondent_key", "wave", "disposition", "disposition_code", "ended_at"]]
    return found.set_axis(EVIDENCE, axis="columns")


def _of_contacts(contacts: pd.DataFrame, edition: EditionName) -> pd.DataFrame:
    return _coded(contacts[["unit_id", "wave"]].assign(name=contacts["outcome"], at=contacts["contacted_at"]), edition)


def _of_frame(frame: pd.DataFrame, edition: EditionName) -> pd.DataFrame:
    given = frame["disposition"] if "disposition" in frame else pd.Series("", index=frame.index, dtype="str")
    stated = frame[given.fillna("").ne("")]
    return _coded(stated[["unit_id", "wave"]].assign(name=given[stated.index], at=pd.NaT), edition)


def _coded(named: pd.DataFrame, edition: EditionName) -> pd.DataFrame:
    dispositions = standard().dispositions
    words = {name: each.word for name, each in dispositions.items()}
    codes = {name: each.codes[edition] for name, each in dispositions.items()}
    coded = named.assign(disposition=named["name"].map(words), disposition_code=named["name"].map(codes))
    return coded[EVIDENCE]


def _final(evidence: pd.DataFrame) -> pd.DataFrame:
    """Keep of every unit and wave the evidence that counts; what has no time came before everything that has one."""
    ranked = evidence.assign(rank=evidence["disposition"].map(_precedence()), order=range(len(evidence)))
    ranked["at"] = pd.to_datetime(ranked["at"], utc=True)
    ranked = ranked.sort_values(["at", "order"], na_position="first", kind="stable")
    last = ranked.drop_duplicates(["unit_id", "wave", "rank"], keep="last")
    best = last.sort_values("rank", kind="stable").drop_duplicates(["unit_id", "wave"])
    return best[["unit_id", "wave", "disposition", "disposition_code"]]


def _refuse_contradictions(
    frame: pd.DataFrame, of_responses: pd.DataFrame, of_contacts: pd.DataFrame, of_frame: pd.DataFrame
) -> None:
    answered = of_responses[of_responses["disposition"].isin(["complete", "partial"])]
    keys = pd.MultiIndex.from_frame(answered[["unit_id", "wave"]])
    of_units = pd.MultiIndex.from_frame(frame[["unit_id", "wave"]])
    for said, where in ((of_frame, "in the frame"), (of_contacts, "in the contact log")):
        excluded = pd.MultiIndex.from_frame(said.loc[said["disposition"] == "not_eligible", ["unit_id", "wave"]])
        both = of_units.isin(keys) & of_units.isin(excluded)
        if both.any():
            rows = pd.Series(range(FIRST_ROW, FIRST_ROW + len(frame)))[both]
            raise FrameError(
                f"{rows_in_words(rows)} of the frame: said {where} not to be eligible, but there is a complete or "
                "partial response; correct the one, or take the response out of the export"
            )
