"""Who was asked and when, and what came of it: waves, the list of invited units, dispositions."""

import datetime as dt
from typing import Self

from pydantic import Field, field_validator, model_validator

from instruments.spec_file import Spec, Texts
from pipelines.sections.names import plain_file_name


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
    """The list of invited units, for response rates.

    Attributes:
        file: CSV in the study folder with the columns unit_id, wave, organisation_id, respondent_group and, where
            known, disposition.
        because: Where the list comes from.
    """

    file: str
    because: str = ""

    @field_validator("file")
    @classmethod
    def _stays_in_the_study(cls, file: str) -> str:
        return plain_file_name(file, "the study folder")


class Dispositions(Spec):
    """When a response counts as complete or partial.

    Attributes:
        complete_if_share_answered_at_least: Of the administered items, 0 to 1.
        partial_if_share_answered_at_least: Of the administered items, 0 to 1; below it the response is a break-off.
    """

    complete_if_share_answered_at_least: float = Field(default=0.8, ge=0, le=1)
    partial_if_share_answered_at_least: float = Field(default=0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _partial_is_less(self) -> Self:
        if self.partial_if_share_answered_at_least > self.complete_if_share_answered_at_least:
            raise ValueError("the share for a partial response is above the share for a complete one")
        return self
