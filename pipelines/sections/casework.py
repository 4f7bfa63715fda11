"""How the cases and people of a study were chosen, and what is known of each case beside answers."""

from pydantic import field_validator

from instruments.spec_file import Spec
from pipelines.sections.names import plain_file_name


class Casework(Spec):
    """Lists that a team keeps of its cases: each a CSV in the study folder.

    Attributes:
        sample: Sample register, one row a unit and wave: unit_id, wave, respondent_group, selection, gatekeeper,
            referred_by and inclusion_probability.
        cases: Case registry, one row a case: case_id, embedded_in, unit_kind, title, organisation_id, collaboration,
            began_on, ended_on, bounded_by and because.
        documents: Document register: document_id, case_id, kind, title, dated_on, origin and words.
        interviews: Interview metadata: interview_id, case_id, unit_id, interviewed_on, minutes, mode, is_recorded,
            language and words.
        traces: Process traces, one row a case and step of the template: case_id, step, observed_on, evidence, strength
            and note.
    """

    sample: str | None = None
    cases: str | None = None
    documents: str | None = None
    interviews: str | None = None
    traces: str | None = None

    @field_validator("*")
    @classmethod
    def _stays_in_the_study(cls, file: str | None) -> str | None:
        return None if file is None else plain_file_name(file, "the study folder")

    def files(self) -> list[str]:
        """Return the files that are named."""
        return [file for file in self.model_dump().values() if file is not None]
