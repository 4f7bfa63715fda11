"""YAML files → model specifications; and whether a study has the variables they name."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar, cast

from instruments.spec_file import closest, read_spec
from instruments.strict_yaml import Document, read_yaml
from models.sections.waiting import WaitingSpec
from models.spec import RegressionSpec, Variable, as_variable

LIBRARY = Path(__file__).parent / "library"
CLUSTERS = ("organisation_id", "respondent_key")
AnyModel = TypeVar("AnyModel", RegressionSpec, WaitingSpec)
VariableKind = Literal["scale", "number", "category"]


def is_waiting(path: Path) -> bool:
    """Say whether a model file describes what waits for an estimator."""
    content = read_yaml(path).value
    return isinstance(content, dict) and cast("dict[object, object]", content).get("kind") == "waiting"


def read_waiting(path: Path) -> tuple[WaitingSpec | None, Document]:
    """Read one file of parts that wait for an estimator; returns as ``read_model``."""
    return _named_like_its_file(path, WaitingSpec)


def read_model(path: Path) -> tuple[RegressionSpec | None, Document]:
    """Read one model specification.

    Returns:
        The specification, or None when it has faults, and the document with the faults and the lines.
    """
    return _named_like_its_file(path, RegressionSpec)


def _named_like_its_file(path: Path, kind: type[AnyModel]) -> tuple[AnyModel | None, Document]:
    model, document = read_spec(path, kind)
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
        known: Variables of the study's analysis table: scales, numbers and categories.
    """
    if known.get(model.outcome) == "category":
        document.blame(("outcome",), f"'{model.outcome}' has categories without order; expected a scale or a number")
    else:
        _blame_variable(document, ("outcome",), Variable(variable=model.outcome), known)
    _blame_variable(document, ("focal",), as_variable(model.focal), known)
    for variable in model.variables():
        _blame_variable(document, ("regressors",), variable, known)
    for cluster in {model.cluster, *(variant.cluster for variant in model.variants)} - {None}:
        if cluster not in CLUSTERS and known.get(str(cluster)) != "category":
            expected = ", ".join(CLUSTERS)
            document.blame(
                ("cluster",), f"'{cluster}' does not name groups of responses; expected {expected} or a category"
            )


def _blame_variable(
    document: Document, place: tuple[str, ...], variable: Variable, known: Mapping[str, VariableKind]
) -> None:
    name, kind = variable.variable, known.get(variable.variable)
    if kind is None:
        document.blame(place, f"the study has no scale or item '{name}'{closest(name, list(known))}")
    elif kind == "category" and variable.use != "category":
        document.blame(place, f"'{name}' has categories without order; write {{variable: {name}, use: category}}")
    elif kind != "scale" and variable.of is None and variable.use in ("organisation_mean", "within_organisation"):
        document.blame(place, f"'{name}' is not a scale; only scales have organisation means, unless of names a group")
