"""Which rows a replication package gives away: real ones without identifiers, invented ones, or none."""

import random
from dataclasses import asdict, dataclass, field
from typing import Literal

import pandas as pd

from instruments.counted import counted
from instruments.faults import UsageError
from instruments.spec_file import closest
from models.load import WEIGHTS
from models.origin import derive_seed
from pipelines.commands.replication_fits import PackagedFits
from pipelines.load import Study
from pipelines.steps.deidentified_rows import Rows, RowsRefused, deidentified
from pipelines.steps.row_disclosure import row_disclosure
from pipelines.steps.synthetic_rows import invented
from pipelines.store import Store
from pipelines.tables import core

DataKind = Literal["deidentified", "synthetic", "none"]
KINDS: tuple[DataKind, ...] = ("synthetic", "deidentified", "none")


@dataclass(frozen=True, eq=False)
class RowsToGive:
    """Rows of a package.

    Attributes:
        kind: Which.
        rows: By the hash of the rows that fits were fitted to; none without rows.
        imputed: By fit the values that were imputed for it, of real rows; invented rows get values of their own.
        disclosure: What real rows tell; empty for others.
        closeness: How near invented rows come to real ones, a row a table; empty for others.
        notes: What the user should know.
    """

    kind: DataKind
    rows: Rows = field(default_factory=dict[str, pd.DataFrame])
    imputed: Rows = field(default_factory=dict[str, pd.DataFrame])
    disclosure: dict[str, object] = field(default_factory=dict[str, object])
    closeness: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()


def kind_of_data(name: str, sign_off: str) -> DataKind:
    """Return the kind of data that a user named.

    Raises:
        UsageError: When there is no such kind, or a sign-off is given for rows that need none.
    """
    found: DataKind | None = next((kind for kind in KINDS if kind == name), None)
    if found is None:
        raise UsageError(f"there are no data '{name}'{closest(name, KINDS)}; expected {', '.join(KINDS)}")
    if sign_off and found != "deidentified":
        raise UsageError("--sign-off is for real rows; say --data deidentified too, or leave it out")
    return found


def rows_to_give(study: Study, store: Store, fits: PackagedFits, kind: DataKind, sign_off: str) -> RowsToGive:
    """Make the rows of a package.

    Raises:
        RowsRefused: When real rows tell of single people or organisations and nobody signed off, or a column may hold
            more than answers in numbers.
    """
    if kind == "none":
        return RowsToGive(kind)
    rows = fits.rows
    known, least = store.read(core.analysis(study)), study.spec.release.least_cell_size
    if kind == "synthetic":
        return _invented(study, rows, known, least)
    imputed = fits.imputed()
    coded = deidentified({**rows, **imputed}, random.SystemRandom())
    made, values = ({name: coded[name] for name in each} for each in (rows, imputed))
    found = row_disclosure(rows, known, {*study.scales(), *WEIGHTS}, least)
    reasons = found.reasons()
    if reasons and not sign_off:
        raise RowsRefused(
            (
                *reasons,
                "give invented rows (--data synthetic), or say who states that a data agreement covers real ones: "
                "--sign-off NAME",
            )
        )
    notes = tuple(f"covered by the sign-off: {reason}" for reason in reasons)
    return RowsToGive(
        kind, made, values, {**found.as_json(), "reasons": list(reasons), "sign_off": sign_off}, notes=notes
    )


def _invented(study: Study, rows: Rows, known: pd.DataFrame, least: int) -> RowsToGive:
    made = invented(rows, known, least, derive_seed(study.name, "replication", *sorted(rows)))
    near = pd.DataFrame([{"rows": name, **asdict(each)} for name, each in made.closeness.items()])
    notes = ()
    if made.n_left_out:
        notes = (
            f"{counted(made.n_left_out, 'invented row was', 'invented rows were')} equal to a real one and left out",
        )
    return RowsToGive("synthetic", made.rows, closeness=near, notes=notes)
