"""Which words respondents see in a label slot by chance."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from instruments.spec_file import Name, Spec
from pipelines.sections.names import plain_file_name


class LabelExperiment(Spec):
    """Respondents see one of several labels in a slot by chance.

    Attributes:
        slot: The slot, such as COPROD.
        labels: Labels of the slot, as the library names them; two or more.
        file: CSV in the study folder with the columns unit_id and label: who sees which. ``sensemaking export labels``
            draws one from the list of invited units.
        because: What is to be learned.
    """

    slot: Name
    labels: tuple[Name, ...] = Field(min_length=2)
    file: str
    because: str = ""

    @field_validator("file")
    @classmethod
    def _stays_in_the_study(cls, file: str) -> str:
        return plain_file_name(file, "the study folder")

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len(set(self.labels)) < len(self.labels):
            raise ValueError("a label stands twice; name each once")
        return self
