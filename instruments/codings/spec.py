"""What a coding scheme is: its codes, how they are coded twice, what agreement is asked of them. No files, no answers.

The classes are the single description of the YAML of ``library/codings/``.
"""

import datetime as dt
import math
import re
from typing import Literal

from pydantic import Field, field_validator

from instruments.sections.provenance import Provenance
from instruments.spec import ValidationStatus
from instruments.spec_file import Name, Spec, Texts, Words

Verdict = Literal["accept", "tentative", "below", "undefined"]


class Code(Spec):
    """One code: what an answer says when the code is present.

    Attributes:
        name: Short name in capitals, such as SILO.
        family: Family the code belongs to.
        definition: What the code means.
        include: When it is given.
        exclude: When it is not given though it seems near.
        example: An invented answer that has the code.
        answers: ``any``, or ``unprompted``: only answers given before the word that the study is about was shown.
        stands_alone: Whether the code is given only where no other code is.
        is_proposal: Whether the code stands for an idea that no code covers; the coder names it in a note.
        version: Version of the scheme in which the definition was last changed.
        provenance: Where the code comes from.
    """

    name: str
    family: Name
    definition: Words
    include: Words
    exclude: Words
    example: Words
    answers: Literal["any", "unprompted"] = "any"
    stands_alone: bool = False
    is_proposal: bool = False
    version: str
    provenance: tuple[Provenance, ...] = Field(min_length=1)

    @field_validator("name")
    @classmethod
    def _is_in_capitals(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Z][A-Z0-9-]*", name):
            raise ValueError(f"expected a name in capitals, digits and hyphens such as NPM-BLAME, found {name!r}")
        return name


class Change(Spec):
    """What a version of the scheme changed, so that earlier codings can be looked at again.

    Attributes:
        version: The version.
        made_on: When.
        because: Why.
        added: Codes that are new.
        changed: Codes whose meaning is another; what was coded before goes to the recode queue.
        removed: Codes that are gone; their codings are kept.
    """

    version: str
    made_on: dt.date | None = None
    because: str
    added: tuple[Name, ...] = ()
    changed: tuple[Name, ...] = ()
    removed: tuple[Name, ...] = ()

    @field_validator("version")
    @classmethod
    def _can_be_part_of_a_file_name(cls, version: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", version):
            raise ValueError(f"expected a version of letters, digits, dots and hyphens such as 1.2, found {version!r}")
        return version


class Protocol(Spec):
    """Who codes how many answers.

    Attributes:
        coders: Coders of each answer that is coded twice.
        all_up_to: A question with at most so many answers is coded twice whole.
        share: Share of the answers of a larger question that is coded twice.
        least: Least number of answers of a larger question that is coded twice.
        least_used: Least number of doubly coded answers in which some coder used a code, for its agreement to count.
        training: Answers on which coders practise; no agreement is computed from them.
        drift_share: Share of a later batch that is coded twice, to see whether coders have drifted apart.
        because: Why.
    """

    coders: int = Field(default=2, ge=2)
    all_up_to: int = Field(default=150, ge=0)
    share: float = Field(default=0.3, gt=0, le=1)
    least: int = Field(default=150, ge=1)
    least_used: int = Field(default=20, ge=0)
    training: int = Field(default=30, ge=0)
    drift_share: float = Field(default=0.1, ge=0, le=1)
    because: str


class Thresholds(Spec):
    """What agreement is asked of a code: Krippendorff's alpha.

    Attributes:
        accept: From here on a code may enter models.
        tentative: From here on a code may enter models as exploratory; below it may be shown only.
        extreme_prevalence: Below this share of answers with the code, or above one minus it, PABAK and AC1 are read
            beside alpha.
        because: Why, or whose convention it is.
    """

    accept: float = Field(default=0.8, ge=0, le=1)
    tentative: float = Field(default=0.667, ge=0, le=1)
    extreme_prevalence: float = Field(default=0.05, ge=0, le=0.5)
    because: str

    def verdict(self, alpha: float | None) -> Verdict:
        """Judge an alpha; without one, as of a code that nobody used, it is undefined."""
        if alpha is None or math.isnan(alpha):
            return "undefined"
        return "accept" if alpha >= self.accept else "tentative" if alpha >= self.tentative else "below"


class CodingScheme(Spec):
    """A versioned set of codes.

    Attributes:
        name: The file's name without ``.yaml``.
        version: Version of the scheme; the last of its changes.
        title: Title by language.
        definition: What is coded.
        status: How far the scheme has been validated.
        evidence: What supports the status.
        citation: Source of the codes.
        licence: Terms under which the scheme may be used.
        protocol: Who codes how many answers.
        thresholds: What agreement is asked of a code.
        families: Families of codes with their title.
        changes: What each version changed, oldest first.
        codes: Codes by id, in order.
    """

    name: Name
    version: str
    title: Texts
    definition: Words
    status: ValidationStatus = "draft"
    evidence: str = ""
    citation: str = ""
    licence: str = ""
    protocol: Protocol
    thresholds: Thresholds
    families: dict[Name, Words] = Field(min_length=1)
    changes: tuple[Change, ...] = Field(min_length=1)
    codes: dict[Name, Code] = Field(min_length=1)

    @property
    def versions(self) -> list[str]:
        """Every version, oldest first."""
        return [change.version for change in self.changes]

    @property
    def removed(self) -> set[str]:
        """Codes of earlier versions that are gone."""
        return {code for change in self.changes for code in change.removed} - set(self.codes)

    def codes_of(self, version: str) -> set[str]:
        """Return the codes that a version of the scheme has."""
        found: set[str] = set()
        for change in self.changes[: self.versions.index(version) + 1]:
            found |= set(change.added)
            found -= set(change.removed)
        return found

    def code_called(self, word: str) -> str | None:
        """Return the id of the code that a coder means: its id or its name, in any letters; None when there is none."""
        wanted = word.strip().upper()
        ids = {code.upper(): code for code in (*self.codes, *self.removed)}
        names = {each.name: code for code, each in self.codes.items()}
        return ids.get(wanted) or names.get(wanted)

    def is_outdated(self, code: str, version: str) -> bool:
        """Say whether a coding made under a version of the scheme was made under another meaning of its code."""
        if code not in self.codes:
            return True
        order = self.versions
        return order.index(version) < order.index(self.codes[code].version)
