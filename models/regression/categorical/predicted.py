"""What a model predicts on average, and how that depends on its parameters: what margins are made of."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.estimates import Matrix, Vector


@dataclass(frozen=True, eq=False)
class Predicted:
    """Averages of predictions over rows.

    Attributes:
        means: One mean a category of the outcome (J); one in all for an outcome of one number.
        slopes: J x p derivatives in the parameters.
    """

    means: Vector
    slopes: Matrix

    def minus(self, other: "Predicted") -> "Predicted":
        """Return the difference of two averages."""
        return Predicted(self.means - other.means, self.slopes - other.slopes)


def combine(parts: list[tuple[float, Predicted]]) -> Predicted:
    """Return a linear combination of averages."""
    factors = np.array([factor for factor, _ in parts])
    means = np.tensordot(factors, np.stack([part.means for _, part in parts]), axes=1)
    return Predicted(means, np.tensordot(factors, np.stack([part.slopes for _, part in parts]), axes=1))


class Model(Protocol):
    """A fitted model that can predict."""

    def predicted(self, matrix: Matrix, weights: Vector, offset: Vector | None = None) -> Predicted:
        """Return the weighted mean prediction over m rows: of probabilities (J) or an expected number (1)."""
        ...

    def expected(self, matrix: Matrix) -> Matrix:
        """Return the prediction of each of m rows, m x J."""
        ...
