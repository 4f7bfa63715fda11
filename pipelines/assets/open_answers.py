"""Open answers → screened ones, in the private database: only texts that may hold personal data are looked at.

Put here which texts are screened; what is found in them is in ``steps.open_text``.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from instruments.counted import counted
from pipelines.load import Study
from pipelines.readers.cells.texts import literal
from pipelines.steps.open_text import KINDS, SUSPICIOUS, screen_texts

if TYPE_CHECKING:
    from pipelines.receive import Staging

_SCREENED = pa.schema({"text": pa.string(), "screened": pa.string(), **dict.fromkeys(KINDS, pa.int64())})


def screened(study: Study, staging: "Staging") -> dict[str, str]:
    """Look through the open answers of a wave.

    Returns:
        The queries of ``open_answers``, ``repeats`` and ``open_text_findings``.
    """
    opened, repeated = staging.relation("open_answers"), staging.relation("repeats")
    is_open = f"item IN ({', '.join(map(literal, _open_items(study))) or 'NULL'})"
    every = (
        f"SELECT response_id, wave, item, text FROM ({opened}) UNION ALL "  # noqa: S608 - texts are literals
        f"SELECT response_id, wave, item, text FROM ({repeated}) WHERE text IS NOT NULL AND {is_open}"
    )
    suspicious = f"SELECT DISTINCT text FROM ({every}) WHERE regexp_matches(text, {literal(SUSPICIOUS)}) ORDER BY text"  # noqa: S608
    staging.create("screened", _screened(staging.fetch(suspicious)["text"]))
    found = {"open_text_findings": _findings(every), "open_answers": opened, "repeats": repeated}
    if study.spec.privacy.open_text == "redact":
        found["open_answers"] = _redacted(opened, "true")
        found["repeats"] = _redacted(repeated, is_open)
    return found


def notes(findings: pd.DataFrame, *, is_redacted: bool) -> Iterator[str]:
    """Say how much personal data open answers held.

    Args:
        findings: ``core.open_text_findings``.
        is_redacted: Whether it was replaced.
    """
    done = "they were replaced by the kind in brackets" if is_redacted else "they were kept, as privacy.open_text says"
    for wave, of_wave in findings.groupby("wave", sort=False):
        counts = of_wave.groupby("kind")["n"].sum()
        listed = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if kind in counts)
        n_answers = of_wave[["response_id", "item"]].drop_duplicates().shape[0]
        yield f"wave {wave}: {counted(n_answers, 'open answer')} held personal data ({listed}); {done}"


def _open_items(study: Study) -> Iterable[str]:
    return (name for name, item in study.items().items() if item.kind == "open_text")


def _screened(texts: pd.Series) -> pa.Table:
    found = screen_texts(texts.astype("str"))
    rows = found.counts.assign(text=texts, screened=found.texts)
    return pa.Table.from_pandas(rows, schema=_SCREENED, preserve_index=False)


def _redacted(given: str, which: str) -> str:
    return (
        f"SELECT given.* REPLACE (CASE WHEN {which} THEN coalesce(screened.screened, given.text) ELSE given.text END "  # noqa: S608
        f"AS text) FROM ({given}) AS given LEFT JOIN screened ON screened.text = given.text"
    )


def _findings(every: str) -> str:
    kinds, counts = ", ".join(map(literal, KINDS)), ", ".join(f"screened.{kind}" for kind in KINDS)
    each = (
        f"SELECT response_id, wave, item, unnest([{kinds}]) AS kind, unnest([{counts}]) AS n "  # noqa: S608
        f"FROM ({every}) AS given JOIN screened ON screened.text = given.text"
    )
    return f"SELECT response_id, wave, item, kind, CAST(sum(n) AS BIGINT) AS n FROM ({each}) WHERE n > 0 GROUP BY ALL"  # noqa: S608
