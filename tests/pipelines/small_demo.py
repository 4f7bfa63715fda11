"""The demonstration study in a size that tests can write and draw in a second; the same kinds of everything."""

from dataclasses import replace
from types import MappingProxyType

from pipelines.studies.demo.parameters import GROUPS, Faults, Parameters, Response, Size

SMALL = Parameters(
    size=Size(
        danish_regions=MappingProxyType({"Hovedstaden": 9, "Nordjylland": 3}),
        scottish_organisations=4,
        large_organisations=2,
    )
)
NOBODY = dict.fromkeys(GROUPS, 0.0)
EVERYBODY = Response(rate=dict.fromkeys(GROUPS, 1.0), selection={}, attrition=(0.0, 0.0))
CLEAN = Faults(careless=NOBODY, skipped=0.0, opt_out={}, broken_off=0.0, heeds_instruction=1.0, previews=0)
FORMS = ("top_managers", "middle_managers", "frontline_staff", "citizens", "partners")
WAVES = ("w1", "w2", "w3")
EXPORTS = tuple(f"{form}_{wave}.csv" for form in FORMS for wave in WAVES)


def of_organisations(number: int, **more: object) -> Parameters:
    """Return parameters of a population in which everybody answers without a fault."""
    size = replace(Size(), danish_regions={"Hovedstaden": number}, scottish_organisations=0)
    return replace(Parameters(size=size, response=EVERYBODY, faults=CLEAN), **more)
