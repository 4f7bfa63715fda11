"""A study with one item and one scale, for describing tables whose columns a study decides."""

from pathlib import Path

from instruments import spec as instruments
from instruments.codings.load import LIBRARY as SCHEMES
from instruments.codings.load import load_scheme
from instruments.load import LIBRARY, load_instrument
from instruments.sections import response_scale
from pipelines import spec as studies
from pipelines.load import Study
from pipelines.load_coding import StudyCoding
from pipelines.sections.coding import Coding


def study_of_one_item() -> Study:
    """Return a study with an item ``item`` and a scale ``scale``, for tables whose columns a study decides."""
    instrument = instruments.Instrument(
        name="example",
        version="1",
        title={"en": "Example"},
        response_scales={
            "two": response_scale.ResponseScale(points={1: response_scale.Point(), 2: response_scale.Point()})
        },
        items={"item": instruments.Item(text={"en": "The item's wording"}, response_scale="two")},
        scales={"scale": instruments.Scale(items=("item",), least_answered=1)},
    )
    spec = studies.StudySpec(
        name="example",
        title={"en": "Example"},
        waves={"w1": studies.Wave()},
        respondent_groups={"all": {}},
        instruments=("example",),
        sources={"only": studies.Source(wave="w1", files="export.csv")},
    )
    register = load_instrument(LIBRARY / "register.yaml")
    scheme = load_scheme(SCHEMES / "coding_scheme.yaml")
    one_code = scheme.model_copy(update={"codes": {"E1": scheme.codes["E1"]}})
    coding = StudyCoding(Coding(items=("question",), coders=("one", "other")), one_code, frozenset())
    return Study(Path(), spec, {"example": instrument}, {}, register=register, coding=coding)
