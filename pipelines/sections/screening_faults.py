"""What study.yaml says about screening, held against the study's instruments and models."""

from collections.abc import Iterable, Mapping

from instruments.spec import Instrument
from instruments.spec_file import closest
from instruments.strict_yaml import Document, Place
from models.spec import RegressionSpec
from pipelines.sections.screening import Screening

LONGEST_NAME = 63


def blame_screening(rules: Screening, instruments: Mapping[str, Instrument], document: Document) -> None:
    """Add a fault for every item that the screening names and that is not there or cannot be used so.

    Args:
        rules: The section.
        instruments: All instruments of the study.
        document: study.yaml, which takes the faults.
    """
    owners = {item: each for each in instruments.values() for item in each.items}
    for name, items in rules.pages.items():
        _blame_strangers(items, owners, document, ("screening", "pages", name))
    for name, items in rules.blocks.items():
        place = ("screening", "blocks", name)
        _blame_strangers(items, owners, document, place)
        _blame_mixture([item for item in items if item in owners], owners, document, place)
    for item, check in rules.attention_checks.items():
        place = ("screening", "attention_checks", item)
        _blame_strangers([item], owners, document, place)
        scale = owners[item].response_scale_of(item) if item in owners else None
        strange = [code for code in check.expected if scale is not None and code not in scale.points]
        if strange or (item in owners and scale is None):
            code = strange[0] if strange else check.expected[0]
            document.blame((*place, "expected"), f"'{item}' has no answer {code}; name codes of its points")


def with_exclusions(rules: Screening, model: RegressionSpec, document: Document) -> RegressionSpec:
    """Return the model with a variant for each exclusion rule; blame names that are taken or too long.

    Args:
        rules: The section.
        model: A model of the study.
        document: Its file, which takes the faults.
    """
    extended = model.with_exclusions(rules.exclusions)
    names = [variant.name for variant in extended.variants]
    for name in names[len(model.variants) :]:
        if names.count(name) > 1:
            document.blame(("variants",), f"'{name}' is the name of the variant an exclusion rule adds; choose another")
        if len(name) > LONGEST_NAME:
            message = f"the exclusion rule makes a variant '{name}' of more than {LONGEST_NAME} letters; shorten a name"
            document.blame(("variants",), message)
    return extended


def _blame_strangers(items: Iterable[str], known: Mapping[str, object], document: Document, place: Place) -> None:
    for item in items:
        if item not in known:
            document.blame(place, f"there is no item '{item}'{closest(item, list(known))}")


def _blame_mixture(items: list[str], owners: Mapping[str, Instrument], document: Document, place: Place) -> None:
    """A block is a run of answers on ordered response scales of one instrument."""
    names = sorted({owners[item].name for item in items})
    if len(names) > 1:
        document.blame(place, f"the items belong to {', '.join(names)}; a block is of one instrument")
        return
    ranges: set[tuple[int, int]] = set()
    for item in items:
        scale = owners[item].response_scale_of(item)
        if owners[item].items[item].kind != "choice" or scale is None or not scale.ordered:
            document.blame(place, f"'{item}' is no choice on an ordered response scale; take it out of the block")
        else:
            ranges.add((scale.lowest, scale.highest))
    if len(ranges) > 1:
        listed = ", ".join(f"{lowest} to {highest}" for lowest, highest in sorted(ranges))
        document.blame(place, f"the items have codes {listed}; a block has one range")
