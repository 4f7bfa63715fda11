"""YAML files → model specifications; and whether a study has the variables they name."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar

from instruments.read_once import read_once
from instruments.scoring import score_range
from instruments.spec import Instrument
from instruments.spec_file import closest
from instruments.strict_yaml import Document, read_text, word_at
from models.sections.composition import parts_of_whole
from models.sections.figures import members_of
from models.sections.inference import FIGURES
from models.sections.measurement import BETWEEN_FORMS, MeasurementSpec
from models.sections.nonresponse import nonresponse_of
from models.sections.panel import EFFECTS, NUMBER_OF_ANSWERS
from models.sections.regressors import Variable, parts_of
from models.spec import RegressionSpec

LIBRARY = Path(__file__).parent / "library"
CLUSTERS = ("organisation_id", "respondent_key")
WEIGHTS = ("analysis_weight", "calibrated_weight", "nonresponse_weight", "design_weight", NUMBER_OF_ANSWERS)
GROUPS = ("category", "group")
OF_ORDER = (
    "expected a scale or a number; write estimator: multinomial, or where codes are numbers, such as 0 and 1, take "
    "ordered: false out of the response scale"
)
AnyModel = TypeVar("AnyModel", RegressionSpec, MeasurementSpec)
VariableKind = Literal["scale", "number", "category", "group"]


def kind_of(path: Path) -> str:
    """Return what kind of specification a model file says it is, such as ``measurement``; empty where it says none."""
    text = read_text(Document(path))
    return "" if text is None else word_at(text, "kind")


def read_measurement(path: Path) -> tuple[MeasurementSpec | None, Document]:
    """Read one measurement specification; returns as ``read_model``."""
    return _named_like_its_file(path, MeasurementSpec)


def read_model(path: Path) -> tuple[RegressionSpec | None, Document]:
    """Read one model specification.

    Returns:
        The specification, or None when it has faults, and the document with the faults and the lines.
    """
    return _named_like_its_file(path, RegressionSpec)


def _named_like_its_file(path: Path, kind: type[AnyModel]) -> tuple[AnyModel | None, Document]:
    model, document = read_once(path, kind)
    if model is not None and model.name != path.stem:
        document.blame(("name",), f"the file is called {path.name}; expected name: {path.stem}")
    return (None if document.faults else model), document


def find_models(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the file of every model by name; a later folder's file replaces an earlier one's of the same name."""
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def blame_unknown_variables(document: Document, model: RegressionSpec, known: Mapping[str, VariableKind]) -> None:
    """Add a fault for every variable that the study does not have, or that cannot be used as the model says.

    Args:
        document: The model's file, which takes the faults.
        model: The model.
        known: Variables of the study's analysis table: scales, numbers, categories, and names of groups of responses.
    """
    estimators = {model.estimator, *(variant.estimator or model.estimator for variant in model.variants)}
    if known.get(model.outcome) == "category" and estimators != {"multinomial"}:
        document.blame(("outcome",), f"'{model.outcome}' has categories without order; {OF_ORDER}")
    elif known.get(model.outcome) == "scale" and "multinomial" in estimators:
        document.blame(("outcome",), f"'{model.outcome}' is a scale; expected an item whose answers are categories")
    elif known.get(model.outcome) != "category":
        _blame_variable(document, ("outcome",), Variable(variable=model.outcome), known)
    for part in parts_of_whole(model.composition):
        _blame_variable(document, ("composition", "parts"), Variable(variable=part), known)
    _blame_right_hand_side(document, model, known)
    every = [model.with_variant(name) for name in ("main", *(variant.name for variant in model.variants))]
    _blame_groups(document, every, known)
    _blame_designs(document, every, known)
    _blame_silence(document, every, known)
    for weights in dict.fromkeys(each.weights for each in every if each.weights is not None):
        if weights not in WEIGHTS:
            document.blame(("weights",), f"there are no weights '{weights}'; expected {', '.join(WEIGHTS)}")


def _blame_right_hand_side(document: Document, model: RegressionSpec, known: Mapping[str, VariableKind]) -> None:
    is_of_figures = model.estimator in FIGURES
    if not is_of_figures:
        for part in parts_of(model.focal):
            _blame_variable(document, ("focal",), part, known)
    for variable in model.variables():
        _blame_variable(document, ("figures",) if is_of_figures else ("regressors",), variable, known)
    for name in members_of(model.figures):
        if name not in known:
            document.blame(("figures", "only"), f"the study has no variable '{name}'{closest(name, list(known))}")


def _blame_groups(document: Document, every: list[RegressionSpec], known: Mapping[str, VariableKind]) -> None:
    for cluster in dict.fromkeys(name for each in every for name in each.clusters()):
        if cluster not in CLUSTERS and known.get(cluster) not in GROUPS:
            expected = ", ".join(CLUSTERS)
            document.blame(
                ("cluster",), f"'{cluster}' does not name groups of responses; expected {expected} or a category"
            )
    for effects in dict.fromkeys(name for each in every for name in each.effects()):
        if effects not in EFFECTS and known.get(effects) != "category":
            expected = ", ".join(EFFECTS)
            document.blame(
                ("fixed_effects",), f"'{effects}' does not name groups of rows; expected {expected} or a category"
            )
    for groups in dict.fromkeys(name for each in every for name in each.random_groups()):
        if groups not in EFFECTS and known.get(groups) not in GROUPS:
            expected = ", ".join(EFFECTS)
            document.blame(
                ("random_effects",), f"'{groups}' does not name groups of rows; expected {expected} or a category"
            )


