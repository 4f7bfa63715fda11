"""The word that a study is about, as a slot in wordings: which labels it may have, and the definition that is shown."""

from typing import Self

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec, Texts, closest


class LabelSlot(Spec):
    """A slot such as ``{COPROD}`` in the wording of items, and what may stand in it.

    Attributes:
        name: The file's name without ``.yaml``; the slot is this name in capitals.
        title: What the labels name, by language.
        default: Label that stands in the slot unless a form names another.
        labels: Label → its wording by language, in small letters, as a slot never begins a sentence.
        shown_definition: What respondents are told the word means, by language; may hold the slot itself.
        note: What to mind when a label is chosen.
    """

    name: Name
    title: Texts
    default: Name
    labels: dict[Name, Texts] = Field(min_length=1)
    shown_definition: Texts = {}
    note: str = ""

    @model_validator(mode="after")
    def _default_is_a_label(self) -> Self:
        if self.default not in self.labels:
            known = list(self.labels)
            raise ValueError(f"there is no label '{self.default}'{closest(self.default, known)}")
        return self

    @property
    def slot(self) -> str:
        """What stands in braces in a wording."""
        return self.name.upper()
