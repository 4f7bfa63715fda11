"""Questions that the dashboard asks a release file, each read-only and with a name, for one viewer.

A page run asks one ``Release`` throughout and so never mixes two, nor what two viewers may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import duckdb
import pandas as pd

from dashboard.open_release import Release, connect
from dashboard.permission import WHOLE_RELEASE, Permission
from dashboard.pointer import Reason, UnusableReleaseError, is_withdrawn, read_pointer
from pipelines.embargo import is_out, local_day

SUPPORTED_SCHEMA_VERSION = 5
FIRST_VERSION_WITH_COMPARISONS = 2
FIRST_VERSION_WITH_CONDITIONS = 3
FIRST_VERSION_WITH_OMEGA = 3
FIRST_VERSION_WITH_LABELS = 4
FIRST_VERSION_WITH_UNITS = 5


@dataclass(frozen=True)
class Shown:
    """What a page run shows.

    Attributes:
        release: The current release, or the last good one unless it was withdrawn, or None when there is neither.
        trouble: Why the current release cannot be shown; None when it can.
        until: First day on which a release under embargo may be shown, ISO; empty without an embargo.
    """

    release: Release | None
    trouble: Reason | None = None
    until: str = ""


class ReleaseReader:
    """Follows ``current.json`` of one folder and remembers the last good release."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last_good: Release | None = None

    def shown(self, permission: Permission) -> Shown:
        """Return the release to show now to a viewer; cheap while the pointer stays the same."""
        trouble: Reason | None = None
        until = ""
        try:
            found = self._last_good = open_current(self._folder, permission)
        except UnusableReleaseError as error:
            trouble, until = error.reason, error.until
            found = self._last_good
            if found is not None and is_withdrawn(self._folder, found.file):
                found = self._last_good = None
        return Shown(None if found is None else replace(found, permission=permission), trouble, until)


@cache
def reader_of(folder: Path) -> ReleaseReader:
    """Return the reader of a folder; all visitors of one server share it."""
    return ReleaseReader(folder)


def open_current(folder: Path, permission: Permission) -> Release:
    """Open the release that ``current.json`` names for today, for a viewer.

    Raises:
        UnusableReleaseError: When the pointer, the file or its version is not as expected, when the file has no record
            of a passed audit, or when it may not be shown yet.
    """
    pointer = read_pointer(folder)
    if pointer.schema_version > SUPPORTED_SCHEMA_VERSION:
        raise UnusableReleaseError("newer_schema")
    connection = connect(pointer.path, pointer.sha256)
    release = Release(
        folder=folder,
        file=pointer.path.name,
        sha256=pointer.sha256,
        number=pointer.release,
        published_at=pointer.published_at,
        schema_version=pointer.schema_version,
        connection=connection,
        permission=WHOLE_RELEASE,
    )
    _refuse_unless_fit_to_show(release)
    return replace(release, permission=permission)


def _refuse_unless_fit_to_show(release: Release) -> None:
    """Believe neither the pointer nor the file alone: they must agree, its audit passed, its embargo be over."""
    said = _properties(release)
    if said.get("audit") != "passed":
        raise UnusableReleaseError("no_audit")
    try:
        may_be_shown = is_out(said.get("embargo_until", ""), local_day())
    except (TypeError, ValueError) as error:
        raise UnusableReleaseError("file_unreadable") from error
    if not may_be_shown:
        raise UnusableReleaseError("under_embargo", said["embargo_until"])


@lru_cache(maxsize=4)
def _properties(release: Release) -> Mapping[str, str]:
    """Read every table once, so that a missing one is met here and on no page; return what the file says of itself."""
    try:
        said = manifest(release)
        if (said.get("release"), said.get("schema_version")) != (str(release.number), str(release.schema_version)):
            raise UnusableReleaseError("other_release")
        for question in (response_rates, scales, scale_means, units, unit_groups, comparisons, conditions, fits):
            question(release)
        estimates(release)
        texts(release, "")
        distributions(release, "", "", "")
        if release.schema_version >= FIRST_VERSION_WITH_UNITS:
            unit_means(release, "", "")
    except duckdb.Error as error:
        raise UnusableReleaseError("file_unreadable") from error
    return said


def manifest(release: Release) -> dict[str, str]:
    """Return the properties of the release."""
    rows = release.ask("SELECT key, value FROM {manifest} ORDER BY key")
    return dict(zip(rows["key"], rows["value"], strict=True))


def texts(release: Release, language: str) -> dict[tuple[str, str], str]:
    """Return the study's own texts by kind and name, in the language where there is one, else in another."""
    rows = release.ask(
        """
        SELECT kind, name, arg_min(text, (CASE language WHEN $language THEN 0 WHEN 'und' THEN 1 WHEN 'en' THEN 2
            ELSE 3 END, language)) AS text
        FROM {texts} GROUP BY kind, name ORDER BY kind, name
        """,
        language=language,
    )
    return {(kind, name): text for kind, name, text in rows.itertuples(index=False)}


