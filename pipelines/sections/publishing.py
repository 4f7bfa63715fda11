"""What may leave the warehouse."""

from typing import Literal

from pydantic import Field, field_validator

from instruments.spec_file import Name, Spec, Texts

LEAST_CELL_SIZE_FLOOR = 5
DashboardLanguage = Literal["en", "da"]


class Units(Spec):
    """Which means of scales are published of single organisations; nothing else is.

    Attributes:
        respondent_groups: Whose; each by itself, never added up, and never top managers.
        regions: A fact about organisations whose categories are regions, published between organisations and everybody.
        scales: Of these scales; none named: of all.
    """

    respondent_groups: tuple[Name, ...] = Field(min_length=1)
    regions: Name | None = None
    scales: tuple[Name, ...] = ()


class Release(Spec):
    """What may leave the warehouse.

    Attributes:
        least_cell_size: Fewest people behind a published figure; never under 5.
        languages: Languages of the dashboard.
        funding: Who paid for the study, by language, or that nobody did; stands in every release.
        top_managers: Respondent groups with so few people in an organisation that nothing of a single organisation is
            ever published of them.
        units: What is published of single organisations; without it nothing.
    """

    least_cell_size: int = Field(default=10, ge=LEAST_CELL_SIZE_FLOOR)
    languages: tuple[DashboardLanguage, ...] = Field(default=("en", "da"), min_length=1)
    funding: Texts = {}
    top_managers: tuple[Name, ...] = ()
    units: Units | None = None

    @field_validator("languages")
    @classmethod
    def _stand_once(cls, languages: tuple[DashboardLanguage, ...]) -> tuple[DashboardLanguage, ...]:
        if len(set(languages)) < len(languages):
            raise ValueError("a language stands twice; keep one")
        return languages
