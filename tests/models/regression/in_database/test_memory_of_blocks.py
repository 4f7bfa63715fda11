"""Peak memory of a regression in blocks does not grow with the rows of the table."""

import json
import subprocess
import sys

import pytest

from tests.command_line import CHECKOUT, environment
from tests.regression_rows import write_rows

ROWS = (200_000, 2_000_000)
MOST_MEGABYTES_MORE = 60


def peak_megabytes(name, file, small):
    command = [sys.executable, "-m", "tests.bench_regression_blocks", name, file, small]
    done = subprocess.run(command, env=environment(), capture_output=True, check=True, cwd=CHECKOUT)
    return json.loads(done.stdout.splitlines()[-1])["peak"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ours_continuous", "ours_effects", "ours_intercept"])
def test_ten_times_as_many_rows_need_no_more_memory(tmp_path, name):
    files = [tmp_path / f"{n_rows}.duckdb" for n_rows in (20_000, *ROWS)]
    for file in files:
        write_rows(file, int(file.stem))
    few, many = (peak_megabytes(name, file, files[0]) for file in files[1:])
    # ten times the rows of the continuous model alone are 216 MB more as float64
    assert many - few < MOST_MEGABYTES_MORE