def response_rates(release: Release) -> pd.DataFrame:
    """Return out.response_rates: one row a wave and respondent group."""
    return release.ask("SELECT * FROM {response_rates} ORDER BY wave, respondent_group")


def scales(release: Release) -> pd.DataFrame:
    """Return meta.scales in order of appearance: one row a scale."""
    return release.ask("SELECT * FROM {scales} ORDER BY position, scale")


def scale_means(release: Release) -> pd.DataFrame:
    """Return out.scale_means with what meta.scales says: one row a scale, respondent group and wave.

    An older release has no omega.
    """
    rows = release.ask(
        """
        SELECT means.*, scales.* EXCLUDE (scale)
        FROM {scale_means} AS means JOIN {scales} AS scales USING (scale)
        ORDER BY scales.position, scale, respondent_group, wave
        """
    )
    return rows if release.schema_version >= FIRST_VERSION_WITH_OMEGA else rows.assign(omega=float("nan"))


def units(release: Release) -> pd.DataFrame:
    """Return meta.units: one row a unit; none of an older release."""
    if release.schema_version < FIRST_VERSION_WITH_UNITS:
        return pd.DataFrame(columns=["level", "unit", "region"])
    return release.ask("SELECT * FROM {units} ORDER BY level, unit")


def unit_groups(release: Release) -> pd.DataFrame:
    """Return whose means of organisations there are: one row a respondent group and wave; none of an older release."""
    if release.schema_version < FIRST_VERSION_WITH_UNITS:
        return pd.DataFrame(columns=["respondent_group", "wave"])
    return release.ask(
        "SELECT DISTINCT respondent_group, wave FROM {unit_means} WHERE level = 'organisation' ORDER BY ALL"
    )


def unit_means(release: Release, group: str, wave: str) -> pd.DataFrame:
    """Return out.unit_means of a respondent group and wave, with what meta.scales says: one row a scale and unit."""
    return release.ask(
        """
        SELECT means.*, scales.* EXCLUDE (scale)
        FROM {unit_means} AS means JOIN {scales} AS scales USING (scale)
        WHERE respondent_group = $group AND wave = $wave
        ORDER BY scales.position, scale, level, unit
        """,
        group=group,
        wave=wave,
    )


def comparisons(release: Release) -> pd.DataFrame:
    """Return out.comparisons: one row a scale, respondent group and kind of groups; none of an older release."""
    if release.schema_version < FIRST_VERSION_WITH_COMPARISONS:
        return pd.DataFrame(
            columns=["scale", "respondent_group", "over", "verdict", "compared", "level_reached", "n_differing"]
        )
    return release.ask("SELECT * FROM {comparisons} ORDER BY scale, respondent_group, over")


def conditions(release: Release) -> pd.DataFrame:
    """Return out.conditions: one row a condition that a fit does not meet; none of an older release."""
    if release.schema_version < FIRST_VERSION_WITH_CONDITIONS:
        return pd.DataFrame(columns=["fit_id", "scale", "respondent_group", "purpose", "over", "measure", "verdict"])
    return release.ask("SELECT * FROM {conditions} ORDER BY fit_id, scale, respondent_group, purpose, over, measure")


def distributions(release: Release, scale: str, group: str, wave: str) -> pd.DataFrame:
    """Return the answers to the items of a scale, with what meta.items says: one row a band of answer options."""
    return release.ask(
        """
        SELECT items.position, items.is_reverse_scored, items.midpoint, bands.*
        FROM {items} AS items JOIN {distributions} AS bands USING (item)
        WHERE items.scale = $scale AND bands.respondent_group = $group AND bands.wave = $wave
        ORDER BY items.position, bands.code_from
        """,
        scale=scale,
        group=group,
        wave=wave,
    )


def hidden_counts(release: Release) -> pd.DataFrame:
    """Count what is withheld: one row a table with ``figures`` and how many of them are ``withheld``."""
    counts = "SELECT count(*) AS figures, count(*) FILTER (is_hidden) AS withheld"
    counted = {"rates": "{response_rates}", "means": "{scale_means}", "bands": "{distributions}"}
    if release.schema_version >= FIRST_VERSION_WITH_UNITS:
        counted["unit_means"] = "{unit_means}"
    return pd.concat(
        [release.ask(f"FROM {rows} {counts}").assign(kind=kind) for kind, rows in counted.items()], ignore_index=True
    )


def fits(release: Release) -> pd.DataFrame:
    """Return out.fits, the model as written before its variants: one row a fit.

    An older release was made before plans could be locked.
    """
    rows = release.ask("SELECT * FROM {fits} ORDER BY model, variant <> 'main', variant")
    return rows if release.schema_version >= FIRST_VERSION_WITH_LABELS else rows.assign(label_because="never_locked")


def estimates(release: Release) -> pd.DataFrame:
    """Return out.estimates in the order of the terms: one row a term of a fit."""
    return release.ask("SELECT * FROM {estimates} ORDER BY model, variant <> 'main', variant, position")
