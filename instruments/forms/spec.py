"""What a form is: who is asked what, in which order and languages. No wording of its own beyond greetings."""

from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.spec import Wording
from instruments.spec_file import Language, Name, Spec, Texts


class Section(Spec):
    """A page of a form: questions of one instrument, or the definition of the word that the study is about.

    Attributes:
        instrument: The instrument whose questions are asked.
        definition: The slot whose definition is shown, such as COPROD, in place of questions.
        title: Heading by language; none by default.
        length: ``core``, the short form, or ``full``, every item.
        scales: Only these scales of the instrument; all by default.
        without: Scales that are left out.
        items: Exactly these items, in this order, in place of length, scales and wording.
        wording: ``self``, ``observer`` or ``manager``: which of parallel items are asked.
    """

    instrument: Name | None = None
    definition: Name | None = None
    title: Texts = {}
    length: Literal["core", "full"] = "core"
    scales: tuple[Name, ...] = ()
    without: tuple[Name, ...] = ()
    items: tuple[Name, ...] = ()
    wording: Wording = "self"

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.instrument is None) == (self.definition is None):
            raise ValueError("a section needs either an instrument or a definition, and not both")
        if self.items and (self.scales or self.without):
            raise ValueError("items are asked as listed; remove scales and without")
        return self


class Form(Spec):
    """What one respondent group is asked.

    Attributes:
        name: The file's name without ``.yaml``.
        version: Version of the form.
        title: Title by language, as respondents see it.
        respondent_group: Code of the group.
        languages: Languages in which it can be answered, the default first.
        introduction: What respondents read first, by language.
        labels: Slot → name of the label that stands in it; the slot's default when not given.
        sections: Pages in order.
    """

    name: Name
    version: str
    title: Texts
    respondent_group: Name
    languages: tuple[Language, ...] = Field(min_length=1)
    introduction: Texts = {}
    labels: dict[Name, Name] = {}
    sections: tuple[Section, ...] = Field(min_length=1)
