"""The figures of coding and of collective leadership say what the scheme, the library and the trace template say."""

import re
import xml.etree.ElementTree as ET

import pytest

from instruments.codings.load import load_scheme
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.seeds.traces import load_template
from instruments.spec_file import json_like
from instruments.strict_yaml import read_yaml
from pipelines.commands.figures import SOURCE, Figure, draw, figures

FIGURES = {name: Figure.model_validate(each) for name, each in dict(json_like(read_yaml(SOURCE).value)).items()}
INSTRUMENTS = [load_instrument(path) for path in find_instruments([LIBRARY]).values()]
SCHEME = load_scheme(LIBRARY / "codings" / "coding_scheme.yaml")
CODES = {code: each.name for code, each in SCHEME.codes.items()}
MEASURES = {each.code for each in INSTRUMENTS} | {
    name for each in INSTRUMENTS for name in (*each.items, *(scale.code for scale in each.scales.values()))
}
NUMBERS = {5: "five", 6: "six", 7: "seven"}


def named(note: str) -> tuple[set[str], set[str]]:
    """Return the measures, and the ids of codes with their names, of the small letters of a box."""
    codes = set(re.findall(r"\b[A-FX]\d+ [A-Z][A-Z-]+", note))
    return set(re.findall(r"\b[A-Z]{2,}(?:[._]\w+)*\b", re.sub("|".join(codes) or "$^", "", note))), codes


@pytest.mark.parametrize("name", ["collective_leadership_process", "leadership_and_coproduction"])
def test_whatever_a_figure_names_is_in_the_library(name):
    found = [named(box.note) for box in FIGURES[name].boxes]
    assert all(measures or codes for measures, codes in found)
    assert {each for measures, _ in found for each in measures} <= MEASURES
    assert {each for _, codes in found for each in codes} <= {f"{code} {called}" for code, called in CODES.items()}


def test_the_steps_of_the_figure_are_those_of_the_trace_template_in_order():
    boxes, steps = FIGURES["leadership_and_coproduction"].boxes, load_template().steps
    assert [box.text.partition(" ")[0] for box in boxes] == [str(number) for number in range(1, len(steps) + 1)]
    for box, step in zip(boxes, steps, strict=True):
        measures, codes = named(box.note)
        assert measures == set(step.measured_by), box.id
        assert set(step.codes) <= {each.partition(" ")[2] for each in codes}, box.id


def test_the_four_principles_reinforce_one_another_and_every_step_leads_to_the_next():
    process, steps = FIGURES["collective_leadership_process"], FIGURES["leadership_and_coproduction"]
    principles = {box.id for box in process.boxes if box.kind == "principle"}
    both = [{each.start, each.to} for each in process.arrows if each.kind == "both"]
    assert len(principles) == len(both) == 4
    assert set().union(*both) == principles
    forward = [(each.start, each.to) for each in steps.arrows if each.kind == "on"]
    assert forward == [(f"j{number}", f"j{number + 1}") for number in range(1, 10)]


def test_the_workflow_counts_the_families_of_the_scheme():
    notes = {box.id: box.note for box in FIGURES["coding_workflow"].boxes}
    assert notes["cluster"] == f"{NUMBERS[len(SCHEME.families)]} families of codes"


@pytest.mark.parametrize("name", FIGURES)
def test_a_drawing_holds_every_word_within_its_frame(name):
    drawing = ET.fromstring(draw(FIGURES[name]))
    _, _, right, bottom = map(float, drawing.attrib["viewBox"].split())
    texts = drawing.findall("{http://www.w3.org/2000/svg}text")
    said = " ".join(each.text or "" for each in texts)
    for box in FIGURES[name].boxes:
        assert all(word in said for word in f"{box.text} {box.note}".split())
    assert all(0 <= float(each.attrib["x"]) <= right and 0 <= float(each.attrib["y"]) <= bottom for each in texts)
    assert draw(FIGURES[name]) == next(text for path, text in figures().items() if path.stem == name)
