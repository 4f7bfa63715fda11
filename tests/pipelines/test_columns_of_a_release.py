"""The closed list of what a release may hold (P1, P10, P13 of the design), with mutants that the list must catch.

``test_release`` finds in a file the tables that the software declares; here stands what it may declare at all. No
lowest, highest or middle answer, no residual or prediction, no bar of a histogram, no text that somebody wrote, nothing
that names a person.
"""

import re
from unittest.mock import patch

import pandas as pd
import pytest

from pipelines.steps import disclosure
from pipelines.tables import released
from pipelines.tables.base import NUMBER, SMALL, TEXT, WHOLE, ColumnOf, Table

OF_SCORES = {"n_obs", "mean", "conf_low", "conf_high"}
FIGURES = {
    "meta.scales": {"position", "lowest", "highest"},
    "meta.items": {"position", "midpoint"},
    "out.response_rates": {"n_invited", "n_responses", "n_organisations", "response_rate_2"},
    "out.scale_means": {*OF_SCORES, "alpha", "omega"},
    "out.unit_means": {*OF_SCORES, "percent_high"},
    "out.distributions": {"code_from", "code_to", "n_obs", "percent"},
    "out.comparisons": {"n_differing"},
    "out.fits": {"n_obs", "n_clusters", "r_squared", "conditions_not_met", "imputations"},
    "out.estimates": {
        "position",
        "estimate",
        "std_error",
        "p_value",
        "conf_low",
        "conf_high",
        "average_effect",
        "average_low",
        "average_high",
    },
}
"""Table → its numbers; ``lowest`` and ``highest`` are the ends of the scale, not of answers."""
WORDS = {
    "meta.manifest": {"key", "value"},
    "meta.texts": {"kind", "name", "language", "text"},
    "meta.scales": {"scale", "instrument", "status", "score"},
    "meta.items": {"scale", "item"},
    "meta.units": {"level", "unit", "region"},
    "out.response_rates": {"wave", "respondent_group"},
    "out.scale_means": {"scale", "wave", "respondent_group"},
    "out.unit_means": {"scale", "wave", "respondent_group", "level", "unit"},
    "out.distributions": {"item", "wave", "respondent_group"},
    "out.comparisons": {
        "scale", "respondent_group", "over", "verdict", "level_asked", "level_reached", "compared",
    },
    "out.fits": {
        "fit_id", "model", "variant", "label", "label_because", "estimator", "covariance", "outcome", "focal_term",
        "expected_sign", "level", "fixed_effects", "random_effects", "random_slopes", "corrections", "dyads",
        "weights", "spec_hash", "data_hash", "code_hash", "env_hash", "digest",
    },
    "out.conditions": {
        "fit_id", "measurement", "scale", "respondent_group", "purpose", "over", "measure", "verdict",
    },
    "out.estimates": {"fit_id", "model", "variant", "term"},
}  # fmt: skip
"""Table → its texts, all of them names and words of specifications."""
KINDS_OF_TEXT = {
    "study_title", "wave_title", "group_title", "region_title", "scale_title", "high_score_means", "item_text",
    "point_label", "model_title", "hypothesis", "estimand", "term_label", "limit", "variant_title", "outcome_title",
    "answer_title", "outcome_reference",
}  # fmt: skip


def not_on_the_list(tables: tuple[Table, ...]) -> set[str]:
    """Return the columns of tables that a release may not have, and kinds of texts."""
    found = set()
    for table in tables:
        for kinds, known in (((NUMBER, WHOLE, SMALL), FIGURES), ((TEXT,), WORDS)):
            own = {name for name, column in table.columns.items() if column.kind in kinds}
            found |= {f"{table.name}.{name}" for name in own - known.get(table.name, set())}
    said = re.findall(r"\w+", next(each for each in tables if each.name == "meta.texts").columns["kind"].meaning)
    return found | set(said) - KINDS_OF_TEXT


def test_a_release_holds_nothing_but_what_is_on_the_list():
    assert not_on_the_list(released.TABLES) == set()


def with_column(name: str, column: str, kind: str) -> tuple[Table, ...]:
    """Return the tables of a release of which one has a column more."""
    mutants = []
    for table in released.TABLES:
        columns = {**table.columns, column: ColumnOf(kind, "Anything")} if table.name == name else table.columns
        mutants.append(Table(table.name, table.grain, table.key, columns))
    return tuple(mutants)


MUTANTS = {
    "P10 the lowest score": (with_column("out.scale_means", "minimum", NUMBER), "out.scale_means.minimum"),
    "P10 the middle score": (with_column("out.unit_means", "median", NUMBER), "out.unit_means.median"),
    "P10 predictions": (
        (*released.TABLES, Table("out.predictions", "One row a response", ("place",), {"place": ColumnOf(WHOLE, "")})),
        "out.predictions.place",
    ),
    "P13 comments": (with_column("out.distributions", "comment", TEXT), "out.distributions.comment"),
    "P13 a table of comments": (
        (*released.TABLES, Table("out.comments", "One row a comment", ("text",), {"text": ColumnOf(TEXT, "")})),
        "out.comments.text",
    ),
    "P1 a person": (with_column("out.estimates", "respondent_key", TEXT), "out.estimates.respondent_key"),
    "P1 a collaboration": (with_column("out.fits", "collaboration_id", TEXT), "out.fits.collaboration_id"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_column_that_is_not_on_the_list_is_found(mutant: str):
    tables, found = MUTANTS[mutant]
    assert not_on_the_list(tables) == {found}


@pytest.mark.parametrize("column", disclosure.FORBIDDEN_COLUMNS)
def test_without_the_rule_a_column_that_names_a_person_passes_the_audit(column: str):
    table = Table("out.scale_means", "One row a unit", (column,), {column: ColumnOf(TEXT, "Unit")})
    rows = pd.DataFrame({column: ["North"]})
    with pytest.raises(disclosure.DisclosureError):
        disclosure.audit_released([(table, rows)])
    with patch.object(disclosure, "FORBIDDEN_COLUMNS", ()):
        disclosure.audit_released([(table, rows)])
