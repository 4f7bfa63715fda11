"""What a release asks of every figure; frozen in the release that it was used for."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

LEAST_ORGANISATIONS = 3


@dataclass(frozen=True)
class Policy:
    """Least sizes and widths.

    Attributes:
        least_cell_size: Fewest people behind a shown figure, and behind what is left of one when those within it that
            are shown are taken away.
        least_organisations: Fewest organisations behind a figure of more than one organisation.
        least_hidden_units: Fewest hidden units, with people in them, that may be told apart from the others.
        least_differing: Fewest people, behind a shown figure or told apart by figures, whose score is not the one that
            most of them have: with a single one, that person would know the scores of all others.
        least_width: Of the interval in which a hidden mean may lie for all that is shown, in points of the scale.
        least_share_width: Of the interval of a hidden share of favourable scores, 0 to 1.
    """

    least_cell_size: int = 10
    least_organisations: int = LEAST_ORGANISATIONS
    least_hidden_units: int = 2
    least_differing: int = 2
    least_width: float = 0.5
    least_share_width: float = 0.1

    def asks_more_than(self, asked: Mapping[str, float]) -> list[str]:
        """Return the names of what it asks more of than another policy did; what that did not name it asked alike.

        Args:
            asked: What the other asked, by name.
        """
        return [name for name, now in asdict(self).items() if asked.get(name, now) < now]

    @property
    def sha256(self) -> str:
        """Hash of all its values, in hexadecimal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
