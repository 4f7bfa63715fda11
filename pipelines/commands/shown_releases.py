"""``releases`` and ``withdraw`` as the command line shows them."""

import datetime as dt
from typing import Any

from pipelines.commands import printing
from pipelines.embargo import local_day
from pipelines.load import Study
from pipelines.release_log import Published, published, status_of, superseded_by
from pipelines.release_withdrawal import Withdrawn
from pipelines.store import Store


def log_document(study: Study) -> dict[str, Any]:
    """Return every release of a study with what has become of it by today, as JSON values."""
    releases, day = published(Store(study.warehouse)), local_day()
    return {"study": study.name, "releases": [_entry(each, releases, day) for each in releases]}


def _entry(release: Published, releases: list[Published], day: dt.date) -> dict[str, Any]:
    withdrawal = release.withdrawal
    return {
        "release": release.number,
        "file": release.file,
        "published_at": release.published_at.isoformat(timespec="seconds"),
        "signed_off_by": release.signed_off_by,
        "software_version": release.software_version or None,
        "policy_sha256": release.policy_sha256,
        "status": status_of(release, releases, day),
        "superseded_by": superseded_by(release, releases, day),
        "supersedes": release.supersedes or None,
        "embargo_until": release.embargo_until or None,
        "withdrawn_at": withdrawal.at.isoformat(timespec="seconds") if withdrawal else None,
        "withdrawn_by": withdrawal.signed_off_by if withdrawal else None,
        "withdrawn_because": withdrawal.because if withdrawal else None,
        "hidden_cells": dict(release.hidden_cells) if release.hidden_cells is not None else None,
        "n_hidden": sum(release.hidden_cells.values()) if release.hidden_cells is not None else None,
    }


def print_log(log: dict[str, Any]) -> None:
    """Print the releases of a study, one a row."""
    if not log["releases"]:
        printing.print_lines(["Nothing has been released yet."])
        return
    rows = [
        (
            each["release"],
            each["file"],
            each["published_at"][:16].replace("T", " "),
            each["signed_off_by"],
            each["software_version"] or "unknown",
            each["policy_sha256"][:12],
            "unknown" if each["n_hidden"] is None else each["n_hidden"],
            _status_in_words(each),
        )
        for each in log["releases"]
    ]
    columns = ("n", "file", "published (UTC)", "signed off by", "software", "policy", "hidden cells", "status")
    printing.print_rows("Releases", columns, rows)


def _status_in_words(entry: dict[str, Any]) -> str:
    if entry["status"] == "withdrawn":
        return f"withdrawn on {entry['withdrawn_at'][:10]} by {entry['withdrawn_by']}: {entry['withdrawn_because']}"
    if entry["status"] == "superseded":
        return f"superseded by {entry['superseded_by']}"
    return f"under embargo until {entry['embargo_until']}" if entry["status"] == "under embargo" else "current"


def withdrawal_document(done: Withdrawn) -> dict[str, Any]:
    """Return a withdrawal as JSON values."""
    withdrawal = done.release.withdrawal
    return {
        "release": done.release.number,
        "file": done.release.file,
        "withdrawn_at": withdrawal.at.isoformat(timespec="seconds") if withdrawal else None,
        "withdrawn_by": withdrawal.signed_off_by if withdrawal else None,
        "withdrawn_because": withdrawal.because if withdrawal else None,
        "shown": done.shown,
    }
