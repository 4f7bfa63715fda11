"""Stored figures, ours beside them, and how far apart they are."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tests.lavaan_models import oracle

ABOUT = ("meta", "tolerance", "data")


@dataclass(frozen=True)
class Tolerance:
    """How close two figures have to be.

    Attributes:
        size: As it stands in the file.
        is_relative: Whether it is relative for figures above 1 in size.
    """

    size: float
    is_relative: bool = False


@dataclass(frozen=True)
class Stopped:
    """Why R's stored figures are further off than the tolerance, and how far.

    Attributes:
        pattern: Of the paths.
        limit: How far they may be off, as measured.
        reason: With the proof that the difference is R's.
        is_shown: Whether there is such a proof; figures without one stay outside and are listed with what is known.
    """

    pattern: str
    limit: float
    reason: str
    is_shown: bool = True


@dataclass(frozen=True, eq=False)
class Agreement:
    """One file of stored results and ours.

    Attributes:
        number: Of the file.
        found: Gives our results, in the shape of the file.
        tolerance: Path and the tolerances in the file → the tolerance.
        row: Path → the row of the table that it belongs to.
        closer: Gives, in the shape of the file, results of a closer run of R.
        stopped: Entries on which R stopped early, or that are outside for all we know.
        calls: Pattern of rows → the function of ours that gives them.
        not_computed: Pattern of paths → why there is nothing to compare.
        unit: Path → path of the stored error that the tolerance is a multiple of; empty where it is none.
    """

    number: int
    found: Callable[..., object]
    tolerance: Callable[[str, Mapping[str, float]], Tolerance]
    row: Callable[[str], str]
    closer: Callable[..., object] = lambda _: {}
    stopped: tuple[Stopped, ...] = ()
    calls: Mapping[str, str] = field(default_factory=dict)
    not_computed: Mapping[str, str] = field(default_factory=dict)
    unit: Callable[[str], str] = lambda _: ""


@dataclass(frozen=True)
class Comparison:
    """One stored figure and ours.

    Attributes:
        path: Where it stands in the file.
        row: Row of the table.
        ours: Our figure.
        stored: R's.
        closer: Of a closer run of R; None where there is none.
        tolerance: From the file.
        stopped: Why R's figure is off, where that is known.
    """

    path: str
    row: str
    ours: float
    stored: float
    closer: float | None
    tolerance: Tolerance
    stopped: Stopped | None

    @property
    def difference(self) -> float:
        """How far ours is from the stored figure."""
        return abs(self.ours - self.stored)

    @property
    def is_close(self) -> bool:
        """Whether ours is as close to the stored figure as the file asks."""
        return is_within(self.ours, self.stored, self.tolerance)

    @property
    def is_explained(self) -> bool:
        """Whether ours is close, or close to a closer run of R, or off by no more than R is known to be."""
        if self.is_close:
            return True
        if self.closer is not None:
            return is_within(self.ours, self.closer, self.tolerance)
        return self.stopped is not None and self.stopped.is_shown and self.difference <= self.stopped.limit

    @property
    def is_listed(self) -> bool:
        """Whether ours is outside, by no more than is known, and not shown to be R's difference."""
        known = self.stopped
        return not self.is_close and known is not None and not known.is_shown and self.difference <= known.limit


def is_within(ours: float, theirs: float, tolerance: Tolerance) -> bool:
    """Whether two figures are as close as a tolerance asks."""
    scale = max(1.0, abs(theirs)) if tolerance.is_relative else 1.0
    return abs(ours - theirs) <= tolerance.size * scale


def numbers(tree: object, path: str = "") -> dict[str, float]:
    """Return path → every number of a tree; matrices are their values, rows of a table go by what they are about."""
    return dict(_walk(tree, path))


def stored(reference, agreement: Agreement) -> dict[str, float]:
    """Return every number of the file of an agreement."""
    entries = oracle(reference, agreement.number)
    return numbers({name: entry for name, entry in entries.items() if name not in ABOUT})


def comparisons(reference, agreement: Agreement, part: str = "") -> list[Comparison]:
    """Compare every stored number that we compute.

    Args:
        reference: Folder of reference data.
        agreement: The file.
        part: Beginning of the paths to compare; all when empty.

    Raises:
        KeyError: If we give a figure that the file does not hold.
    """
    theirs, ours = stored(reference, agreement), numbers(agreement.found(reference))
    closer = numbers(agreement.closer(reference))
    tolerances = oracle(reference, agreement.number).get("tolerance", {})
    return [
        Comparison(
            path,
            agreement.row(path),
            float(value),
            theirs[path],
            closer.get(path),
            _tolerance(agreement, path, tolerances, theirs),
            next((each for each in agreement.stopped if re.fullmatch(each.pattern, path)), None),
        )
        for path, value in ours.items()
        if path.startswith(part)
    ]


def left_out(reference, agreement: Agreement) -> dict[str, str | None]:
    """Return every stored path that we do not compute, and the reason; None where there is none."""
    ours = numbers(agreement.found(reference))
    return {
        path: next((why for pattern, why in agreement.not_computed.items() if re.fullmatch(pattern, path)), None)
        for path in stored(reference, agreement)
        if path not in ours
    }


def far(reference, agreement: Agreement, part: str) -> list[tuple[str, float, float]]:
    """Return path, our figure and R's of what is neither close nor explained.

    Raises:
        ValueError: If no figure is compared.
    """
    found = comparisons(reference, agreement, part)
    if not found:
        raise ValueError(f"no figure of oracle {agreement.number} begins with {part}")
    return [(each.path, each.ours, each.stored) for each in found if not each.is_explained]


def _tolerance(
    agreement: Agreement, path: str, tolerances: Mapping[str, float], theirs: Mapping[str, float]
) -> Tolerance:
    tolerance, unit = agreement.tolerance(path, tolerances), agreement.unit(path)
    return replace(tolerance, size=tolerance.size * theirs[unit]) if unit else tolerance


def _walk(tree: object, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(tree, bool | str) or tree is None:
        return
    if isinstance(tree, Mapping):
        inner = {"": tree["values"]} if set(tree) == {"rows", "cols", "values"} else tree
        for key, branch in inner.items():
            yield from _walk(branch, "/".join(filter(None, (path, str(key)))))
    elif isinstance(tree, list | tuple):
        for place, branch in enumerate(tree):
            yield from _walk(branch, f"{path}/{_name(branch) or place}")
    else:
        yield path, float(tree)


def _name(row: object) -> str:
    if not isinstance(row, Mapping):
        return ""
    if "from" in row:
        return f"{row['from']} to {row['to']}"
    if row.get("lhs", ".").startswith("."):
        return row.get("type", "")
    return " ".join(str(row[key]) for key in ("lhs", "op", "rhs", "group") if key in row)
