"""Missing answers → how many there are of each reason, with their denominators. As SQL over the warehouse."""

from collections.abc import Sequence

from pipelines.steps.dispositions import NOT_ADMINISTERED


def shares_by_reason(waves: Sequence[str]) -> str:
    """Write the query of ``out.missing``: one row an item, respondent group, wave and reason that occurs.

    Previews and tests count nowhere. What was not administered or not reached counts among the responses, and not among
    those in which the item was administered.

    Args:
        waves: Waves of the study.
    """
    listed = ", ".join("'" + wave.replace("'", "''") + "'" for wave in waves)
    absent = ", ".join(f"'{reason}'" for reason in NOT_ADMINISTERED)
    group = "respondent_group, wave"
    responses = (
        f"SELECT response_id, {group} FROM core.responses "  # noqa: S608 - names are ours, texts are literals
        f"WHERE wave IN ({listed}) AND disposition <> 'not_eligible'"
    )
    counted = (
        f"SELECT item, {group}, reason, count(*) AS n FROM core.missing JOIN responses USING (response_id, wave) "  # noqa: S608
        f"GROUP BY item, {group}, reason"
    )
    n_absent = f"coalesce(sum(CASE WHEN reason IN ({absent}) THEN n END) OVER (PARTITION BY item, {group}), 0)"
    return (
        f"WITH responses AS ({responses}), sizes AS (SELECT {group}, count(*) AS n_responses FROM responses "  # noqa: S608
        f"GROUP BY {group}), counted AS ({counted}) "
        f"SELECT item, {group}, reason, n, n_responses, n_responses - {n_absent} AS n_administered, "
        f"n / n_responses AS share FROM counted JOIN sizes USING ({group})"
    )
