"""Who was asked and when, and what came of it: waves, the list of invited units, contacts, dispositions."""

import datetime as dt
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from instruments.spec_file import Name, Spec, Texts
from pipelines.sections.aapor import SHARE_ANSWERED, EditionName, known_disposition
from pipelines.sections.names import known_time_zone, plain_file_name
from pipelines.sections.sources import PlatformName


class Wave(Spec):
    """One round of the survey.

    Attributes:
        title: Title by language.
        starts_on: First day in the field.
        ends_on: Last day in the field.
    """

    title: Texts = {}
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class Frame(Spec):
    """The list of invited units, for response rates, weights and representativity.

    Attributes:
        file: CSV in the study folder with the columns unit_id, wave, organisation_id, respondent_group and, where
            known, disposition; further columns hold what is known of every unit, such as a stratum.
        because: Where the list comes from.
    """

    file: str
    because: str = ""

    @field_validator("file")
    @classmethod
    def _stays_in_the_study(cls, file: str) -> str:
        return plain_file_name(file, "the study folder")


class ContactLog(Spec):
    """What came of every attempt to reach a unit of the frame.

    Attributes:
        file: CSV in the study folder, one row an attempt.
        layout: Who wrote it: ``generic`` has the columns unit_id, wave, contacted_at and outcome; ``qualtrics`` is a
            distribution history, ``limesurvey`` a list of survey participants.
        wave: Wave of every row, where the file has no column wave.
        columns: unit_id, wave, contacted_at or outcome → column, where it is called otherwise.
        outcomes: Text of the outcome → disposition, beside those the software knows.
        time_zone: Time zone of times without one, such as Europe/Copenhagen.
        because: Where the list comes from.
    """

    file: str
    layout: Literal["generic", "qualtrics", "limesurvey"] = "generic"
    wave: Name | None = None
    columns: dict[Literal["unit_id", "wave", "contacted_at", "outcome"], str] = {}
    outcomes: dict[str, str] = {}
    time_zone: str | None = None
    because: str = ""

    @field_validator("file")
    @classmethod
    def _stays_in_the_study(cls, file: str) -> str:
        return plain_file_name(file, "the study folder")

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str | None) -> str | None:
        return name if name is None else known_time_zone(name)

    @field_validator("outcomes")
    @classmethod
    def _are_dispositions(cls, outcomes: dict[str, str]) -> dict[str, str]:
        return {text: known_disposition(name) for text, name in outcomes.items()}


class Dispositions(Spec):
    """When a response counts as complete or partial, and by which edition of the standard it is coded.

    Attributes:
        complete_if_share_answered_at_least: Of the administered items, 0 to 1.
        partial_if_share_answered_at_least: Of the administered items, 0 to 1; below it the response is a break-off.
        edition: Edition of AAPOR's Standard Definitions whose codes are written.
        platform_status: Platform → text of the column ``identifiers.platform_disposition`` → disposition, or
            ``share_answered`` where the share of items answered decides; beside those the software knows.
    """

    complete_if_share_answered_at_least: float = Field(default=0.8, ge=0, le=1)
    partial_if_share_answered_at_least: float = Field(default=0.5, ge=0, le=1)
    edition: EditionName = "aapor_2016"
    platform_status: dict[PlatformName, dict[str, str]] = {}

    @field_validator("platform_status")
    @classmethod
    def _are_dispositions(cls, texts: dict[PlatformName, dict[str, str]]) -> dict[PlatformName, dict[str, str]]:
        for names in texts.values():
            for name in names.values():
                if name != SHARE_ANSWERED:
                    known_disposition(name)
        return texts

    @model_validator(mode="after")
    def _partial_is_less(self) -> Self:
        if self.partial_if_share_answered_at_least > self.complete_if_share_answered_at_least:
            raise ValueError("the share for a partial response is above the share for a complete one")
        return self


class Eligibility(Spec):
    """Which share of the units of unknown eligibility is taken to be eligible: e of the response rates.

    Attributes:
        method: ``proportional``: as many as among the units of known eligibility of the wave and group (CASRO);
            ``stated``: the share given here; ``all``: every one.
        share: For ``stated``, 0 to 1.
        because: For ``stated``: where the share comes from.
    """

    method: Literal["proportional", "stated", "all"] = "proportional"
    share: float | None = Field(default=None, ge=0, le=1)
    because: str = ""

    @model_validator(mode="after")
    def _a_stated_share_is_given_with_its_reason(self) -> Self:
        if (self.method == "stated") != (self.share is not None):
            raise ValueError("give a share with the method stated, and only then")
        if self.method == "stated" and not self.because.strip():
            raise ValueError("say in because where the share comes from")
        return self
