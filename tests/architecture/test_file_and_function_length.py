"""Sizes a person can read at once: files of 300 lines, functions of 40, six arguments; names that say something."""

import ast
from functools import cache
from pathlib import Path

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


def test_files_are_short():
    lengths = {ids(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: n for path, n in lengths.items() if n > MOST_LINES_OF_A_FILE} == {}, "split them by topic"


def test_functions_are_short_and_take_few_arguments():
    found = {ids(path): measured(path)[1:] for path in FILES}
    long = {
        path: {name: n for name, n in each.items() if n > MOST_LINES_OF_A_FUNCTION} for path, (each, _) in found.items()
    }
    many = {path: {name: n for name, n in each.items() if n > MOST_ARGUMENTS} for path, (_, each) in found.items()}
    assert {path: names for path, names in long.items() if names} == {}
    assert {path: names for path, names in many.items() if names} == {}


def test_files_begin_by_saying_what_belongs_in_them():
    assert [ids(path) for path in FILES if not measured(path)[0]] == []


def test_names_say_what_is_in_them():
    named = {ids(path): {*path.relative_to(HOUSE).parts[:-1], path.stem} for path in FILES}
    assert {
        path: words & WORDS_THAT_SAY_NOTHING for path, words in named.items() if words & WORDS_THAT_SAY_NOTHING
    } == {}


def test_the_length_of_a_function_leaves_its_docstring_out():
    source = 'def f(a, *, b):\n    """Say.\n\n    More.\n    """\n    return a\n'
    (function,) = ast.parse(source).body
    assert length_without_docstring(function) == 2
    assert arguments_of(function) == ["a", "b"]
