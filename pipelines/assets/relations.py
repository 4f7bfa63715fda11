"""Steps of who belongs with whom: dyads, and collaborations with their members."""

import pandas as pd

from instruments.spec_file import spec_hash
from models.sections.panel import COLLABORATION
from models.spec import RegressionSpec
from pipelines.assets.core import of_waves
from pipelines.assets.pseudonyms import pseudonymiser
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.steps.dyads import with_other_members
from pipelines.steps.relations import NAME_COLUMNS, NamesError, dyads, together, with_collaborations
from pipelines.store import Store, Write
from pipelines.tables import core, relations
from pipelines.team_tables import faults_of, read_team_table

_NO_NAMES = pd.DataFrame({column: [] for column in NAME_COLUMNS}, dtype="str")


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps of who belongs with whom; none where the study asks for neither."""
    found: list[Step] = []
    if study.spec.kinds_of_dyads():
        found.append(
            Step(
                name="core/dyads",
                writes=(relations.DYADS,),
                reads=("core.responses", "core.dyad_keys"),
                by_wave=False,
                depends_on=lambda task: list(task.study.spec.waves),
                make=_dyads,
                meaning=relations.DYADS.grain,
            )
        )
    if study.spec.collaborations is not None:
        found.append(
            Step(
                name="core/collaborations",
                writes=(relations.COLLABORATIONS, relations.MEMBERSHIPS),
                reads=("core.responses", "core.open_answers"),
                by_wave=False,
                depends_on=_depends_on,
                make=_collaborations,
                meaning=relations.COLLABORATIONS.grain,
            )
        )
    return tuple(found)


def _dyads(task: Task) -> list[Write]:
    responses = of_waves(task.study, task.store.read(core.RESPONSES))
    keys = of_waves(task.study, task.store.read(relations.DYAD_KEYS))
    return [Write(relations.DYADS, dyads(keys, responses))]


def names_collaborations(model: RegressionSpec) -> bool:
    """Tell whether a model or one of its variants names collaborations as groups of its rows."""
    if COLLABORATION not in model.model_dump_json():
        return False
    every = [model.with_variant(name) for name in ("main", *(variant.name for variant in model.variants))]
    return any(COLLABORATION in (*each.clusters(), *each.random_groups()) for each in every)


def with_named_collaborations(store: Store, analysis: pd.DataFrame, model: RegressionSpec) -> pd.DataFrame:
    """Add the collaboration that a response names where a model asks for it."""
    if not names_collaborations(model):
        return analysis
    return with_collaborations(analysis, store.read(relations.MEMBERSHIPS))


def with_named_dyads(store: Store, analysis: pd.DataFrame, model: RegressionSpec, is_used: pd.Series) -> pd.DataFrame:
    """Add whom the dyads of a response share, and the other member's answers, where a model asks for them."""
    if model.dyads is None:
        return analysis
    return with_other_members(analysis, store.read(relations.DYADS), model, is_used)


def names_of_collaborations(study: Study) -> pd.DataFrame:
    """Return the list that says which spellings of a collaboration mean the same; without rows where there is none."""
    asked = study.spec.collaborations
    file = None if asked is None else asked.names
    return _NO_NAMES if file is None else read_team_table(study.folder / file, "list of names")


def _depends_on(task: Task) -> object:
    asked = task.study.spec.collaborations
    if asked is None:
        return None
    names = "" if asked.names is None else file_sha256(task.study.folder / asked.names)
    return [list(task.study.spec.waves), spec_hash(asked), names]


def _collaborations(task: Task) -> list[Write]:
    asked = task.study.spec.collaborations
    if asked is None:
        raise AssertionError("the step exists only where the study has collaborations")
    responses = of_waves(task.study, task.store.read(core.RESPONSES))
    answers = of_waves(task.study, task.store.read(core.OPEN_ANSWERS))
    named = answers.loc[answers["item"] == asked.item, ["response_id", "text"]]
    names = names_of_collaborations(task.study)
    maker = pseudonymiser(task.study, task.store, "collaboration")
    with faults_of(asked.names or "", NamesError):
        found = together(named, responses, names, lambda text: maker.one("collaboration", text))
    return [
        Write(relations.COLLABORATIONS, found.collaborations),
        Write(relations.MEMBERSHIPS, found.memberships),
    ]
