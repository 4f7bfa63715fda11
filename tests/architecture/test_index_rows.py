"""Every row of the reference data's index has files that are known and truths that a test asserts."""

import ast
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from instruments.strict_yaml import read_yaml

CHECKOUT = Path(__file__).parents[2]
ABOUT = re.compile(r"(LICENSE.*|DESCRIPTION|README\.md|copyright|INDEX\.md)$")
TABLE = read_yaml(CHECKOUT / "tests/index_rows.yaml")
ROWS: dict[str, Any] = TABLE.value
ROW = re.compile(r"^\| (?P<path>[a-z-]+/[^|]+) \|", re.MULTILINE)


def rows_of(index: str) -> list[str]:
    """Return the first cell of every row of the index: its path or paths."""
    return [found["path"].strip() for found in ROW.finditer(index)]


def beginnings_of(path: str) -> list[str]:
    return [beginning for beginning in ROWS if path.startswith(beginning)]


@cache
def functions_of(module: str) -> dict[str, bool]:
    """Return test function → whether it is marked ``reference``, alone or with its file."""
    (file,) = (CHECKOUT / "tests").rglob(f"{module}.py")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    marks = {each.id: ast.unparse(node.value) for node in tree.body if isinstance(node, ast.Assign)
             for each in node.targets if isinstance(each, ast.Name)}  # fmt: skip
    is_whole = "pytest.mark.reference" in marks.get("pytestmark", "")
    return {
        node.name: is_whole or any("pytest.mark.reference" in ast.unparse(mark) for mark in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.reference
def test_every_row_of_the_index_is_here_and_nothing_else(reference: Path) -> None:
    paths = rows_of((reference / "data/INDEX.md").read_text(encoding="utf-8"))
    assert len(paths) > 20
    assert {path: beginnings_of(path) for path in paths if len(beginnings_of(path)) != 1} == {}
    assert {each for each in ROWS if not any(path.startswith(each) for path in paths)} == set()


@pytest.mark.reference
def test_every_file_belongs_to_one_row(reference: Path) -> None:
    data = reference / "data"
    files = [each.relative_to(data).as_posix() for each in data.rglob("*") if each.is_file()]
    rows_by_file = {
        file: [name for name, row in ROWS.items() if any(fnmatchcase(file, pattern) for pattern in row["files"])]
        for file in files
        if not ABOUT.search(file)
    }
    assert {file: rows for file, rows in rows_by_file.items() if len(rows) != 1} == {}


@pytest.mark.parametrize("name", ROWS)
def test_every_truth_of_a_row_names_a_test_of_the_real_files(name: str) -> None:
    assert ROWS[name]["truths"], f"{name} has no test"
    for truth, test in ROWS[name]["truths"].items():
        module, _, function = test.partition("::")
        assert functions_of(module).get(function), f"{name}: {truth}: {test} is no test of the reference data"


def test_a_row_or_a_test_that_is_not_there_would_be_noticed() -> None:
    assert TABLE.faults == []
    assert rows_of("| path | x |\n|---|---|\n| redcap/new/*.csv, b.csv | MIT |\n") == ["redcap/new/*.csv, b.csv"]
    assert beginnings_of("redcap/new/*.csv") == []
    functions = functions_of("test_index_rows")
    assert "test_that_is_not_there" not in functions
    assert functions["test_every_file_belongs_to_one_row"]
    assert not functions["test_a_row_or_a_test_that_is_not_there_would_be_noticed"]
