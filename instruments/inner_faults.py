"""What the parts of an instrument say against each other: unknown names, forgotten items, missing translations.

Put here what needs the whole instrument; what a single entry may hold is in ``spec``.
"""

from collections.abc import Iterator

from instruments.spec import Instrument, Scale
from instruments.spec_file import ANY_LANGUAGE, Texts, closest
from instruments.strict_yaml import Place

Fault = tuple[Place, str]


def inner_faults(instrument: Instrument) -> list[Fault]:
    """Find what the parts of an instrument say against each other.

    Returns:
        Place and message of each fault.
    """
    faults = [*_faults_of_items(instrument), *_faults_of_names(instrument), *_faults_of_sums(instrument)]
    for name, scale in instrument.scales.items():
        faults += _faults_of_scale(instrument, name, scale)
    faults += [] if faults else _forgotten_items(instrument)
    return [*faults, *_missing_translations(instrument)]


def _faults_of_items(instrument: Instrument) -> Iterator[Fault]:
    for name, item in instrument.items.items():
        yield from _faults_of_expected_answer(instrument, name)
        if item.response_scale is not None and item.response_scale not in instrument.response_scales:
            nearest = closest(item.response_scale, list(instrument.response_scales))
            yield ("items", name, "response_scale"), f"there is no response scale '{item.response_scale}'{nearest}"
        elif item.kind in ("choice", "multiple_choice"):
            for column in instrument.option_columns(name):
                if column in instrument.items:
                    message = f"its option's column would be called {column}, like another item; rename one of them"
                    yield ("items", name), message


def _faults_of_expected_answer(instrument: Instrument, name: str) -> Iterator[Fault]:
    item, place = instrument.items[name], ("items", name, "expected_answer")
    points = instrument.response_scales.get(item.response_scale or "")
    if item.expected_answer is None:
        return
    if item.kind != "choice":
        yield place, f"an item of kind {item.kind} has no expected_answer; remove it, or set kind to choice"
    elif points is not None and item.expected_answer not in points.points:
        yield place, f"{item.expected_answer} is none of the points of '{item.response_scale}'; name one of its codes"


def _faults_of_names(instrument: Instrument) -> Iterator[Fault]:
    items, scales = list(instrument.items), list(instrument.scales)
    for name, item in instrument.items.items():
        other = item.parallel_to
        if other is not None and other not in items:
            yield ("items", name, "parallel_to"), f"there is no item '{other}'{closest(other, items)}"
    for name, scale in instrument.scales.items():
        named = [("dimensions", each) for each in scale.dimensions]
        named += [("parallel_to", scale.parallel_to)] if scale.parallel_to else []
        for key, other in named:
            if other not in scales:
                yield ("scales", name, key), f"there is no scale '{other}'{closest(other, scales)}"


def _faults_of_sums(instrument: Instrument) -> Iterator[Fault]:
    for name, each in instrument.constant_sums.items():
        for item in each.items:
            place = ("constant_sums", name, "items")
            if item not in instrument.items:
                yield place, f"there is no item '{item}'{closest(item, list(instrument.items))}"
            elif instrument.items[item].kind != "number":
                yield place, f"'{item}' is no number; expected kind: number"


def _faults_of_scale(instrument: Instrument, name: str, scale: Scale) -> list[Fault]:
    place, items = ("scales", name, "items"), instrument.items
    unknown = [item for item in scale.items if item not in items]
    if unknown:
        return [(place, f"there is no item '{item}'{closest(item, list(items))}") for item in unknown]
    used = {items[item].response_scale for item in scale.items}
    if any(items[item].kind != "choice" for item in scale.items):
        return [(place, "every item of a scale must be a choice")]
    if len(used) > 1:
        listed = ", ".join(sorted(map(str, used)))
        return [(place, f"the items have different response scales: {listed}; expected one")]
    points = instrument.response_scales.get(str(used.pop()))
    if points is not None and not points.ordered:
        return [(place, "the response scale is not ordered, so its answers have no mean or sum")]
    strangers = {item for each in scale.dimensions if each in instrument.scales for item in scale.items} - {
        item for each in scale.dimensions if each in instrument.scales for item in instrument.scales[each].items
    }
    return [(place, f"'{item}' belongs to none of the dimensions of the scale") for item in sorted(strangers)]


def _forgotten_items(instrument: Instrument) -> Iterator[Fault]:
    """Find items that answer on the response scale of some scale and belong to none."""
    scored = {item for scale in instrument.scales.values() for item in scale.items}
    used = {instrument.items[item].response_scale for item in scored if item in instrument.items}
    for name, item in instrument.items.items():
        if item.kind == "choice" and item.response_scale in used and name not in scored and not item.stands_alone:
            message = "the item is in no scale; add it to the items of one, or say stands_alone: true if none is meant"
            yield ("items", name), message


def _missing_translations(instrument: Instrument) -> Iterator[Fault]:
    """Find wordings without a language that the items have."""
    wanted = {language for item in instrument.items.values() for language in item.text} - {ANY_LANGUAGE}
    for place, texts in _shown_texts(instrument):
        missing = sorted(wanted - set(texts)) if texts and ANY_LANGUAGE not in texts else []
        if missing:
            have = ", ".join(sorted(texts))
            yield place, f"the wording has {have} but not {', '.join(missing)}, which other items have; translate it"


def _shown_texts(instrument: Instrument) -> Iterator[tuple[Place, Texts]]:
    """Yield every wording that respondents or readers of results see, with its place."""
    yield ("title",), instrument.title
    yield ("definition",), instrument.definition
    yield ("stem",), instrument.stem
    for name, item in instrument.items.items():
        yield ("items", name, "text"), item.text
    for name, scale in instrument.scales.items():
        yield ("scales", name, "title"), scale.title
        yield ("scales", name, "definition"), scale.definition
        yield ("scales", name, "high_score_means"), scale.high_score_means
    for name, each in instrument.constant_sums.items():
        yield ("constant_sums", name, "text"), each.text
    for name, response_scale in instrument.response_scales.items():
        for part, options in (("points", response_scale.points), ("opt_outs", response_scale.opt_outs)):
            for code, option in options.items():
                yield ("response_scales", name, part, code), option.label
