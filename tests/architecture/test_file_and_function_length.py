"""Sizes a person can read at once: files of 300 lines, functions of 40, six arguments; names that say something."""

import ast
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
FOLDERS = ("instruments", "models", "pipelines", "dashboard")
FILES = sorted(path for folder in FOLDERS for path in (HOUSE / folder).rglob("*.py"))
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 40
MOST_ARGUMENTS = 6
WORDS_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "core_utils", "base_utils"}


@cache
def measured(path):
    """Return a file's docstring, and the length and the number of arguments of each of its functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {each.name: length_without_docstring(each) for each in functions}
    return ast.get_docstring(tree), lengths, {each.name: len(arguments_of(each)) for each in functions}


def length_without_docstring(function):
    first = function.body[0]
    has_docstring = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def arguments_of(function):
    given = function.args
    return [
        each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs) if each.arg not in ("self", "cls")
    ]


def ids(path):
    return path.relative_to(HOUSE).as_posix()


def test_there_is_something_to_measure():
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_a_file_is_short(path):
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= MOST_LINES_OF_A_FILE, f"{n_lines} lines; split {ids(path)} by topic"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_functions_are_short_and_take_few_arguments(path):
    _, long, many = measured(path)
    assert {name: n for name, n in long.items() if n > MOST_LINES_OF_A_FUNCTION} == {}
    assert {name: n for name, n in many.items() if n > MOST_ARGUMENTS} == {}


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_a_file_begins_by_saying_what_belongs_in_it(path):
    docstring, _, _ = measured(path)
    assert docstring, f"{ids(path)} has no docstring"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_names_say_what_is_in_them(path):
    assert not {*path.relative_to(HOUSE).parts[:-1], path.stem} & WORDS_THAT_SAY_NOTHING


def test_the_length_of_a_function_leaves_its_docstring_out():
    source = 'def f(a, *, b):\n    """Say.\n\n    More.\n    """\n    return a\n'
    (function,) = ast.parse(source).body
    assert length_without_docstring(function) == 2
    assert arguments_of(function) == ["a", "b"]
