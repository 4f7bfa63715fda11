"""Which groups respondents work in together."""

from pydantic import field_validator

from instruments.spec_file import Name, Spec
from pipelines.sections.names import plain_file_name


class Collaborations(Spec):
    """Named collaborations as units of their own; a respondent may belong to several.

    Attributes:
        item: The open question that asks for their names; several are separated by ``;`` or line breaks. Capitals,
            blanks and punctuation do not tell names apart.
        names: CSV in the study folder that says which spellings mean the same: columns organisation_id, text and
            collaboration.
    """

    item: Name
    names: str | None = None

    @field_validator("names")
    @classmethod
    def _stays_in_the_study(cls, file: str | None) -> str | None:
        return None if file is None else plain_file_name(file, "the study folder")
