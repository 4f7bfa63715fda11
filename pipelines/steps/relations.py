"""Who answers about whom and who works together → dyads, collaborations and their members. Pure tables."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from instruments.faults import DataError
from models.sections.panel import COLLABORATION
from pipelines.steps.pseudonyms import normalised_element
from pipelines.tables.relations import COLLABORATIONS, DYADS, MEMBERSHIPS

NAME_COLUMNS = ("organisation_id", "text", "collaboration")
_BETWEEN_NAMES = re.compile(r"[;\n\r]+")


class NamesError(DataError):
    """The list of collaborations is wrong; the message says where and what to do."""


@dataclass(frozen=True)
class Together:
    """Who works together.

    Attributes:
        collaborations: ``core.collaborations``.
        memberships: ``core.memberships``.
    """

    collaborations: pd.DataFrame
    memberships: pd.DataFrame


def dyads(keys: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Find the response of the other person of every dyad, in the same wave.

    Args:
        keys: ``core.dyad_keys``.
        responses: ``core.responses``.

    Returns:
        ``core.dyads``. Of several analysed responses of a person the one that began last counts, as where waves are
        linked; a person without an analysed response leaves the other side missing.
    """
    known = responses[responses["is_analysed"] & responses["respondent_key"].notna()]
    last = known.sort_values(["started_at", "response_id"]).drop_duplicates(["respondent_key", "wave"], keep="last")
    others = last[["respondent_key", "wave", "response_id"]].rename(
        columns={"respondent_key": "other_key", "response_id": "other_response_id"}
    )
    found = keys.merge(others, on=["other_key", "wave"], how="left", validate="many_to_one")
    is_self = found["response_id"] == found["other_response_id"]
    return DYADS.typed(found.assign(other_response_id=found["other_response_id"].mask(is_self)))


def together(
    named: pd.DataFrame, responses: pd.DataFrame, names: pd.DataFrame, pseudonym: Callable[[str], str]
) -> Together:
    """Find the collaborations that respondents name and who names them.

    Args:
        named: response_id, text: what respondents wrote.
        responses: ``core.responses``.
        names: organisation_id, text, collaboration: which spellings mean the same; may have no rows.
        pseudonym: A text that stands for organisation and name → the id of the collaboration.

    Returns:
        Collaborations and members. A name without letter or digit names none.

    Raises:
        NamesError: When two rows of the list say different things of one spelling.
    """
    meant = _meanings(names)
    parts = named.assign(text=named["text"].str.split(_BETWEEN_NAMES)).explode("text")
    rows = parts.merge(responses[["response_id", "wave", "organisation_id", "respondent_group"]], on="response_id")
    rows = rows.assign(organisation=rows["organisation_id"].fillna(""), name=rows["text"].map(normalised_element))
    pairs = zip(rows["organisation"], rows["name"], strict=True)
    rows = rows.assign(name=[meant.get(pair, pair[1]) for pair in pairs])
    rows = rows[rows["name"] != ""]
    ids = {pair: pseudonym("|".join(pair)) for pair in set(zip(rows["organisation"], rows["name"], strict=True))}
    rows = rows.assign(collaboration_id=[ids[pair] for pair in zip(rows["organisation"], rows["name"], strict=True)])
    members = rows.drop_duplicates(["response_id", "collaboration_id"])
    counted = members.groupby(["collaboration_id", "wave"], as_index=False).agg(
        organisation_id=("organisation_id", "first"),
        n_responses=("response_id", "nunique"),
        n_respondent_groups=("respondent_group", "nunique"),
    )
    return Together(COLLABORATIONS.typed(counted), MEMBERSHIPS.typed(members))


def with_collaborations(rows: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """Add the collaboration that a response names; missing where it names none, or several.

    Args:
        rows: ``core.analysis``.
        memberships: ``core.memberships``.

    Returns:
        The rows in the same order with a column ``collaboration_id``.
    """
    alone = memberships[~memberships["response_id"].duplicated(keep=False)]
    named = alone.set_index("response_id")["collaboration_id"]
    return rows.assign(**{COLLABORATION: rows["response_id"].map(named).astype("str")})


def one_collaboration(pair: tuple[str, str], names: pd.DataFrame, pseudonym: Callable[[str], str]) -> str:
    """Return the id of a collaboration as those who name it make it.

    Args:
        pair: Its organisation, empty where it has none, and its name as somebody spells it.
        names: As ``together`` takes them.
        pseudonym: As ``together`` takes it.

    Raises:
        NamesError: As ``together`` raises it.
    """
    spelling = (pair[0], normalised_element(pair[1]))
    return pseudonym("|".join((pair[0], _meanings(names).get(spelling, spelling[1]))))


def _meanings(names: pd.DataFrame) -> dict[tuple[str, str], str]:
    absent = [column for column in NAME_COLUMNS if column not in names.columns]
    if absent:
        raise NamesError(f"the column {absent[0]} is missing; expected {', '.join(NAME_COLUMNS)}")
    meant: dict[tuple[str, str], str] = {}
    stated = names[list(NAME_COLUMNS)].itertuples(index=False)
    for row, (organisation, text, collaboration) in enumerate(stated, start=2):
        spelling = (str(organisation), normalised_element(str(text)))
        name = normalised_element(str(collaboration))
        if meant.setdefault(spelling, name) != name:
            raise NamesError(f"row {row} gives a spelling of {organisation} another collaboration than an earlier row")
    return meant
