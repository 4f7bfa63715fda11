"""Who may import whom: the contracts of pyproject hold, and they speak of what they are meant to speak of."""

import ast
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
FOLDERS = ("instruments", "models", "pipelines", "dashboard")
CONTRACTS = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
SPEAKERS_OF_DUCKDB = {
    "pipelines.store",
    "pipelines.receive",
    "pipelines.release",
    "dashboard.open_release",
    "dashboard.queries",
}
# Parts that stay free of the database, of orchestration and of the screen (whole packages by prefix).
PURE = ("instruments", "models", "pipelines.spec", "pipelines.load", "pipelines.readers", "pipelines.steps")


def module_of(path):
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(nodes):
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_called_in(nodes):
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return {node.func.id for node in calls if isinstance(node.func, ast.Name)}


def imports_and_calls(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return set(imports_of(nodes)), names_called_in(nodes)


@cache
def found():
    paths = (path for folder in FOLDERS for path in sorted((HOUSE / folder).rglob("*.py")))
    return {module_of(path): imports_and_calls(path) for path in paths}


def imports_of_modules():
    return {module: imported for module, (imported, _) in found().items()}


def importers_of(package):
    return {
        module
        for module, imported in imports_of_modules().items()
        if any(name == package or name.startswith(f"{package}.") for name in imported)
    }


def is_within(module, packages):
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_every_contract_is_kept():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=HOUSE, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "0 broken" in done.stdout


def test_the_contracts_are_there():
    assert {"folders", "pipeline-layers", "pure-science", "speakers-of-duckdb", "thin-dashboard"} <= {
        contract["id"] for contract in CONTRACTS
    }


def test_exactly_the_named_modules_speak_duckdb():
    importers = importers_of("duckdb")
    assert {module for module in importers if not is_within(module, SPEAKERS_OF_DUCKDB)} == set()
    assert {each for each in SPEAKERS_OF_DUCKDB if any(is_within(module, [each]) for module in importers)} == set(
        SPEAKERS_OF_DUCKDB
    )


@pytest.mark.parametrize("package", ["dagster", "duckdb", "streamlit"])
def test_science_imports_no_orchestration_no_database_and_no_screen(package):
    assert {module for module in importers_of(package) if is_within(module, (*PURE, "pipelines.tables"))} == set()


def test_the_dashboard_opens_no_warehouse_and_runs_nothing():
    forbidden = ("pipelines.store", "pipelines.receive", "pipelines.release", "pipelines.assets", "pipelines.steps")
    reached = {
        (module, name)
        for module, imported in imports_of_modules().items()
        if is_within(module, ("dashboard",))
        for name in imported
        if is_within(name, (*forbidden, "dagster", "statsmodels"))
    }
    assert reached == set()


def test_the_screen_stays_in_the_dashboard_and_the_workbench():
    of_screens = ("dashboard", "pipelines.workbench")
    assert {module for module in importers_of("streamlit") if not is_within(module, of_screens)} == set()


def test_the_package_of_pipelines_holds_a_docstring_only():
    (only,) = ast.parse((HOUSE / "pipelines" / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(only, ast.Expr)


def test_nothing_evaluates_text_or_unpickles():
    forbidden = {"eval", "exec", "compile", "__import__"}
    assert {(module, name) for module, (_, called) in found().items() for name in called & forbidden} == set()
    assert importers_of("pickle") == importers_of("dill") == importers_of("cloudpickle") == set()


def test_there_is_no_src_folder():
    assert not (HOUSE / "src").exists()
