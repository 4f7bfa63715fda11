"""What a study specification says; its sections are in ``pipelines.sections``. No files, no tables."""

from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.spec_file import Name, Spec, Texts
from pipelines.sections.casework import Casework
from pipelines.sections.coding import Coding
from pipelines.sections.fieldwork import ContactLog, Dispositions, Eligibility, Frame, Wave
from pipelines.sections.label_experiment import LabelExperiment
from pipelines.sections.linking import Linking
from pipelines.sections.organisations import Organisations
from pipelines.sections.privacy import Privacy
from pipelines.sections.publishing import Release
from pipelines.sections.relations import Collaborations
from pipelines.sections.schedule import Schedule
from pipelines.sections.screening import Screening
from pipelines.sections.sources import Source
from pipelines.sections.telling import Telling
from pipelines.sections.weighting import RepresentativityOf, Weights


class StudySpec(Spec):
    """A study: what it is, who answers, its content, its rules.

    Attributes:
        name: The study's name.
        title: Title by language.
        is_synthetic: Whether the answers are invented; then every page says so.
        target_population: Whom the study speaks about.
        waves: Waves by name, in order.
        respondent_groups: Groups by code, with their title.
        instruments: Names of instruments, from the study's folder or the built-in library; used whole.
        forms: Names of forms, from the study's folder or the built-in library; of the instruments they name the study
            uses what they ask.
        sources: Sources by name.
        frame: The list of invited units.
        contact_log: What came of every attempt to reach them.
        models: Names of models, from the study's folder or the built-in library.
        measurement: Names of measurement specifications, from the same folders as models.
        invalid_answers: ``block`` stops the run; ``set_missing`` stores the reason ``invalid`` and goes on.
        dispositions: When a response is complete or partial.
        eligibility: Which share of the units of unknown eligibility is taken to be eligible.
        weights: How responses are weighted; left out, every weight is 1.
        representativity: What the R-indicators are about.
        linking: How the waves belong together.
        collaborations: The named groups in which respondents work together.
        organisations: What registers and archives say about the organisations.
        label_experiment: Which words respondents see in a label slot by chance.
        casework: How its cases and people were chosen, and what is known of each case beside answers.
        privacy: How people are kept from being recognised in the study's own tables.
        screening: How careless and fraudulent responses are flagged, and which exclusion rules there are.
        coding: Which open answers are coded, by whom and with which scheme.
        release: What may leave the warehouse.
        schedule: When the study runs by itself, and when exports are expected.
        tell: Who is told of what happens; left out, nobody is.
    """

    name: Name
    title: Texts
    is_synthetic: bool = False
    target_population: str = ""
    waves: dict[Name, Wave] = Field(min_length=1)
    respondent_groups: dict[Name, Texts] = Field(min_length=1)
    instruments: tuple[Name, ...] = ()
    forms: tuple[Name, ...] = ()
    sources: dict[Name, Source] = Field(min_length=1)
    frame: Frame | None = None
    contact_log: ContactLog | None = None
    models: tuple[Name, ...] = ()
    measurement: tuple[Name, ...] = ()
    invalid_answers: Literal["block", "set_missing"] = "block"
    dispositions: Dispositions = Dispositions()
    eligibility: Eligibility = Eligibility()
    weights: Weights | None = None
    representativity: RepresentativityOf | None = None
    linking: Linking = Linking()
    collaborations: Collaborations | None = None
    organisations: Organisations | None = None
    label_experiment: LabelExperiment | None = None
    casework: Casework = Casework()
    privacy: Privacy = Privacy()
    screening: Screening = Screening()
    coding: Coding | None = None
    release: Release = Release()
    schedule: Schedule = Schedule()
    tell: Telling | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.instruments and not self.forms:
            raise ValueError("the study asks nothing; name its instruments, or its forms")
        return self

    @model_validator(mode="after")
    def _knows_when_waves_end(self) -> Self:
        asks = self.schedule.while_open != "run" or self.schedule.expected_every_hours is not None
        if asks and not any(wave.starts_on and wave.ends_on for wave in self.waves.values()):
            raise ValueError(
                "schedule: while_open and expected_every_hours need to know when a wave is in the field; give a wave "
                "starts_on and ends_on"
            )
        return self

    @model_validator(mode="after")
    def _pulls_something(self) -> Self:
        if self.schedule.pull_cron is not None and not any(source.pull for source in self.sources.values()):
            raise ValueError(
                "schedule: pull_cron says when responses are fetched, but no source says pull, where they come from; "
                "give one a pull, or take pull_cron out"
            )
        return self

    def kinds_of_dyads(self) -> tuple[str, ...]:
        """Return the kinds of dyads that any source joins people by, each once."""
        named = (kind for source in self.sources.values() for kind in source.identifiers.dyads)
        return tuple(dict.fromkeys(named))
