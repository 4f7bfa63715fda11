"""Counting patterns takes no more memory for more responses."""

import json
import subprocess
import sys

import pytest

from tests.command_line import CHECKOUT, environment
from tests.regression_rows import write_rows

MEASURED = """
import json, sys
import duckdb
from models.regression.in_database.planner import fit_in_database
from tests.regression_rows import RELATION, discrete_model

with duckdb.connect(sys.argv[1], read_only=True, config={"memory_limit": "200MB", "threads": 2}) as connection:
    found = fit_in_database(discrete_model(), connection, RELATION, {}, ("classical", "HC3", "CR1S", "CR2"))
lines = open("/proc/self/status").read().splitlines()
peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
print(json.dumps([found.engine, found.n_obs, peak / 1024]))
"""


def peak_of(database):
    command = [sys.executable, "-c", MEASURED, str(database)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True, cwd=CHECKOUT)
    return json.loads(done.stdout.splitlines()[-1])  # a long query writes how far it is


@pytest.mark.slow
def test_ten_times_the_responses_take_no_more_memory(tmp_path):
    measured = []
    for n in (200_000, 2_000_000):
        write_rows(tmp_path / "rows.duckdb", n)
        measured.append(peak_of(tmp_path / "rows.duckdb"))
    (engine, n_few, few), (_, n_many, many) = measured
    assert engine == "counted_patterns"
    assert n_many > 9 * n_few
    assert many < few + 100
