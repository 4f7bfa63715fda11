"""Values of a column, batch by batch → codes from 0, in the order in which the values first appear."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(eq=False)
class GroupCodes:
    """The values met so far.

    Attributes:
        met: In the order of their codes; None before the first batch.
    """

    met: pa.Array | None = None

    @property
    def n_groups(self) -> int:
        """Different values met so far."""
        return 0 if self.met is None else len(self.met)

    def of(self, column: pa.Array) -> NDArray[np.intp]:
        """Return the codes of the values of a batch, none missing; new values get the next codes."""
        plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        encoded = plain.dictionary_encode()
        if self.met is not None:
            before = pa.DictionaryArray.from_arrays(pa.array([], type=encoded.indices.type), self.met)
            encoded = pa.chunked_array([before, encoded]).unify_dictionaries().chunk(1)
        self.met = encoded.dictionary
        return encoded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
