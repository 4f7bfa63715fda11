"""What a model says of dyads: the kind that joins people, the other member's answers, and dyads as groups of rows.

Put here the words and which go together; how members are found is in ``pipelines.steps.dyads``.
"""

from typing import Protocol

from models.sections.imputation import Missing
from models.sections.panel import Level
from models.sections.regressors import Variable

DYAD = "dyad_id"
"""Column of the person whom the dyads of a row share, such as the manager; made for the models that name dyads."""


class Said(Protocol):
    """What a model says that matters here; see ``models.spec.RegressionSpec``."""

    @property
    def dyads(self) -> str | None: ...  # noqa: D102
    @property
    def level(self) -> Level: ...  # noqa: D102
    @property
    def missing(self) -> Missing: ...  # noqa: D102
    @property
    def outcome(self) -> str: ...  # noqa: D102
    def variables(self) -> list[Variable]: ...  # noqa: D102
    def clusters(self) -> tuple[str, ...]: ...  # noqa: D102
    def random_groups(self) -> tuple[str, ...]: ...  # noqa: D102


def of_other_members(said: Said) -> list[Variable]:
    """Return the variables that are the other member's answers, each once."""
    return list(dict.fromkeys(each for each in said.variables() if each.other_member))


def refuse_unfit_dyads(said: Said) -> None:
    """Raise ValueError when dyads and other keys of a model do not go together."""
    others = [each.variable for each in of_other_members(said)]
    names_dyads = DYAD in (*said.clusters(), *said.random_groups())
    if said.dyads is None:
        if others or names_dyads:
            asked = f"'{others[0]}' of the other member" if others else DYAD
            raise ValueError(f"{asked} needs a key dyads with the kind of dyad, such as dyads: staff_manager")
        return
    if said.level != "response":
        raise ValueError(f"dyads are of responses; found level {said.level}; leave dyads out, or write level: response")
    if said.missing != "listwise":
        raise ValueError("dyads are for missing: listwise; who has no other member has no answer that could be imputed")
