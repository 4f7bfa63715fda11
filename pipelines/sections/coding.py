"""Which open answers are coded, by whom and with which scheme."""

from typing import Self

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec


class Coding(Spec):
    """How open answers become codes.

    Attributes:
        scheme: Name of the coding scheme, from ``codings/`` of the study folder or the built-in library.
        items: Open questions whose answers are coded.
        coders: Short names of the coders; each has a file ``codings/<name>.csv``.
        adjudicator: Short name of the third person who decides where coders differ.
        training: Answers of the training round, when other than the scheme says.
    """

    scheme: Name = "coding_scheme"
    items: tuple[Name, ...] = Field(min_length=1)
    coders: tuple[Name, ...] = Field(min_length=2)
    adjudicator: Name | None = None
    training: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _are_different_people(self) -> Self:
        people = [name.lower() for name in self.people]
        if len(set(people)) < len(people):
            raise ValueError("a person stands twice among coders and adjudicator; the adjudicator is a third person")
        if len(set(self.items)) < len(self.items):
            raise ValueError("an item stands twice; name each once")
        return self

    @property
    def people(self) -> tuple[str, ...]:
        """Coders, and the adjudicator last."""
        return (*self.coders, *([self.adjudicator] if self.adjudicator else []))
