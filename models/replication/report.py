"""What ``reproduce.py`` does and says: every fit made again, compared, and written down beside what was recorded."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from models.regression.large import Database
from models.replication.agreement import Agreement, What, compare_tables
from models.replication.refit import (
    EXPECTED,
    PRINTED,
    RECORDED,
    Package,
    Refitted,
    about_software,
    open_package,
    refit_package,
)
from models.replication.tables import write_table

REPRODUCED = "reproduced"
VERDICTS = ("identical", "within 1e-9", "different")
FIGURES = ("estimate", "std_error", "p_value")
ABOUT = {
    "deidentified": "compared with what the study recorded",
    "synthetic": "the rows are invented, so that these figures differ from the recorded ones by design",
}
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Printed:
    """The published tables.

    Attributes:
        cells: One row a printed text: table, column, place, label, text.
        files: Name → content, a notation each.
    """

    cells: pd.DataFrame
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])


Printing = Callable[[Package, Refitted], Printed]


def reproduce(folder: Path, printing: Printing, database: Database) -> int:
    """Refit a package, write ``reproduced/`` and say how it went.

    Args:
        folder: The package.
        printing: Makes the published tables of results.
        database: Where many responses are computed.

    Returns:
        0 when all is as written down, 1 when something differs.
    """
    package = open_package(folder)
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    if not package.has_rows:
        _say("the package holds no rows (--data none): its files are whole, nothing was fitted")
        return 0
    made = _made(package, refit_package(package, database), printing, folder / REPRODUCED)
    expected = agreements(package.results(EXPECTED), made)
    _report("from these rows", expected)
    failed = [each for each in expected if each.verdict == "different"]
    if about["data"] == "deidentified":
        drawn = frozenset((str(table), str(of), str(what)) for table, of, what in about["drawn_anew"])
        recorded = recorded_agreements(package.results(RECORDED), made, drawn)
        _report("as the study recorded", recorded)
        failed += [each for each in recorded if each.verdict == "different"]
    _beside(package, made).to_csv(folder / REPRODUCED / "beside_recorded.csv", index=False)
    _say(f"{REPRODUCED}/beside_recorded.csv: {ABOUT[about['data']]}")
    _about_software(about["software"])
    return min(len(failed), 1)


def agreements(written: Tables, made: Tables, leave_out: frozenset[What] = frozenset()) -> list[Agreement]:
    """Compare all tables that were made again with those written down."""
    return [each for name in made for each in compare_tables(name, written[name], made[name], leave_out)]


def recorded_agreements(recorded: Tables, made: Tables, drawn: frozenset[What] = frozenset()) -> list[Agreement]:
    """Compare tables with what the study recorded.

    Args:
        recorded: As recorded; diagnostics of more than the rows of a fit do not count, nor do refusals.
        made: Made again.
        drawn: What chance draws anew from rows in another order.
    """
    of_fits = {name: table for name, table in made.items() if name != "refusals"}
    pairs = [_pairs(each["diagnostics"]) for each in (recorded, made)]
    outside = frozenset(("diagnostics", fit, name) for fit, name in pairs[0] - pairs[1])
    return agreements(recorded, of_fits, drawn | outside)


def _made(package: Package, refitted: Refitted, printing: Printing, target: Path) -> Tables:
    """Write down everything that was made again."""
    printed = printing(package, refitted)
    made = {**refitted.tables, PRINTED: printed.cells}
    target.mkdir(exist_ok=True)
    for name, table in made.items():
        write_table(table, target / f"{name}.csv")
    for name, content in printed.files.items():
        (target / name).write_bytes(content)
    return made


def _pairs(diagnostics: pd.DataFrame) -> set[tuple[str, str]]:
    if "diagnostic" not in diagnostics:
        return set()
    return {(str(fit), str(name)) for fit, name in zip(diagnostics["fit_id"], diagnostics["diagnostic"], strict=True)}


def _report(what: str, found: list[Agreement]) -> None:
    of_fits, printed = ([each for each in found if (each.table == PRINTED) == is_it] for is_it in (False, True))
    _say(f"{what}: {_counted(of_fits, 'figures', 'tables of fits')}")
    _say(f"{what}: {_counted(printed, 'printed texts', 'published tables')}")
    for each in found:
        if each.verdict == "different":
            size = "" if each.table == PRINTED else f" (largest difference {each.largest:.3g})"
            _say(f"  different: {each.of}, {each.table}, {each.where}{size}")


def _counted(found: list[Agreement], figures: str, tables: str) -> str:
    counts = {verdict: sum(each.verdict == verdict for each in found) for verdict in VERDICTS}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return f"{sum(each.n_figures for each in found):,} {figures} in {len(found)} {tables}: {told}"


def _beside(package: Package, made: Tables) -> pd.DataFrame:
    figures = ["fit_id", "term", *FIGURES]
    recorded = package.results(RECORDED)["estimates"][figures]
    again = made["estimates"]
    if "term" not in again:
        again = recorded.iloc[:0]
    return recorded.merge(again[figures], on=["fit_id", "term"], how="outer", suffixes=("_recorded", "_made_again"))


def _about_software(then: dict[str, str]) -> None:
    now = about_software()
    changed = [name for name, value in now.items() if then.get(name) != value]
    for name in changed:
        _say(f"note: {name} is {now[name]} here, and was {then.get(name)}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
