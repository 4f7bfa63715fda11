"""Names that one section of study.yaml takes from another part of the study → a fault for each that is not there.

Put here checks of a section of study.yaml against the rest; reading the files is in ``load``.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from instruments.forms.load import library_labels
from instruments.forms.spec import Form
from instruments.spec import Item
from instruments.spec_file import closest
from instruments.strict_yaml import Document, Place
from pipelines.spec import StudySpec


def existing(names: Iterable[str], known: Iterable[str], document: Document, place: Place, thing: str) -> list[str]:
    """Return the names that are known and blame the others."""
    listed = list(known)
    found: list[str] = []
    for name in names:
        if name in listed:
            found.append(name)
        else:
            document.blame(place, f"there is no {thing} '{name}'{closest(name, listed)}")
    return found


def blame_missing_file(folder: Path, file: str | None, document: Document, place: Place) -> None:
    """Blame a file of the study folder that is named but not there."""
    if file is not None and not (folder / file).is_file():
        document.blame(place, f"there is no file {file} in the study folder")


def blame_casework(spec: StudySpec, folder: Path, document: Document) -> None:
    """Check that the lists of the section ``casework`` are there, and that interviews and traces have their cases."""
    for key, file in spec.casework.model_dump().items():
        blame_missing_file(folder, file, document, ("casework", key))
    if spec.casework.traces is not None and spec.casework.cases is None:
        document.blame(("casework", "traces"), "a trace is that of a case; name the case registry under cases")


def blame_label_experiment(spec: StudySpec, folder: Path, forms: Iterable[Form], document: Document) -> None:
    """Check that the slot and its labels exist and differ in the forms; the file may still have to be drawn."""
    experiment = spec.label_experiment
    if experiment is None:
        return
    known = library_labels()
    place = ("label_experiment", "slot")
    if existing([experiment.slot], known, document, place, "slot"):
        labels = known[experiment.slot].labels
        place = ("label_experiment", "labels")
        if len(existing(experiment.labels, labels, document, place, "label")) == len(experiment.labels):
            for language in dict.fromkeys(each for form in forms for each in form.languages):
                words = [labels[label].get(language, "") for label in experiment.labels]
                if len(set(words)) < len(words):
                    message = f"two labels are the same word in {language}: nobody would see a difference"
                    document.blame(place, f"{message}; choose other labels, or take the language out of the forms")
    if spec.frame is None:
        blame_missing_file(folder, experiment.file, document, ("label_experiment", "file"))


def blame_collaborations(spec: StudySpec, folder: Path, items: Mapping[str, Item], document: Document) -> None:
    """Check the section ``collaborations``."""
    asked = spec.collaborations
    if asked is None:
        return
    blame_missing_file(folder, asked.names, document, ("collaborations", "names"))
    place = ("collaborations", "item")
    existing([asked.item], items, document, place, "item")
    if asked.item in items and items[asked.item].kind != "open_text":
        document.blame(place, f"'{asked.item}' is no open question; expected one of kind open_text")


def blame_linking(spec: StudySpec, folder: Path, document: Document) -> None:
    """Check the section ``linking`` and the columns of the self-generated code."""
    blame_missing_file(folder, spec.linking.decisions, document, ("linking", "decisions"))
    elements = spec.linking.code.elements if spec.linking.code else ()
    for name, source in spec.sources.items():
        place: Place = ("sources", name, "identifiers", "link_code")
        existing(source.identifiers.link_code, elements, document, place, "element of linking.code")
        absent = [each for each in elements if each not in source.identifiers.link_code]
        if source.identifiers.link_code and absent:
            document.blame(place, f"the column of the element '{absent[0]}' is missing; name it")
    if elements and not any(source.identifiers.link_code for source in spec.sources.values()):
        document.blame(("linking", "code"), "no source says in identifiers.link_code which columns hold the elements")


def blame_telling(spec: StudySpec, document: Document) -> None:
    """Check that the goals of the letter are those of respondent groups, and that there is a list of invited units."""
    goals = spec.tell.letter.goals if spec.tell else {}
    existing(goals, spec.respondent_groups, document, ("tell", "letter", "goals"), "respondent group")
    if goals and spec.frame is None:
        document.blame(("tell", "letter", "goals"), "a goal is a share of the invited; give frame")
