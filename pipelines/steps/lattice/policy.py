"""What a release asks of every figure; frozen in the release that it was used for."""

import hashlib
import json
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

    @property
    def sha256(self) -> str:
        """Hash of all its values, in hexadecimal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
