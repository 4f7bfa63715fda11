"""What ``reproduce.py`` does and says: every fit made again, compared, and written down beside what was recorded."""

import json
import sys
from pathlib import Path

import pandas as pd

from models.replication.agreement import Agreement, compare_tables
from models.replication.refit import EXPECTED, RECORDED, TABLES, Package, about_software, open_package, refit_package
from models.replication.tables import write_table

Pairs = frozenset[tuple[str, str]]
REPRODUCED = "reproduced"
VERDICTS = ("identical", "within 1e-9", "different")
FIGURES = ("estimate", "std_error", "p_value")
ABOUT = {
    "deidentified": "compared with what the study recorded",
    "synthetic": "the rows are invented, so that these figures differ from the recorded ones by design",
}


def reproduce(folder: Path) -> int:
    """Refit a package, write ``reproduced/`` and say how it went.

    Returns:
        0 when all is as written down, 1 when something differs.
    """
    package = open_package(folder)
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    if not package.has_rows:
        _say("the package holds no rows (--data none): its files are whole, nothing was fitted")
        return 0
    made = refit_package(package)
    target = folder / REPRODUCED
    target.mkdir(exist_ok=True)
    for name, table in made.items():
        write_table(table, target / f"{name}.csv")
    expected = agreements(package, EXPECTED, made, Pairs())
    _report("from these rows", expected)
    failed = [each for each in expected if each.verdict == "different"]
    if about["data"] == "deidentified":
        drawn = frozenset((str(fit), str(reading)) for fit, reading in about["drawn_anew"])
        recorded = agreements(package, RECORDED, made, drawn)
        _report("as the study recorded", recorded)
        failed += [each for each in recorded if each.verdict == "different"]
    _beside(package, made).to_csv(target / "beside_recorded.csv", index=False)
    _say(f"{REPRODUCED}/beside_recorded.csv: {ABOUT[about['data']]}")
    _about_software(about["software"])
    return min(len(failed), 1)


def agreements(package: Package, kind: str, made: dict[str, pd.DataFrame], drawn: Pairs) -> list[Agreement]:
    """Compare all tables made again with those of a kind, recorded or expected."""
    written = package.results(kind)
    leave_out: dict[str, Pairs] = {name: Pairs() for name in TABLES}
    leave_out["readings"] = drawn
    if kind == RECORDED:
        leave_out["diagnostics"] = _outside(written["diagnostics"], made["diagnostics"])
    names = [name for name in TABLES if kind == EXPECTED or name != "refusals"]
    found = [compare_tables(name, written[name], made[name], leave_out[name]) for name in names]
    return [each for part in found for each in part]


def _outside(recorded: pd.DataFrame, made: pd.DataFrame) -> Pairs:
    """Return the recorded diagnostics that were computed from more than the rows."""
    again = set(zip(made["fit_id"], made["diagnostic"], strict=True))
    pairs = set(zip(recorded["fit_id"], recorded["diagnostic"], strict=True))
    return frozenset((str(fit), str(name)) for fit, name in pairs - again)


def _report(what: str, found: list[Agreement]) -> None:
    counts = {verdict: sum(each.verdict == verdict for each in found) for verdict in VERDICTS}
    n = sum(each.n_figures for each in found)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    _say(f"{what}: {n:,} figures in {len(found)} tables of fits: {told}")
    for each in found:
        if each.verdict == "different":
            _say(f"  different: {each.fit_id}, {each.table}, {each.where} (largest difference {each.largest:.3g})")


def _beside(package: Package, made: dict[str, pd.DataFrame]) -> pd.DataFrame:
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
