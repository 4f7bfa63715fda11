"""What may leave the warehouse."""

from typing import Literal

from pydantic import Field, field_validator

from instruments.spec_file import Spec, Texts

LEAST_CELL_SIZE_FLOOR = 5
DashboardLanguage = Literal["en", "da"]


class Release(Spec):
    """What may leave the warehouse.

    Attributes:
        least_cell_size: Fewest people behind a published figure; never under 5.
        languages: Languages of the dashboard.
        funding: Who paid for the study, by language, or that nobody did; stands in every release.
    """

    least_cell_size: int = Field(default=10, ge=LEAST_CELL_SIZE_FLOOR)
    languages: tuple[DashboardLanguage, ...] = Field(default=("en", "da"), min_length=1)
    funding: Texts = {}

    @field_validator("languages")
    @classmethod
    def _stand_once(cls, languages: tuple[DashboardLanguage, ...]) -> tuple[DashboardLanguage, ...]:
        if len(set(languages)) < len(languages):
            raise ValueError("a language stands twice; keep one")
        return languages
