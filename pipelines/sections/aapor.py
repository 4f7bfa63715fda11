"""AAPOR's final dispositions as data: codes by edition, what platforms' status texts and contact outcomes mean.

Put here the form of ``aapor.yaml`` and how it is looked up; what a study changes about it is in ``fieldwork``.
"""

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.faults import raise_if_any
from instruments.spec_file import Name, Spec, closest, read_spec

Word = Literal[
    "complete",
    "partial",
    "refusal",
    "break_off",
    "noncontact",
    "other",
    "unknown_eligibility",
    "not_eligible",
]
Category = Literal["I", "P", "R", "NC", "O", "UH", "UO", "NE"]
EditionName = Literal["aapor_2016", "aapor_2023"]
SHARE_ANSWERED = "share_answered"


class Edition(Spec):
    """An edition of the standard."""

    title: str


class Disposition(Spec):
    """One final disposition.

    Attributes:
        label: In words.
        word: The coarse word for it.
        category: AAPOR's letter, by which it enters the outcome rates.
        codes: Code by edition.
        unverified: Editions whose code was not confirmed by a second source.
    """

    label: str
    word: Word
    category: Category
    codes: dict[EditionName, str]
    unverified: tuple[EditionName, ...] = ()


class ContactRule(Spec):
    """Which rows of a list of contacts have a disposition.

    Attributes:
        column: Column of the list.
        is_: Texts one of which the cell holds.
        is_not: Texts none of which the cell holds.
        disposition: Name of the disposition.
    """

    column: str
    is_: tuple[str, ...] = Field(default=(), alias="is")
    is_not: tuple[str, ...] = ()
    disposition: str


class ContactList(Spec):
    """A list of contacts as a platform writes it.

    Attributes:
        columns: The software's column name → the platform's.
        outcomes: Text of the outcome column → name of the disposition.
        rules: Where several columns say the outcome: the first rule that applies counts.
    """

    columns: dict[Name, str]
    outcomes: dict[str, str] = {}
    rules: tuple[ContactRule, ...] = ()


class Standard(Spec):
    """The whole of ``aapor.yaml``."""

    editions: dict[EditionName, Edition]
    precedence: tuple[Word, ...]
    dispositions: dict[Name, Disposition]
    platform_status: dict[Name, dict[str, str]]
    contact_outcomes: dict[str, str]
    contact_lists: dict[Name, ContactList]

    @model_validator(mode="after")
    def _every_name_exists(self) -> Self:
        named = [*self.contact_outcomes.values()]
        named += [name for each in self.contact_lists.values() for name in each.outcomes.values()]
        named += [rule.disposition for each in self.contact_lists.values() for rule in each.rules]
        named += [name for texts in self.platform_status.values() for name in texts.values() if name != SHARE_ANSWERED]
        strange = sorted(set(named) - set(self.dispositions))
        if strange:
            raise ValueError(f"there is no disposition {strange[0]}{closest(strange[0], list(self.dispositions))}")
        return self

    @model_validator(mode="after")
    def _a_code_has_one_category(self) -> Self:
        for edition in self.editions:
            of_code: dict[str, str] = {}
            for name, each in self.dispositions.items():
                code = each.codes.get(edition)
                if code is None or of_code.setdefault(code, each.category) != each.category:
                    raise ValueError(f"{name} needs a code of {edition} that has no other category")
        return self

    def code(self, name: str, edition: EditionName) -> str:
        """Return the code of a disposition in an edition."""
        return self.dispositions[name].codes[edition]

    def categories(self, edition: EditionName) -> dict[str, Category]:
        """Return the category of every code of an edition."""
        return {each.codes[edition]: each.category for each in self.dispositions.values()}


@cache
def standard() -> Standard:
    """Read the standard that comes with the software."""
    spec, document = read_spec(Path(__file__).with_name("aapor.yaml"), Standard)
    raise_if_any(document.faults)
    if spec is None:
        raise AssertionError("a specification without faults was not read")
    return spec


def known_disposition(name: str) -> str:
    """Return the name of a disposition of the standard, or raise ValueError with the nearest one."""
    names = list(standard().dispositions)
    if name not in names:
        raise ValueError(
            f"there is no disposition '{name}'{closest(name, names) or '; expected one of ' + ', '.join(names)}"
        )
    return name
