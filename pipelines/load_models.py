"""The models of a study: its own files and the built-in library → model specifications, checked against the study."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from instruments.faults import Fault
from instruments.read_once import REMEMBERED
from instruments.spec import Instrument
from instruments.strict_yaml import Document
from models.load import (
    LIBRARY,
    VariableKind,
    blame_surface,
    blame_unknown_scales,
    blame_unknown_variables,
    find_models,
    kind_of,
    read_measurement,
    read_model,
)
from models.sections.measurement import MeasurementSpec
from models.sections.nonresponse import ResponseWeights
from models.sections.regressors import Surface
from models.sections.sample_design import SampleDesign
from models.spec import RegressionSpec
from pipelines.cross_checks import existing
from pipelines.sections.screening_faults import with_exclusions
from pipelines.spec import StudySpec


@dataclass(frozen=True)
class DeclaredModels:
    """The models of a study.

    Attributes:
        models: Models that can be estimated, by name, in the order of ``study.yaml``.
        measurement: Measurement specifications, by name, in the order of ``study.yaml``.
        faults: Faults of the models' files.
    """

    models: dict[str, RegressionSpec] = field(default_factory=dict[str, RegressionSpec])
    measurement: dict[str, MeasurementSpec] = field(default_factory=dict[str, MeasurementSpec])
    faults: list[Fault] = field(default_factory=list[Fault])


@dataclass(frozen=True)
class Known:
    """What of a study models may name.

    Attributes:
        variables: Variables of the analysis table.
        reflective: Items of every reflective scale.
        forms: Its other wordings.
        scales: Instrument of every scale.
    """

    variables: Mapping[str, VariableKind]
    reflective: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, frozenset[str]]
    scales: Mapping[str, Instrument]

    @cached_property
    def variable_kinds(self) -> frozenset[tuple[str, VariableKind]]:
        """The variables and their kinds, as a value that studies with the same questions share."""
        return frozenset(self.variables.items())


class _Itself:
    """A specification that is equal to no other object, so that what is known of it can be remembered."""

    def __init__(self, spec: RegressionSpec) -> None:
        self.spec = spec

    def __hash__(self) -> int:
        return id(self.spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.spec is self.spec


def read_models(folder: Path, spec: StudySpec, document: Document, known: Known | None) -> DeclaredModels:
    """Read the models that a study names, and look for faults in its own files that it does not name.

    Args:
        folder: The study folder.
        spec: ``study.yaml``.
        document: Takes the faults of ``study.yaml``.
        known: What models may name; None where the study's instruments have faults.
    """
    files = find_models([LIBRARY, folder / "models"])
    kinds = {name: kind_of(path) for name, path in files.items()}
    measurement = [name for name, kind in kinds.items() if kind == "measurement"]
    others = [name for name in files if name not in measurement]
    wanted = existing(spec.measurement, measurement, document, ("measurement",), "measurement specification")
    wanted += existing(spec.models, others, document, ("models",), "model")
    wanted += [path.stem for path in sorted((folder / "models").glob("*.yaml")) if path.stem not in wanted]
    found = DeclaredModels()
    for name in wanted:
        if kinds[name] == "measurement":
            own = _read_measurement(files[name], spec, known, found.measurement)
        else:
            own = _read_one(files[name], spec, known, found.models)
        found.faults.extend(own.faults)
    return found


def faults_of_own_models(folder: Path) -> list[Fault]:
    """Return the faults of the model files of a study folder, looked at by themselves."""
    files = sorted((folder / "models").glob("*.yaml"))
    read = [(read_measurement if kind_of(path) == "measurement" else read_model)(path) for path in files]
    return [fault for _, document in read for fault in document.faults]


def _read_measurement(
    path: Path, spec: StudySpec, known: Known | None, measurement: dict[str, MeasurementSpec]
) -> Document:
    """Read one measurement specification, take it into the study when the study names it, and return its document."""
    found, document = read_measurement(path)
    if found is not None:
        if known is not None:
            blame_unknown_scales(document, found, known.variables, known.reflective, known.forms)
        existing(found.respondent_groups, spec.respondent_groups, document, ("respondent_groups",), "respondent group")
        existing(found.waves, spec.waves, document, ("waves",), "wave")
        if path.stem in spec.measurement:
            measurement[path.stem] = found
    return document


def blame_population(spec: StudySpec, model: RegressionSpec, document: Document) -> None:
    """Add a fault for every wave, source and respondent group that a model names and the study does not have."""
    groups = spec.respondent_groups
    for place, population in [
        (("population",), model.population),
        *((("variants",), variant.population) for variant in model.variants if variant.population),
    ]:
        existing(population.waves, spec.waves, document, (*place, "waves"), "wave")
        existing(population.sources, spec.sources, document, (*place, "sources"), "source")
        without = [population.without] if population.without else []
        existing(without, spec.screening.exclusions, document, (*place, "without"), "exclusion rule")
        existing(population.respondent_groups, groups, document, (*place, "respondent_groups"), "respondent group")
    existing(_first_waves(model), spec.waves, document, ("missing", "since"), "wave")
    existing([model.dyads] if model.dyads else [], spec.kinds_of_dyads(), document, ("dyads",), "kind of dyads")
    existing(_groups_in(model), groups, document, ("regressors",), "respondent group")


def has_surface(model: RegressionSpec) -> bool:
    """Tell whether a model or one of its variants has a response surface."""
    every = (model.regressors, *(variant.regressors or () for variant in model.variants))
    return any(isinstance(each, Surface) for regressors in every for each in regressors)


@lru_cache(maxsize=REMEMBERED)
def _names_only(model: _Itself, variables: frozenset[tuple[str, VariableKind]]) -> bool:
    """Tell whether a model names nothing but such variables, looked up once for all studies that share both."""
    document = Document(Path())
    blame_unknown_variables(document, model.spec, dict(variables))
    return not document.faults


def blame_margins(spec: StudySpec, model: RegressionSpec, document: Document) -> None:
    """Add a fault where a model names margins or totals that the weights of the study do not have, or not all of them.

    Margins of a file are known when the study is run, and are compared with the weights then.
    """
    asked = [each.design for each in (model, *model.variants) if isinstance(each.design, SampleDesign)]
    if not any(each.is_calibrated for each in asked):
        return
    calibration = spec.weights.calibration if spec.weights is not None else None
    if calibration is None:
        document.blame(
            ("design", "calibrated"), "study.yaml has no weights.calibration; write margins there, or take it out"
        )
    elif calibration.margins_file is None:
        every = tuple(dict.fromkeys((*calibration.margins, *calibration.totals)))
        for key, said in (("calibrated", calibration.margins), ("calibrated_totals", calibration.totals)):
            groups = model.population.respondent_groups or every
            known = {name for group in groups for name in said.get(group, {})}
            named = [tuple(getattr(each, key)) for each in asked if each.is_calibrated]
            wrong = [each for each in named if set(each) != known]
            if wrong:
                _blame_others(document, key, wrong[0], known)


def _blame_others(document: Document, key: str, wrong: tuple[str, ...], known: set[str]) -> None:
    document.blame(
        ("design", key),
        f"found {', '.join(wrong) or 'none'}; weights.calibration of study.yaml has "
        f"{', '.join(sorted(known)) or 'none of these groups'}; name these, all of them",
    )


def _first_waves(model: RegressionSpec) -> list[str]:
    """Return the waves from which a model and its variants follow people, each once."""
    said = [each.missing for each in (model, *model.variants) if isinstance(each.missing, ResponseWeights)]
    return list(dict.fromkeys(each.since for each in said if each.since is not None))


def _groups_in(model: RegressionSpec) -> Iterable[str]:
    return dict.fromkeys(each.of for each in model.variables() if each.of is not None)


def _read_one(path: Path, spec: StudySpec, known: Known | None, models: dict[str, RegressionSpec]) -> Document:
    """Read one model, put it among the models of the study when the study names it, and return its document."""
    model, document = read_model(path)
    if model is not None:
        if known is not None and not (_names_only(_Itself(model), known.variable_kinds) and not has_surface(model)):
            blame_unknown_variables(document, model, known.variables)
            blame_surface(document, model, known.scales)
        blame_population(spec, model, document)
        blame_margins(spec, model, document)
        if path.stem in spec.models:
            models[path.stem] = with_exclusions(spec.screening, model, document)
    return document
