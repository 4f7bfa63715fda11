"""A study folder → its specifications, checked against one another, with every fault of all files at once."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from instruments.faults import Fault, raise_if_any
from instruments.forms.load import FORMS, find_forms
from instruments.forms.spec import Form
from instruments.load import LIBRARY as INSTRUMENT_LIBRARY
from instruments.load import find_instruments, read_instrument
from instruments.parallel import parallel_forms
from instruments.spec import Instrument, Item
from instruments.spec_file import read_spec, spec_hash
from instruments.strict_yaml import Document, Place
from models.load import LIBRARY as MODEL_LIBRARY
from models.load import VariableKind, find_models
from models.sections.dyads import DYAD
from models.sections.measurement import MeasurementSpec
from models.sections.panel import COLLABORATION
from models.spec import RegressionSpec
from pipelines.cross_checks import (
    blame_casework,
    blame_collaborations,
    blame_label_experiment,
    blame_linking,
    blame_missing_file,
    blame_telling,
    existing,
)
from pipelines.fieldwork_checks import blame_fieldwork
from pipelines.load_coding import StudyCoding, blame_coded_names, read_coding
from pipelines.load_instruments import read_instruments, with_form
from pipelines.load_models import Known, faults_of_own_models, read_models
from pipelines.load_register import read_register
from pipelines.release_checks import blame_release
from pipelines.sections.response_columns import COLUMNS_OF_A_RESPONSE, COLUMNS_OF_A_SCALE, KEYS_OF_A_RESPONSE
from pipelines.sections.screening_faults import blame_screening
from pipelines.sections.sources import Source
from pipelines.spec import StudySpec
from pipelines.study_folder import STUDY_FILE, refuse_other_folder


@dataclass(frozen=True)
class Study:
    """A study folder and what its files say.

    Attributes:
        folder: The study folder.
        spec: ``study.yaml``.
        instruments: The instruments it uses, by name, in its order.
        models: The models it uses, by name, in its order.
        forms: The forms that its respondents were given, by name.
        coding: How open answers are coded; None when they are not.
        is_whole: Whether every instrument and form that it names was free of faults.
        register: What describes the facts about organisations; None when the study has none.
        measurement: Its measurement specifications, by name, in its order.
        copy: Folder of a copy of the private tables that is read in their place; None for the tables themselves.
    """

    folder: Path
    spec: StudySpec
    instruments: dict[str, Instrument]
    models: dict[str, RegressionSpec]
    forms: dict[str, Form] = field(default_factory=dict[str, Form])
    is_whole: bool = True
    register: Instrument | None = None
    coding: StudyCoding | None = None
    measurement: dict[str, MeasurementSpec] = field(default_factory=dict[str, MeasurementSpec])
    copy: Path | None = None

    @property
    def name(self) -> str:
        """Name of the study."""
        return self.spec.name

    @property
    def exports(self) -> Path:
        """Folder of the platform files."""
        return self.folder / "exports"

    @property
    def warehouse(self) -> Path:
        """Folder of the private tables."""
        return self.copy or self.folder / "warehouse"

    @property
    def releases(self) -> Path:
        """Folder of the released files."""
        return self.folder / "releases"

    @cached_property
    def instrument_hashes(self) -> dict[str, str]:
        """SHA-256 of every instrument by name: what a step depends on that reads what they say."""
        return {name: spec_hash(each) for name, each in self.instruments.items()}

    def sources(self) -> dict[str, Source]:
        """The sources by name, with what the study as a whole says about respondent groups.

        A study with a single group gives it to every source; a group column without ``groups`` holds the study's codes.
        """
        return {name: self._with_groups(source) for name, source in self.spec.sources.items()}

    def _with_groups(self, source: Source) -> Source:
        source = with_form(source, self.forms, self.instruments)
        codes = list(self.spec.respondent_groups)
        if source.identifiers.respondent_group is not None:
            return source.model_copy(update={"groups": source.groups or {code: code for code in codes}})
        if source.respondent_group is None and len(codes) == 1:
            return source.model_copy(update={"respondent_group": codes[0]})
        return source

    def items(self) -> dict[str, Item]:
        """Every item of the study's instruments by name."""
        return {name: item for each in self.instruments.values() for name, item in each.items.items()}

    def described(self) -> list[Instrument]:
        """The instruments and the register: whatever words the variables of the analysis table."""
        return [*self.instruments.values(), *([self.register] if self.register else [])]

    def scales(self) -> dict[str, Instrument]:
        """The instrument of every scale, by the scale's name."""
        return {scale: each for each in self.instruments.values() for scale in each.scales}

    def instruments_of(self, source: Source) -> list[Instrument]:
        """The instruments that a source administered."""
        return [self.instruments[name] for name in source.instruments or self.instruments]


