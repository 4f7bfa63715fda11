"""What registers and archives say about the organisations."""

from pydantic import field_validator

from instruments.spec_file import Name, Spec
from pipelines.sections.names import plain_file_name


class Organisations(Spec):
    """Facts about organisations that nobody is asked, as variables of models.

    Attributes:
        file: CSV in the study folder with the columns organisation_id and wave, and one column an item of the
            instrument.
        instrument: The instrument that describes the columns, such as ``register``; it is no questionnaire.
        because: Where the facts come from.
    """

    file: str
    instrument: Name = "register"
    because: str = ""

    @field_validator("file")
    @classmethod
    def _stays_in_the_study(cls, file: str) -> str:
        return plain_file_name(file, "the study folder")
