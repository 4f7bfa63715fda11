"""The variable by which an SPSS file weights its cases, which the library does not tell: a number in the file's header.

Layout of the header and of variable records as in the PSPP developers' description of system files.
"""

import struct
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

_HEADER_BYTES, _LAYOUT_PLACE, _WEIGHT_PLACE = 176, 64, 76
_LAYOUTS = (2, 3)
_VARIABLE, _CONTINUED = 2, -1
_LONGEST_SEGMENT, _SEGMENT_BYTES = 255, 252


def weight_position(path: Path, widths: Sequence[int]) -> int | None:
    """Find the weight.

    Args:
        path: A ``.sav`` or ``.zsav`` file.
        widths: Bytes of every variable's values, in the file's order; texts of more than 255 bytes lie in several
            records.

    Returns:
        Position of the weight variable from 0; None when the file does not weight.

    Raises:
        struct.error: When the header is cut off.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        order = "<" if struct.unpack_from("<i", header, _LAYOUT_PLACE)[0] in _LAYOUTS else ">"
        index = struct.unpack_from(f"{order}i", header, _WEIGHT_PLACE)[0]
        if index < 1:
            return None
        n_records = 0
        for _ in range(index):
            kind, width, has_label, n_missing = struct.unpack(f"{order}4i", file.read(16))
            if kind != _VARIABLE:
                return None
            n_records += width != _CONTINUED
            file.seek(16, 1)
            if has_label:
                file.seek(-(-struct.unpack(f"{order}i", file.read(4))[0] // 4) * 4, 1)
            file.seek(8 * abs(n_missing), 1)
    of_each = [-(-width // _SEGMENT_BYTES) if width > _LONGEST_SEGMENT else 1 for width in widths]
    ends = list(accumulate(of_each))
    return next((position for position, end in enumerate(ends) if n_records <= end), None)