def load_study(folder: Path) -> Study:
    """Read a study folder.

    Args:
        folder: The folder that holds ``study.yaml``.

    Returns:
        The study, free of faults.

    Raises:
        SpecError: With every fault of study.yaml and of all instruments and models it names.
    """
    refuse_other_folder(folder)
    spec, document = read_spec(folder / STUDY_FILE, StudySpec)
    if spec is None:
        _blame_missing_files(folder, document)
        raise_if_any([*document.faults, *_faults_of_own_files(folder)])
        raise AssertionError("a study without faults was not read")
    asked = read_instruments(folder, spec, document)
    coding = read_coding(folder, spec, asked.instruments, asked.forms, document) if asked.is_whole else None
    register = read_register(folder, spec, document)
    study = Study(folder, spec, asked.instruments, {}, asked.forms, asked.is_whole, register, coding=coding)
    _blame_names(study, document)
    is_whole = study.is_whole and (register is not None or spec.organisations is None)
    is_whole = is_whole and (coding is not None or spec.coding is None)
    known = Known(analysis_variables(study), _reflective(study), _forms(study), study.scales()) if is_whole else None
    declared = read_models(folder, spec, document, known)
    raise_if_any([*document.faults, *declared.faults])
    return replace(study, models=declared.models, measurement=declared.measurement)


def _reflective(study: Study) -> dict[str, tuple[str, ...]]:
    return {
        scale: tuple(instrument.scales[scale].items)
        for scale, instrument in study.scales().items()
        if instrument.scales[scale].measurement == "reflective"
    }


def _forms(study: Study) -> dict[str, frozenset[str]]:
    return {scale: frozenset(parallel_forms(instrument, scale)) for scale, instrument in study.scales().items()}


def analysis_variables(study: Study) -> dict[str, VariableKind]:
    """Every variable of ``core.analysis`` that a model may name, with its kind."""
    known: dict[str, VariableKind] = dict(KEYS_OF_A_RESPONSE)
    if study.spec.label_experiment is not None:
        known["label_seen"] = "category"
    made = {COLLABORATION: study.spec.collaborations is not None, DYAD: bool(study.spec.kinds_of_dyads())}
    known.update(dict.fromkeys((name for name, is_made in made.items() if is_made), "group"))
    for instrument in study.described():
        for name, item in instrument.items.items():
            scale = instrument.response_scale_of(name)
            if item.kind == "multiple_choice":
                known.update(dict.fromkeys(instrument.option_columns(name), "number"))
            elif item.kind == "number" or (scale is not None and scale.ordered):
                known[name] = "number"
            elif item.kind in ("choice", "code"):
                known[name] = "category"
        known.update(dict.fromkeys(instrument.scales, "scale"))
    known.update(dict.fromkeys(study.coding.variables() if study.coding else (), "number"))
    return known


def _blame_missing_files(folder: Path, document: Document) -> None:
    """Look up the instruments and models of a study.yaml that has other faults."""
    content = document.value if isinstance(document.value, dict) else {}
    files = {
        "instruments": find_instruments([INSTRUMENT_LIBRARY, folder / "instruments"]),
        "forms": find_forms([FORMS, folder / "forms"]),
        "models": find_models([MODEL_LIBRARY, folder / "models"]),
    }
    for key, known in files.items():
        names = content.get(key)
        texts = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        existing(texts, known, document, (key,), key.removesuffix("s"))


def _faults_of_own_files(folder: Path) -> list[Fault]:
    found = [fault for path in sorted((folder / "instruments").glob("*.yaml")) for fault in read_instrument(path)[1]]
    return [*found, *faults_of_own_models(folder)]


