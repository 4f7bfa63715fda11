"""Sources that could not be pulled lately, and when they last could."""

from collections.abc import Iterator

from pipelines.recovering.finding import Finding, Patient
from pipelines.tables.pulling import FAILED_PULLS, PULLS

MEANINGS = {
    "questions": "questions of the survey changed",
    "data": "the platform delivered what cannot be taken",
    "specification": "study.yaml or a secret that is not set",
    "environment": "the network, the platform, its token or the machine",
}


def failing_pulls(patient: Patient) -> Iterator[Finding]:
    """Find sources of which the last pull failed."""
    good, failed = patient.store.read(PULLS), patient.store.read(FAILED_PULLS)
    last_good = good.groupby("source")["pulled_at"].max()
    for source, attempts in failed.groupby("source"):
        last = last_good.get(source)
        since = attempts if last is None else attempts[attempts["tried_at"] > last]
        if since.empty:
            continue
        latest = since.sort_values("tried_at").iloc[-1]
        when = "none went well before" if last is None else f"the last that went well was on {last:%Y-%m-%d %H:%M} UTC"
        yield Finding(
            "pull",
            f"source {source}",
            f"pulls that failed: {len(since)}, the last on {latest['tried_at']:%Y-%m-%d %H:%M} UTC, because of "
            f"{MEANINGS[latest['fault']]}; {when}",
            "sensemaking pull STUDY says what is to be done",
            is_note=True,
        )