def _blame_silence(document: Document, every: list[RegressionSpec], known: Mapping[str, VariableKind]) -> None:
    asked = [each for model in every if (each := nonresponse_of(model.missing)) is not None]
    named = {(each.variable, each.use): each for silence in asked for each in silence.variables()}
    for variable in named.values():
        _blame_variable(document, ("missing", "explained_by"), variable, known)


def _blame_designs(document: Document, every: list[RegressionSpec], known: Mapping[str, VariableKind]) -> None:
    designs = [each.design for each in every if each.design is not None]
    for groups in dict.fromkeys(name for each in designs for name in each.groups()):
        if groups not in (*CLUSTERS, *EFFECTS) and known.get(groups) != "category":
            expected = ", ".join(dict.fromkeys((*CLUSTERS, *EFFECTS)))
            document.blame(
                ("design",), f"'{groups}' does not name groups of responses; expected {expected} or a category"
            )
    for size in dict.fromkeys(name for each in designs for name in each.sizes()):
        if known.get(size) != "number":
            document.blame(("design", "population_sizes"), f"'{size}' is no number; expected a column of numbers")


def blame_surface(document: Document, model: RegressionSpec, scales: Mapping[str, Instrument]) -> None:
    """Add a fault for every report of a response surface whose scores do not run over the scale that it names.

    Args:
        document: The model's file, which takes the faults.
        model: The model.
        scales: Instrument of every scale of the study.
    """
    for name in ("main", *(variant.name for variant in model.variants)):
        surface = model.with_variant(name).surface()
        for report in surface.surface.reports if surface is not None else ():
            if report.variable not in scales:
                continue
            found = score_range(scales[report.variable], report.variable)
            if surface is not None and found != surface.surface.scale:
                asked, own = (f"[{low:g}, {high:g}]" for low, high in (surface.surface.scale, found))
                message = f"scores of '{report.variable}' run over {own}, not over {asked}; both reports need one scale"
                document.blame(("regressors",), f"{message}; correct scale, or choose reports with the same options")


def blame_unknown_scales(
    document: Document,
    spec: MeasurementSpec,
    known: Mapping[str, VariableKind],
    items: Mapping[str, tuple[str, ...]],
    forms: Mapping[str, frozenset[str]],
) -> None:
    """Add a fault for every scale, item and grouping that the study does not have.

    Args:
        document: The specification's file, which takes the faults.
        spec: The specification.
        known: Variables of the study's analysis table.
        items: Items of every reflective scale.
        forms: Other wordings of every reflective scale that ask the same, item for item.
    """
    for scale in spec.scales:
        if known.get(scale) != "scale":
            document.blame(("scales",), f"the study has no scale '{scale}'{closest(scale, list(items))}")
        elif scale not in items:
            document.blame(
                ("scales",), f"'{scale}' is formative: its items make it up and are no indicators; take it out"
            )
    _blame_items(document, spec, [item for scale in spec.scales for item in items.get(scale, ())])
    groups = [name for name, kind in known.items() if kind == "category"]
    asked = {"comparisons": [each.over for each in spec.comparisons], "item_functioning": spec.item_functioning.over}
    for key, names in asked.items():
        if BETWEEN_FORMS in names:
            _blame_forms(document, key, [forms.get(scale, frozenset()) for scale in spec.scales])
        for over in (each for each in names if each not in (*groups, BETWEEN_FORMS)):
            document.blame((key,), f"'{over}' does not name groups of responses{closest(over, groups)}")


def _blame_forms(document: Document, key: str, forms: list[frozenset[str]]) -> None:
    if not frozenset[str].intersection(*forms):
        message = (
            "these scales have no wording besides 'self' in common that asks the same item for item: parallel_to of "
            "the scale and of every item, the same items reverse-scored; add it to the instrument or take 'form' out"
        )
        document.blame((key,), message)


def _blame_items(document: Document, spec: MeasurementSpec, own: list[str]) -> None:
    for item in dict.fromkeys(each for each in own if own.count(each) > 1):
        message = f"'{item}' is an item of two of these scales; a model of both cannot tell them apart"
        document.blame(("scales",), message)
    for item in (each for pair in spec.residuals_together for each in pair if each not in own):
        document.blame(("residuals_together",), f"'{item}' is no item of these scales{closest(item, own)}")


def _blame_variable(
    document: Document, place: tuple[str, ...], variable: Variable, known: Mapping[str, VariableKind]
) -> None:
    name, kind = variable.variable, known.get(variable.variable)
    if kind is None:
        document.blame(place, f"the study has no scale or item '{name}'{closest(name, list(known))}")
    elif kind == "group":
        document.blame(place, f"'{name}' names groups of responses and is no regressor; name it under random_effects")
    elif kind == "category" and variable.use != "category":
        document.blame(place, f"'{name}' has categories without order; write {{variable: {name}, use: category}}")
    elif kind != "scale" and variable.of is None and variable.use in ("organisation_mean", "within_organisation"):
        document.blame(place, f"'{name}' is not a scale; only scales have organisation means, unless of names a group")
