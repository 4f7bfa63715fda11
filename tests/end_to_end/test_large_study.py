"""A study with more responses than are computed as rows: fitted in a database, made again bit by bit, shown as any."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from models.regression.large import MANY_RESPONSES
from tests.command_line import PROGRAM, done, environment, release_contents, sensemaking, table
from tests.small_study import N_RESPONSES, answers, build_small_study, write_export

pytestmark = pytest.mark.slow
N_SPRING = 230_000
OF_SINGLE_RESPONSES = {"max_cooks_distance", "reset_p"}
ENGINES, MIB_OF_AN_ENGINE = 2, 128
N_ORGANISATIONS = 5_000
RANDOM_INTERCEPT = [
    part
    for setting in ("estimator=mixed", "covariance=null", "random_effects=[{groups: organisation_id}]")
    for part in ("--set", setting)
]
PEAK = """
import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=False)
print(ended.stdout, ended.stderr, file=sys.stderr)
print(ended.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def test_many_responses_are_fitted_in_a_database_and_shown_as_any(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    write_export(study, "spring.csv", answers("spring", n_responses=N_SPRING))
    done(sensemaking("run", study))
    assert len(table(study, "core.responses")) == N_RESPONSES + N_SPRING
    fits = table(study, "out.fits").set_index("variant")
    assert fits.loc["main", "n_obs"] > MANY_RESPONSES
    assert fits.loc["main", "engine"] == "counted_patterns"
    assert "few enough to be counted" in fits.loc["main", "engine_reason"]
    diagnostics = table(study, "out.diagnostics").query("variant == 'main'")
    assert not OF_SINGLE_RESPONSES & set(diagnostics["diagnostic"])
    fit_id = fits.loc["main", "fit_id"]
    again = done(sensemaking("rerun", study, fit_id, "--json")).document
    assert (again["verdict"], again["largest_difference"]) == ("identical", 0.0)
    shown = done(sensemaking("fit", study, "trust")).stdout
    assert "computed in a database, counted_patterns: " in shown.replace("\n", " ")
    done(sensemaking("tables", study, "--out", tmp_path / "tables", "--private"))
    done(sensemaking("pictures", study, fit_id, "--out", tmp_path / "pictures"))
    done(sensemaking("release", study, "--sign-off", "Test"))
    assert fit_id in set(release_contents(study)["out.fits"]["fit_id"])
    package = tmp_path / "package"
    done(sensemaking("export", "replication", study, "--out", package, "--data", "synthetic"))
    made = subprocess.run((sys.executable, "reproduce.py"), cwd=package, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr


def peak_of_fit(study: Path, *settings: str) -> float:
    """Return the most memory that ``sensemaking fit`` takes as a program of its own, MiB."""
    command = (sys.executable, "-c", PEAK, *PROGRAM, "fit", str(study), "trust", *settings)
    ended = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    code, peak = ended.stdout.split()
    assert code == "0", ended.stderr
    assert "computed in a database" in ended.stderr
    return float(peak)


def repeat_responses(study: Path, times: int) -> int:
    """Put every analysed response into the warehouse as often again; return how many there are then."""
    (database,) = study.rglob("study.duckdb")
    with duckdb.connect(str(database)) as connection:
        name = "response_id || '#' || $times || '.' || copy AS response_id"
        again = f"SELECT * REPLACE ({name}) FROM core.analysis, range(1, $times) AS r(copy)"
        connection.execute(f"INSERT INTO core.analysis SELECT * EXCLUDE (copy) FROM ({again})", {"times": times})
        (n,) = connection.execute("SELECT count(*) FROM core.analysis").fetchone()
        connection.execute("UPDATE raw.writes SET n_rows = $n WHERE table_name = 'core.analysis'", {"n": n})
    return n


def divide_into_organisations(study: Path) -> None:
    """Put responses into 5,000 organisations that differ in trust."""
    (database,) = study.rglob("study.duckdb")
    organisation = f"hash(response_id) % {N_ORGANISATIONS}"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            f"UPDATE core.analysis SET organisation_id = 'o' || ({organisation}), "
            f"trust = trust + sin({organisation}) + hash(response_id || 'own') % 1000 / 500"
        )


def test_memory_of_a_fit_does_not_grow_with_responses(tmp_path: Path):
    """Beyond what both databases may use, ten times the responses take no more memory."""
    study = build_small_study(tmp_path / "small")
    done(sensemaking("run", study))
    assert repeat_responses(study, 2_600) > MANY_RESPONSES
    few = peak_of_fit(study)
    assert repeat_responses(study, 10) > 2_000_000
    assert peak_of_fit(study) < few + ENGINES * MIB_OF_AN_ENGINE


def test_memory_of_a_random_intercept_does_not_grow_with_responses(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    done(sensemaking("run", study))
    assert repeat_responses(study, 2_600) > MANY_RESPONSES
    divide_into_organisations(study)
    few = peak_of_fit(study, *RANDOM_INTERCEPT)
    assert repeat_responses(study, 10) > 2_000_000
    divide_into_organisations(study)
    assert peak_of_fit(study, *RANDOM_INTERCEPT) < few + ENGINES * MIB_OF_AN_ENGINE
