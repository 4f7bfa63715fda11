"""What identifies people → pseudonyms, in the private database or in a frame, before anything is stored.

Put here which values become pseudonyms and with which key; how one is made is in ``steps.pseudonyms``, where keys lie
in ``pseudonym_keys``.
"""

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.assets.step import Task
from pipelines.load import Study
from pipelines.pseudonym_keys import KeyFault, folder_of_keys, key_for
from pipelines.steps.pseudonyms import Pseudonymiser, normalised_element, normalised_key
from pipelines.store import Store, Write
from pipelines.tables.raw import KEYS

if TYPE_CHECKING:
    from pipelines.receive import Staging

PERSON = "respondent_key"


def pseudonymiser(study: Study, store: Store, purpose: str) -> Pseudonymiser:
    """Return what makes the pseudonyms of a purpose; its key is made when there are no pseudonyms yet.

    Raises:
        KeyFault: When the key is missing or another than the one the pseudonyms of the warehouse were made with.
    """
    known = store.read(KEYS).set_index("purpose")["fingerprint"].to_dict()
    maker = Pseudonymiser(key_for(study, purpose, may_be_made=purpose not in known), study.name, purpose)
    fingerprint = maker.fingerprint()
    if known.get(purpose, fingerprint) != fingerprint:
        raise KeyFault(
            f"the key {folder_of_keys(study) / purpose}.key is another than the one that made the pseudonyms in the "
            "warehouse; put the right file back, or begin a new warehouse: people can then not be linked with earlier "
            "tables"
        )
    if purpose not in known:
        row = {"purpose": purpose, "fingerprint": fingerprint, "created_at": dt.datetime.now(dt.UTC)}
        store.write([Write(KEYS, pd.DataFrame([row]), {"purpose": purpose})], input_hash="", run_id="")
    return maker


def check_keys(study: Study, store: Store) -> None:
    """Refuse to go on without the keys that pseudonyms of the warehouse were made with.

    Raises:
        KeyFault: When one is missing or another.
    """
    for purpose in store.read(KEYS)["purpose"]:
        pseudonymiser(study, store, str(purpose))


def pseudonymise_people(task: Task, staging: "Staging") -> None:
    """Put pseudonyms in the place of the keys of respondents, each different key looked at once."""
    keys = " UNION ".join(
        f"SELECT respondent_key AS text FROM {file.rows} WHERE respondent_key IS NOT NULL"  # noqa: S608 - name is ours
        for file in staging.files
    )
    found = staging.fetch(keys)
    if found.empty:
        return
    maker = pseudonymiser(task.study, task.store, "respondent")
    staging.create("people", found.assign(pseudonym=maker.every(PERSON, found["text"])))
    for file in staging.files:
        staging.count(
            f"UPDATE {file.changing_rows} SET respondent_key = people.pseudonym FROM people "  # noqa: S608 - name is ours
            f"WHERE {file.changing_rows}.respondent_key = people.text"
        )


def link_codes(task: Task, staging: "Staging") -> str:
    """Return the query of ``core.link_codes``; an element without letter or digit is not given."""
    given = staging.relation("link_codes")
    found = staging.fetch(f"SELECT DISTINCT element, text FROM ({given})")  # noqa: S608 - texts are literals
    if found.empty:
        return f"SELECT response_id, wave, element, text AS pseudonym FROM ({given})"  # noqa: S608 - texts are literals
    maker = pseudonymiser(task.study, task.store, "link_code")
    normalised = found["text"].map(normalised_element)
    found = found[normalised != ""]
    pairs = zip(found["element"], normalised[found.index], strict=True)
    staging.create("elements", found.assign(pseudonym=[maker.one(element, text) for element, text in pairs]))
    return f"SELECT response_id, wave, element, pseudonym FROM ({given}) JOIN elements USING (element, text)"  # noqa: S608


def dyad_keys(task: Task, staging: "Staging") -> str:
    """Return the query of ``core.dyad_keys``: the other persons by the pseudonyms that their own responses have."""
    given = staging.relation("dyads")
    found = staging.fetch(f"SELECT DISTINCT text FROM ({given})")  # noqa: S608 - texts are literals
    if found.empty:
        return f"SELECT response_id, wave, kind, text AS other_key FROM ({given})"  # noqa: S608 - texts are literals
    maker = pseudonymiser(task.study, task.store, "respondent")
    staging.create("others", found.assign(pseudonym=maker.every(PERSON, found["text"])))
    return f"SELECT response_id, wave, kind, pseudonym AS other_key FROM ({given}) JOIN others USING (text)"  # noqa: S608


def pseudonymised_units(task: Task, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a frame or contact log with the pseudonyms that respondents have too."""
    if rows.empty:
        return rows
    maker = pseudonymiser(task.study, task.store, "respondent")
    return rows.assign(unit_id=maker.every(PERSON, rows["unit_id"]))


def normalised_units(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a frame with the unit ids as keys are compared, so that two spellings of one are found."""
    return rows.assign(unit_id=rows["unit_id"].map(normalised_key)) if "unit_id" in rows else rows
