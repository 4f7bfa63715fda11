"""What published tables hold beside results of fits: words, plan labels, conditions; a JSON document of a package."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from instruments.spec_file import Texts
from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.words import Words

GIVEN_FILE = "results/tables/given.json"


@dataclass(frozen=True)
class GivenFit:
    """What a refit does not tell of a fit.

    Attributes:
        fit_id: The fit.
        variant: Its variant.
        label: ``confirmatory`` or ``exploratory``.
        is_declared: Whether the study declares it.
        focal_term: Term of the test that counts in its family; None without.
        family: Family of tests; empty where it is no declared test.
        n_in_family: Declared tests of the family.
        holm_p: Holm-adjusted p of the focal regressor, as recorded.
        n_missed: Conditions on the measurement of its scores that are not met; None where none is asked.
        missed: These in words.
        has_no_inference: Whether some of its responses allow no inference to a population.
        withheld: Why release rules would withhold it; empty.
        diagnostics: Diagnostics of more than the rows of the fit.
    """

    fit_id: str
    variant: str
    label: str
    is_declared: bool
    focal_term: str | None
    family: str
    n_in_family: int
    holm_p: float | None
    n_missed: int | None
    missed: tuple[str, ...]
    has_no_inference: bool
    withheld: str
    diagnostics: Mapping[str, float]


@dataclass(frozen=True)
class Given:
    """What the tables of a package hold beside results.

    Attributes:
        title: Title of the document.
        warnings: Printed first.
        language: Of the tables.
        texts: The study's texts by kind and name.
        titles: Variable or category → its titles by language.
        is_released: Whether figures are rounded as those of a release.
        least_cell_size: Fewest responses in a category without a mark.
        fits: In the order in which they stand.
    """

    title: str
    warnings: tuple[str, ...]
    language: str
    texts: Mapping[tuple[str, str], str]
    titles: Mapping[str, Texts]
    is_released: bool
    least_cell_size: int
    fits: tuple[GivenFit, ...]

    @property
    def words(self) -> Words:
        """The words of the tables."""
        return Words(self.language, self.texts)

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON document."""
        texts = [[kind, name, text] for (kind, name), text in sorted(self.texts.items())]
        return {**vars(self), "texts": texts, "titles": dict(self.titles), "fits": [asdict(fit) for fit in self.fits]}


def given_from_json(text: str) -> Given:
    """Read what ``Given.as_json`` wrote."""
    said = json.loads(text)
    said["texts"] = {(kind, name): each for kind, name, each in said["texts"]}
    said["warnings"] = tuple(said["warnings"])
    said["fits"] = tuple(GivenFit(**{**fit, "missed": tuple(fit["missed"])}) for fit in said["fits"])
    return Given(**said)


def given_fit(fit: ReportedFit, focal_term: str | None, outside: Mapping[str, float]) -> GivenFit:
    """Take from a recorded fit what a refit does not tell.

    Args:
        fit: As recorded.
        focal_term: Term of the test that counts in its family.
        outside: Diagnostics of more than the rows of the fit.
    """
    told = {name: getattr(fit, name) for name in GivenFit.__dataclass_fields__ if name in vars(fit)}
    return GivenFit(**{**told, "focal_term": focal_term, "diagnostics": dict(outside)})
