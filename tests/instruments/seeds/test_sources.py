"""Every row of the four publications has a home, and every home is alive: an item, a model, a code, a table, a page."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.main import get_command

from instruments.forms.load import FORMS, find_forms, library_labels
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.seeds.load import load_features, load_glossary, load_seeds
from instruments.seeds.spec import Feature, Homes, Seed
from pipelines.cli import app
from pipelines.commands.hypotheses_page import library_models
from pipelines.commands.reference_pages import study_of_one_item
from pipelines.spec import StudySpec
from pipelines.tables import (
    casework,
    coding,
    core,
    erasures,
    experiments,
    fieldwork,
    linking,
    measurement,
    out,
    raw,
    relations,
    released,
    sampling,
)

CHECKOUT = Path(__file__).parents[3]
SEEDS, FEATURES, TERMS = load_seeds().seeds, load_features().features, load_glossary().terms
INSTRUMENTS = {path.stem: load_instrument(path) for path in find_instruments([LIBRARY]).values()}
ITEMS = {name: each for each in INSTRUMENTS.values() for name in each.items}
SCALES = {code for each in INSTRUMENTS.values() for code in (each.code, *(s.code for s in each.scales.values()))}
MODELS = library_models()
HYPOTHESES = {each.code for each in MODELS}
VARIANTS = {f"{each.name}/{variant.name}" for each in MODELS for variant in each.variants}
SCHEME = LIBRARY / "codings" / "coding_scheme.yaml"
EXAMPLE = study_of_one_item()
OF_A_STUDY = (core.answers(EXAMPLE), core.scores(EXAMPLE), core.analysis(EXAMPLE), core.organisations(EXAMPLE))
MODULES = (
    raw,
    core,
    fieldwork,
    linking,
    measurement,
    relations,
    casework,
    sampling,
    coding,
    experiments,
    erasures,
    out,
    released,
)
TABLES = {table.name for tables in (*(each.TABLES for each in MODULES), OF_A_STUDY) for table in tables}
COMMANDS = get_command(app).commands
NOT_BUILT: dict[str, set[str]] = {}
ONLY_DOCUMENTED = {"K008", "K011", "D033"}


def scheme() -> tuple[set[str], set[str]]:
    """Return names of codes and letters of families of the coding scheme; none until it is there."""
    text = SCHEME.read_text(encoding="utf-8") if SCHEME.is_file() else ""
    families = re.search(r"^families:\n((?:  \w+: .*\n)+)", text, re.MULTILINE)
    letters = set(re.findall(r"^  (\w+):", families[1], re.MULTILINE)) if families else set()
    return set(re.findall(r"^\s+name: ([A-Z][A-Z-]+)$", text, re.MULTILINE)), letters


CODES, FAMILIES = scheme()


def section(place: str) -> str:
    """Return the text below a heading of a page, to the next heading; empty when there is none."""
    page, _, anchor = place.partition("#")
    for heading, text in re.findall(
        r"^#+ (.+?)\n(.*?)(?=^#|\Z)", (CHECKOUT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        if re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") == anchor:
            return text
    return ""


def dead_homes(row: str, homes: Homes) -> list[str]:
    """Return every home that is not there."""
    known = {
        "scales": SCALES,
        "items": set(ITEMS),
        "reverse_scored": {i for each in INSTRUMENTS.values() for s in each.scales.values() for i in s.reverse_scored},
        "open_questions": {name for name, each in ITEMS.items() if each.items[name].kind == "open_text"},
        "hypotheses": HYPOTHESES,
        "variants": VARIANTS,
        "codes": CODES if SCHEME.is_file() else set(homes.codes),
        "code_families": FAMILIES if SCHEME.is_file() else set(homes.code_families),
        "forms": set(find_forms([FORMS])),
        "tables": TABLES,
        "features": set(FEATURES),
        "glossary": set(TERMS),
        "documentation": {place for place in homes.documentation if row in section(place)},
    }
    dead = [name for kind, names in known.items() for name in getattr(homes, kind) if name not in names]
    for item, codes in homes.options.items():
        scale = ITEMS[item].response_scale_of(item) if item in ITEMS else None
        dead += [f"{item}={code}" for code in codes if scale is None or code not in scale.points]
    return dead


@pytest.mark.parametrize("row", SEEDS)
def test_every_home_of_a_row_is_alive(row):
    assert dead_homes(row, SEEDS[row].homes) == []


@pytest.mark.parametrize(
    ("homes", "dead"),
    [
        (Homes(scales=("IW.zz",), items=("CL_sy_9",)), ["IW.zz", "CL_sy_9"]),
        (Homes(reverse_scored=("CL_em_1",)), ["CL_em_1"]),
        (Homes(hypotheses=("H20",), variants=("h09_x/none",)), ["H20", "h09_x/none"]),
        (Homes(options={"STR_locus": (1, 99)}), ["STR_locus=99"]),
        (Homes(tables=("core.nothing",), features=("magic",), glossary=("magic",)), ["core.nothing", "magic", "magic"]),
        (Homes(documentation=("docs/explanation/architecture.md#none",)), ["docs/explanation/architecture.md#none"]),
        (Homes(open_questions=("STR_locus",), forms=("policy_makers",)), ["STR_locus", "policy_makers"]),
    ],
)
def test_a_home_that_is_gone_is_found(homes, dead):
    assert dead_homes("K001", homes) == dead


def test_codes_are_looked_up_as_soon_as_there_is_a_scheme():
    assert bool(CODES) == SCHEME.is_file()


def test_documentation_alone_is_the_home_of_few_rows():
    def is_documentation_only(homes: Homes) -> bool:
        return set(homes.model_dump(exclude_defaults=True)) == {"documentation"}

    assert {row for row, seed in SEEDS.items() if is_documentation_only(seed.homes)} == ONLY_DOCUMENTED


def test_exactly_these_features_are_not_built():
    missing = {name: feature.awaits for name, feature in FEATURES.items() if feature.awaits}
    assert missing == {name: part for part, names in NOT_BUILT.items() for name in names}


def test_every_feature_carries_a_row():
    assert {name for seed in SEEDS.values() for name in seed.homes.features} == set(FEATURES)


BUILT = {name: feature for name, feature in FEATURES.items() if not feature.awaits}


@pytest.mark.parametrize("feature", BUILT.values(), ids=BUILT)
def test_a_built_feature_lives_where_it_says_and_has_its_own_test(feature: Feature):
    assert [place for place in feature.lives_in if not is_there(*place.split(" ", 1))] == []
    file, _, name = feature.test.partition("::")
    tree = ast.parse((CHECKOUT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def is_there(kind: str, name: str) -> bool:
    if kind == "module":
        return importlib.util.find_spec(name) is not None
    if kind == "command":
        parts = name.split()
        group = COMMANDS.get(parts[0])
        return group is not None and (len(parts) == 1 or parts[1] in getattr(group, "commands", {}))
    known = {
        "table": TABLES,
        "key": set(StudySpec.model_fields),
        "instrument": set(INSTRUMENTS),
        "labels": set(library_labels()),
        "page": {name} if (CHECKOUT / name).is_file() else set(),
    }
    return name in known[kind]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"homes": {}}, "the seed has no home"),
        ({"quote": " ".join(["word"] * 15)}, "a quote has at most 14 words; found 15"),
        ({"quote": ""}, "give a quote or a paraphrase"),
        ({"paraphrase": "as well"}, "give a quote or a paraphrase"),
    ],
)
def test_a_row_without_a_home_or_with_too_long_a_quote_is_refused(changes, message):
    content = SEEDS["K001"].model_dump() | changes
    with pytest.raises(ValidationError, match=message):
        Seed.model_validate(content)


@pytest.fixture(scope="module")
def table(reference) -> dict[str, list[str]]:
    text = (reference / "domain" / "sources.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([KSLD]\d{3}) \| (.*) \|$", text, re.MULTILINE)
    return {row: [cell.strip() for cell in rest.split(" | ")] for row, rest in rows}


@pytest.mark.reference
def test_no_row_of_the_table_is_left_out_or_changed(table):
    ours = {
        row: [seed.kind, seed.what, f'"{seed.quote}"' if seed.quote else f"paraphrase: {seed.paraphrase}"]
        for row, seed in SEEDS.items()
    }
    assert len(table) == 286
    assert {row: cells[:3] for row, cells in table.items()} == ours


NAMED = re.compile(r"\b([A-Z]{2,3}\.[a-z]{1,2}|[A-Z]{2,3}_[a-z]{2}_\d|OEQ_\d+|H\d+|(?:STR|REG|ARC)_\w+)")


@pytest.mark.reference
def test_whatever_a_row_names_is_among_its_homes(table):
    left_out: list[tuple[str, str]] = []
    for row, (*_, lands_in) in table.items():
        homes = SEEDS[row].homes
        flat = {name for names in homes.model_dump().values() for name in names}
        named = {name for name in NAMED.findall(lands_in) if not any(each.startswith(name) for each in flat)}
        named |= {code for code in re.findall(r"code ([A-Z][A-Z-]+)", lands_in) if code not in homes.codes}
        if "documentation" in lands_in and not homes.documentation:
            named.add("documentation")
        if "glossary" in lands_in and not homes.glossary:
            named.add("glossary")
        left_out += [(row, name) for name in named]
    assert left_out == []


@pytest.mark.reference
def test_documentation_alone_is_a_home_only_where_the_table_says_so(table):
    assert {row for row, cells in table.items() if cells[3] == "documentation"} == ONLY_DOCUMENTED


@pytest.mark.reference
def test_every_feature_of_the_table_is_ours_and_carries_the_rows_it_names(table, reference):
    text = (reference / "domain" / "sources.md").read_text(encoding="utf-8")
    listed = text.partition("**Software features that rows ask for**")[2].partition("\n## ")[0]
    asked = {row for start, end in re.findall(r"([KSLD]\d{3})(?:-([KSLD]\d{3}))?", listed) for row in span(start, end)}
    without = {row for row in asked if not (SEEDS[row].homes.features or SEEDS[row].homes.tables)}
    assert without == set()


def span(start: str, end: str) -> list[str]:
    last = end or start
    return [f"{start[0]}{number:03d}" for number in range(int(start[1:]), int(last[1:]) + 1)]
