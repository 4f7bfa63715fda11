"""Which questions are unprompted, what a form may not do to them, and the variables that codings become."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from instruments.forms.load import FORMS, load_form
from instruments.forms.spec import Section
from instruments.load import LIBRARY, load_instrument
from instruments.strict_yaml import Document
from pipelines.load_coding import read_coding
from pipelines.sections.coding import Coding

ITEMS = ("OEQ_1", "OEQ_5")
FORM_NAMES = ("top_managers", "middle_managers", "frontline_staff")


@pytest.fixture(scope="module")
def library():
    return {path.stem: load_instrument(path) for path in sorted(LIBRARY.glob("*.yaml"))}


def read(library, forms, items=ITEMS):
    document = Document(Path("study.yaml"))
    spec = SimpleNamespace(coding=Coding(items=items, coders=("anna", "bo")))
    return read_coding(Path("nowhere"), spec, library, forms, document), document.faults


def test_the_forms_of_the_library_ask_unprompted_questions_before_the_definition(library):
    forms = {name: load_form(FORMS / f"{name}.yaml", library) for name in FORM_NAMES}
    coding, faults = read(library, forms)
    assert not faults
    assert coding.unprompted == {"OEQ_1"}


def test_an_unprompted_question_after_the_definition_is_a_fault(library):
    form = load_form(FORMS / "top_managers.yaml", library)
    late = form.model_copy(
        update={"sections": (Section(definition="COPROD"), Section(instrument="open_questions", items=("OEQ_1",)))}
    )
    _, faults = read(library, {"late": late})
    assert [(fault.place, fault.message) for fault in faults] == [
        (
            "coding.items",
            "OEQ_1 says prompted: false, but the form top_managers asks it after the definition; move it up",
        )
    ]


def test_codes_become_variables_by_question_and_over_all(library):
    coding, _ = read(library, {})
    names = coding.variables()
    assert {"code_E1_OEQ_5", "code_E1", "code_E5_OEQ_1", "code_E5", "answered_OEQ_1", "answered_any"} <= set(names)
    assert {"log_words_OEQ_5", "log_words"} <= set(names)
    assert "code_E5_OEQ_5" not in names
    assert len(names) == 3 * 47 - 1 + 3 * 2
    prompted_only, _ = read(library, {}, ("OEQ_5",))
    assert not {name for name in prompted_only.variables() if "E5" in name}
