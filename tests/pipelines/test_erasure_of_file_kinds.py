"""A person is erased from exports of every kind of file as from text: workbook, SPSS, Stata, zipped CSV."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.commands.fits import recorded_fits
from pipelines.commands.reruns import rerun
from pipelines.files import file_sha256
from pipelines.load import load_study
from tests.command_line import done, hash_of, sensemaking, table
from tests.panel_study import TOKEN, build_panel_study, people
from tests.run_steps import bring_up_to_date
from tests.small_study import ITEMS, LABELS
from tests.writers.file_kinds import WRITERS, everything_in

pytestmark = pytest.mark.slow

PLANTED = "the planted remark of one person"
GONE = (PLANTED, TOKEN.format(7), "autumn-7,", "spring-7,", "staff/autumn-7\x00", "staff/spring-7\x00")
CODES = {item: {**dict(enumerate(LABELS, start=1)), 9: "Don't know"} for item in ITEMS}
PLATFORMS = {"xlsx": "generic", "zip": "generic", "sav": "spss", "dta": "stata"}
WAVES = ("autumn", "spring")
FITTED = {"out/fits/trust"}
Kinds = tuple[str, str]


def build(folder: Path, kinds: Kinds, *, without: tuple[int, ...] = ()) -> Path:
    """Write the study with a kind of file a wave, some people left out, and bring its fits up to date."""
    build_panel_study(folder)
    specification = folder / "study.yaml"
    text = specification.read_text(encoding="utf-8")
    for wave, kind in zip(WAVES, kinds, strict=True):
        stated = f"files: {wave}.{kind}\n    platform: {PLATFORMS[kind]}"
        text = text.replace(f"files: {wave}*.csv\n    platform: generic", stated)
    specification.write_text(text, encoding="utf-8")
    for wave, kind in zip(WAVES, kinds, strict=True):
        (folder / "exports" / f"{wave}.csv").unlink()
        rows = people(wave)
        rows.loc[6, "remark"] = PLANTED
        kept = rows[~(rows.index + 1).isin(without)].reset_index(drop=True)
        WRITERS[kind](kept, folder / "exports" / f"{wave}.{kind}", CODES)
    bring_up_to_date(folder, FITTED)
    return folder


def where(folder: Path, *texts: str) -> list[str]:
    return [
        f"{path.name}: {text}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for text in texts
        if text.encode() in everything_in(path)
    ]


def contents(study: Path) -> dict[str, str]:
    """Hash every table of core and the fits that count; hashes of files and times of fitting left out."""
    with duckdb.connect(study / "warehouse" / "study.duckdb", read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'core'").fetchall()
    tables = {f"core.{name}": table(study, f"core.{name}") for (name,) in names}
    tables["out.fits"] = recorded_fits(load_study(study)).query("is_current")
    apart = ["file_sha256", "fitted_at", "recipe_hash"]
    return {name: hash_of(rows.drop(columns=apart, errors="ignore")) for name, rows in tables.items()}


@pytest.mark.parametrize("kinds", [("xlsx", "sav"), ("zip", "dta")])
def test_a_person_is_erased_whatever_kind_of_file_holds_them(tmp_path: Path, kinds: Kinds):
    study = build(tmp_path / "small", kinds)
    names = [f"{wave}.{kind}" for wave, kind in zip(WAVES, kinds, strict=True)]
    old = {file_sha256(study / "exports" / name) for name in names}
    assert {place.partition(":")[0] for place in where(study / "warehouse" / "raw", PLANTED)} == old
    fit = recorded_fits(load_study(study)).query("variant == 'main'").iloc[0]["fit_id"]
    told = done(sensemaking("erase", study, "--person", TOKEN.format(7), "--because", "asked", "--json")).document
    assert told["n_responses"] == 2
    assert told["still_held"] == [f"exports/{name}: 1 row" for name in names]
    check_record(study, old)
    assert where(study / "warehouse", *GONE) == []
    refitted = rerun(load_study(study), fit)
    day = table(study, "raw.erasures")["erased_at"].iloc[0]
    assert (refitted.verdict, refitted.erased) == ("not_reproducible", f"2 responses erased on {day:%Y-%m-%d}")
    assert 0 < refitted.largest_difference < 1
    bring_up_to_date(study, FITTED)
    assert where(study / "warehouse", *GONE) == []
    assert contents(study) == contents(build(tmp_path / "never" / "small", kinds, without=(7,)))


def check_record(study: Path, old: set[str]) -> None:
    """Check what is written down of the rewritten files, and that the old bytes are gone and the new ones kept."""
    record = table(study, "raw.erasures").query("kind == 'export'")
    assert set(record["old_sha256"]) == old
    assert record["n_rows"].tolist() == [1, 1]
    assert record["erased_at"].dt.date.eq(pd.Timestamp.now("UTC").date()).all()
    kept = {path.name for path in (study / "warehouse" / "raw").iterdir()}
    assert kept == set(record["new_sha256"])
    assert {file_sha256(study / "warehouse" / "raw" / name) for name in kept} == kept
