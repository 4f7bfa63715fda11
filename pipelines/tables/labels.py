"""Columns of fits that say whether they are confirmatory, what that follows from, and what their rows are made from."""

from typing import Literal, get_args

from pipelines.tables.base import TEXT, ColumnOf

Because = Literal[
    "locked",
    "amended",
    "never_locked",
    "locked_after_data",
    "changed_after_lock",
    "amended_after_data",
    "by_hand",
    "plan_altered",
]

LABELS = {
    "label": ColumnOf(
        TEXT,
        "confirmatory: fixed by the locked plan before the first response of its waves; else exploratory",
        is_among=("confirmatory", "exploratory"),
    ),
    "label_because": ColumnOf(
        TEXT,
        "What the label follows from",
        is_among=get_args(Because),
        if_absent="never_locked",
    ),
}

RECORD = {
    "label_reason": ColumnOf(
        TEXT,
        "What the label follows from in words: entry of the plan, wave, keys changed",
        if_absent="recorded before analysis plans could be locked",
    ),
    "plan_hash": ColumnOf(
        TEXT, "Hash of the entry of out.plan that makes it confirmatory; empty for exploratory", if_absent=""
    ),
    "recipe_hash": ColumnOf(
        TEXT,
        "SHA-256 of what its rows are made from: files and specifications, kept in warehouse/specs/; empty for a "
        "fit recorded before these were kept",
        if_absent="",
    ),
}
