"""Values of a column, batch by batch → codes from 0, in the order in which the values first appear."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute


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
        indices = encoded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
        if self.met is None:
            self.met = encoded.dictionary
            return indices
        options = compute.SetLookupOptions(self.met)
        found = compute.call_function("index_in", [encoded.dictionary], options)
        codes = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)
        is_new = codes < 0
        codes[is_new] = self.n_groups + np.arange(int(is_new.sum()))
        self.met = pa.concat_arrays([self.met, encoded.dictionary.filter(pa.array(is_new))])
        return codes[indices]