def _blame_names(study: Study, document: Document) -> None:
    """Check every name that study.yaml takes from another file or another part of itself."""
    _blame_names_used_twice(study, document)
    _blame_waves_without_source(study, document)
    for name, source in study.spec.sources.items():
        place: Place = ("sources", name)
        existing([source.wave], study.spec.waves, document, (*place, "wave"), "wave")
        if source.repeats_of is not None:
            existing([source.repeats_of], study.spec.sources, document, (*place, "repeats_of"), "source")
        groups = [*source.groups.values(), *([source.respondent_group] if source.respondent_group else [])]
        existing(groups, study.spec.respondent_groups, document, (*place, "respondent_group"), "respondent group")
        named = source.identifiers.respondent_group or source.form
        if not groups and not named and not source.repeats_of and len(study.spec.respondent_groups) > 1:
            document.blame(place, "whose answers are these? give respondent_group, or identifiers.respondent_group")
        existing(source.instruments, study.instruments, document, (*place, "instruments"), "instrument")
        existing([source.form] if source.form else [], study.spec.forms, document, (*place, "form"), "form")
        if study.is_whole:
            for key in ("columns", "constants", "not_administered"):
                existing(getattr(source, key), study.items(), document, (*place, key), "item")
            _blame_option_columns(study, source, document, (*place, "columns"))
    if study.is_whole:
        existing(study.spec.linking.comparable, study.items(), document, ("linking", "comparable"), "item")
        blame_screening(study.spec.screening, study.instruments, document)
        blame_collaborations(study.spec, study.folder, study.items(), document)
    frame = study.spec.frame
    blame_missing_file(study.folder, frame.file if frame else None, document, ("frame", "file"))
    blame_casework(study.spec, study.folder, document)
    blame_label_experiment(study.spec, study.folder, study.forms.values(), document)
    blame_linking(study.spec, study.folder, document)
    blame_telling(study.spec, document)
    if study.is_whole:
        blame_release(study.spec, study.register, study.scales(), document)
        blame_fieldwork(study.spec, study.folder, study.items(), document)


def _blame_option_columns(study: Study, source: Source, document: Document, place: Place) -> None:
    """Only the options of a multiple choice have columns of their own, and only those of its response scale."""
    for instrument in study.instruments.values():
        for item in set(instrument.items) & set(source.columns):
            named, scale = source.columns[item], instrument.response_scale_of(item)
            if isinstance(named, str):
                continue
            if scale is None or instrument.items[item].kind != "multiple_choice":
                document.blame((*place, item), "only a multiple_choice has a column for every option; name one column")
                continue
            known = sorted({*scale.points, *scale.opt_outs})
            for code in [code for code in named if code not in known]:
                message = f"there is no option {code}; the codes of {item} are {', '.join(map(str, known))}"
                document.blame((*place, item, code), message)


def _blame_waves_without_source(study: Study, document: Document) -> None:
    used = {source.wave for source in study.spec.sources.values()}
    for wave in study.spec.waves:
        if wave not in used:
            document.blame(("waves", wave), f"no source belongs to wave '{wave}'; add one, or take the wave out")


def _blame_names_used_twice(study: Study, document: Document) -> None:
    """Every name becomes a column, and columns that differ in capital letters only are the same column."""
    lists = {key: getattr(study.spec, key) for key in ("instruments", "models", "measurement")}
    for place, names in (((key,), names) for key, names in lists.items()):
        for name in sorted({name for name in names if names.count(name) > 1}):
            document.blame(place, f"'{name}' stands twice; keep one")
    reserved = COLUMNS_OF_A_RESPONSE | ({"label_seen"} if study.spec.label_experiment is not None else set())
    owner: dict[str, str] = {}
    for instrument in study.described():
        of_scales = [column.format(scale) for scale in instrument.scales for column in COLUMNS_OF_A_SCALE]
        of_options = [column for item in instrument.items for column in instrument.option_columns(item)]
        for name in (*instrument.items, *of_options, *of_scales):
            column = name.lower()
            if column in reserved:
                document.blame(("instruments",), f"'{name}' in {instrument.name} is a column of every response; rename")
            if column in owner:
                message = f"'{name}' stands in {owner[column]} and in {instrument.name}; a study needs unique names"
                document.blame(("instruments",), message)
            owner[column] = instrument.name
    blame_coded_names(study.coding, owner, document)
