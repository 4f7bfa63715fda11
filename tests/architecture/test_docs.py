"""The documents say what is true: commands, keys, links and generated pages are held against the code."""

import importlib.util
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.main import get_command

from instruments.faults import DataError, EnvironmentFault, UsageError
from instruments.load import LIBRARY
from instruments.sections.response_scale import MissingReason
from instruments.spec import Instrument
from instruments.spec_file import Spec, json_like, validate_spec
from instruments.strict_yaml import Document, parse_yaml, read_yaml
from models.regression.diagnostics import LOOK_BELOW, LOOK_FROM
from models.sections.inference import Covariance
from models.spec import RegressionSpec
from pipelines.access import read_access
from pipelines.cli import app
from pipelines.commands.errors import DEFECT
from pipelines.commands.reference_pages import KINDS, docstring_parts, pages
from pipelines.load import load_study
from pipelines.readers.plan import Role
from pipelines.spec import StudySpec
from pipelines.tables.core import DISPOSITIONS

CHECKOUT = Path(__file__).parents[2]
DEMO = CHECKOUT / "pipelines" / "studies" / "demo"
DOCUMENTS = [CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES = [*DOCUMENTS, *sorted((CHECKOUT / "docs").rglob("*.md"))]
GENERATED = pages()
COMMANDS: dict[str, Any] = dict(get_command(app).commands)
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CALL = re.compile(r"^(?:\.venv/bin/)?sensemaking( [^\n]*)?$", re.MULTILINE)
LINES_BEFORE_THE_FIRST_COMMAND = 45
WHOLE = {"study": "study.yaml", "instrument": "instruments/{}.yaml", "model": "models/{}.yaml", "access": "access.yaml"}
PARTS: dict[str, tuple[type[Spec], Path]] = {
    "part-of-study": (StudySpec, DEMO / "study.yaml"),
    "part-of-instrument": (Instrument, LIBRARY / "identity_work.yaml"),
    "part-of-model": (RegressionSpec, DEMO / "models" / "h1_enabler_identity.yaml"),
}


def blocks(page: Path, language: str) -> list[tuple[str, str]]:
    """Return the rest of the info string and the text of every fenced block of a language."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [(info.partition(" ")[2].strip(), text) for info, text in found if info.split(" ")[0] == language]


def code_spans(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", page.read_text(encoding="utf-8")))


def code_lines(page: Path) -> list[str]:
    in_blocks = [line for _, text in blocks(page, "sh") for line in re.split(r"\n|&&", text)]
    return [line.strip() for line in [*in_blocks, *code_spans(page)]]


def calls() -> list[tuple[str, str]]:
    return [
        (name_of(page), call.group(1).strip())
        for page in PAGES
        for line in code_lines(page)
        if (call := CALL.match(line))
        if call.group(1)
    ]


def merged(base: object, change: object) -> object:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{key: merged(base.get(key), value) for key, value in change.items()}}


def pages_with_yaml() -> Iterator[Path]:
    return (page for page in PAGES if blocks(page, "yaml"))


def name_of(page: Path) -> str:
    return page.relative_to(CHECKOUT).as_posix()


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_a_generated_page_is_what_the_code_says_now(path):
    assert path.read_text(encoding="utf-8") == GENERATED[path], "run: python -m pipelines.commands.reference_pages"


def test_every_key_that_a_specification_class_explains_exists():
    strangers = [
        f"{kind.__name__}.{name}"
        for kinds in KINDS.values()
        for kind in kinds
        for name in docstring_parts(kind)[1]
        if name not in kind.model_fields
    ]
    assert not strangers


@pytest.mark.parametrize("page", pages_with_yaml(), ids=name_of)
def test_every_yaml_example_says_what_it_is_an_example_of(page):
    assert {info for info, _ in blocks(page, "yaml")} <= {*WHOLE, *PARTS}


@pytest.mark.parametrize("page", pages_with_yaml(), ids=name_of)
def test_examples_of_whole_specifications_load_without_a_fault(page, tmp_path):
    """Instruments and models of a page without a study of its own are read as part of the demonstration study."""
    examples = [(kind, text) for kind, text in blocks(page, "yaml") if kind in WHOLE]
    for folder in ("instruments", "models"):
        (tmp_path / folder).mkdir()
    for file_name in ("frame.csv", "contacts.csv", "organisations.csv"):
        (tmp_path / file_name).touch()
    if "study" not in dict(examples):
        for folder in ("models", "forms"):
            shutil.copytree(DEMO / folder, tmp_path / folder, dirs_exist_ok=True)
        shutil.copyfile(DEMO / "study.yaml", tmp_path / "study.yaml")
    for kind, text in examples:
        name = re.findall(r"^name: (\w+)$", text, re.MULTILINE)
        (tmp_path / WHOLE[kind].format(*name)).write_text(text, encoding="utf-8")
    load_study(tmp_path)
    if "access" in dict(examples):
        read_access(tmp_path / "access.yaml")


@pytest.mark.parametrize("page", pages_with_yaml(), ids=name_of)
def test_examples_of_parts_of_a_specification_fit_into_a_whole_one(page):
    for kind, text in blocks(page, "yaml"):
        if kind in PARTS:
            spec, base = PARTS[kind]
            part = parse_yaml(Document(page), text)
            validate_spec(part, spec, json_like(merged(read_yaml(base).value, part.value)))
            assert not part.faults, [str(fault) for fault in part.faults]


@pytest.mark.parametrize(("page", "call"), calls())
def test_every_command_line_of_the_documents_is_accepted(page, call):
    name, *words = shlex.split(call, comments=True)
    assert name in COMMANDS, f"{page}: there is no command {name}"
    if words:
        COMMANDS[name].make_context(name, words)


def test_the_page_of_the_command_line_names_every_command_and_every_option():
    text = (CHECKOUT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `(\w+)`.*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert set(sections) == set(COMMANDS)
    for name, command in COMMANDS.items():
        own = [command, *getattr(command, "commands", {}).values()]
        options = {each for one in own for parameter in one.params for each in parameter.opts if each[:2] == "--"}
        mentioned = set(re.findall(r"`(--[a-z-]+)", sections[name])) | {"--json"} & options
        assert mentioned == options, name


def test_make_targets_and_modules_that_documents_name_exist():
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        for line in code_lines(page):
            if made := re.match(r"make ([a-z-]+)", line):
                assert made.group(1) in targets, f"{name_of(page)}: {line}"
            if module := re.search(r"python -m ([\w.]+)", line):
                assert importlib.util.find_spec(module.group(1)), f"{name_of(page)}: {line}"


def test_environment_variables_that_documents_name_are_read_somewhere():
    files = [path for folder in ("pipelines", "dashboard", "tests") for path in (CHECKOUT / folder).rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files if path != Path(__file__))
    named = {name for page in PAGES for name in re.findall(r"SENSEMAKING_\w+", page.read_text(encoding="utf-8"))}
    assert {name for name in named if name not in code} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_and_image_of_a_page_leads_somewhere(page):
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{name_of(page)}: {target}"
        assert there.is_relative_to(CHECKOUT), f"{name_of(page)}: {target}"
        assert not anchor or anchor in anchors(there), f"{name_of(page)}: {target}"


def test_every_page_of_the_docs_can_be_reached_from_the_readme():
    reached, to_read = set(), [CHECKOUT / "README.md"]
    while to_read:
        page = to_read.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = [target.partition("#")[0] for target in LINK.findall(page.read_text(encoding="utf-8"))]
        to_read += [there for target in targets if (there := (page.parent / target).resolve()).suffix == ".md"]
    assert {name_of(page) for page in PAGES} - {name_of(page) for page in reached} == set()


def test_the_index_of_the_docs_names_every_page_by_its_title():
    index = CHECKOUT / "docs" / "README.md"
    listed = re.findall(r"^- \[(.+)\]\((.+\.md)\)", index.read_text(encoding="utf-8"), re.MULTILINE)
    titles = {place: title for title, place in listed if not place.endswith("README.md")}
    kinds = ("tutorials", "how-to", "reference", "explanation")
    pages = {f"{kind}/{page.name}": page for kind in kinds for page in (index.parent / kind).glob("*.md")}
    texts = {place: "\n" + page.read_text(encoding="utf-8") for place, page in pages.items()}
    assert titles == {place: text.split("\n# ")[1].partition("\n")[0] for place, text in texts.items()}


def test_the_readme_shows_a_command_within_the_first_screen():
    lines = (CHECKOUT / "README.md").read_text(encoding="utf-8").splitlines()
    assert lines.index("```sh") <= LINES_BEFORE_THE_FIRST_COMMAND


def test_the_glossary_explains_every_word_that_results_and_tables_use():
    words = {*DISPOSITIONS, *get_args(MissingReason), *get_args(Role), *get_args(Covariance), *LOOK_FROM, *LOOK_BELOW}
    explained = set(re.findall(r"^\| `(\w+)` \|", (CHECKOUT / "docs/reference/glossary.md").read_text(), re.MULTILINE))
    assert words - explained == set()


def test_the_page_of_exit_codes_has_every_code():
    page = (CHECKOUT / "docs" / "reference" / "exit-codes.md").read_text(encoding="utf-8")
    codes = {0, 130, DEFECT, *(kind.exit_code for kind in (DataError, UsageError, EnvironmentFault))}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == codes
