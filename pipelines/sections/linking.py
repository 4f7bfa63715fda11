"""How respondents are found again in later waves, and which items may be compared across waves."""

from pydantic import Field, field_validator

from instruments.spec_file import Name, Spec
from pipelines.sections.names import plain_file_name


class LinkCode(Spec):
    """A code that respondents make up from facts about themselves, such as a letter of their mother's name.

    Attributes:
        elements: Names of its elements; every source says in ``identifiers.link_code`` which column holds each.
        one_may_differ: Whether codes that differ in one element are linked when no other candidate exists.
    """

    elements: tuple[Name, ...] = Field(min_length=3)
    one_may_differ: bool = True

    @field_validator("elements")
    @classmethod
    def _stand_once(cls, elements: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(elements)) < len(elements):
            raise ValueError("an element stands twice; name each once")
        return elements


class Linking(Spec):
    """How the waves of the study belong together.

    Attributes:
        code: Self-generated code, for respondents without a ``respondent_key``.
        decisions: CSV in the study folder with what a person decided about doubtful pairs; columns response_id,
            other_response_id and decision (same or different).
        comparable: Item → why its answers may be pooled although wording or options changed between waves.
    """

    code: LinkCode | None = None
    decisions: str | None = None
    comparable: dict[Name, str] = {}

    @field_validator("decisions")
    @classmethod
    def _stays_in_the_study(cls, file: str | None) -> str | None:
        return None if file is None else plain_file_name(file, "the study folder")

    @field_validator("comparable")
    @classmethod
    def _says_why(cls, comparable: dict[str, str]) -> dict[str, str]:
        silent = [item for item, because in comparable.items() if not because.strip()]
        if silent:
            raise ValueError(f"say why {silent[0]} may be compared across waves")
        return comparable
