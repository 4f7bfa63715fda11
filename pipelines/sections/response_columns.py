"""The columns that every response and every scale has, whatever was asked: no item may have their names."""

from models.load import VariableKind

KEYS_OF_A_RESPONSE: dict[str, VariableKind] = {
    "wave": "category",
    "source": "category",
    "respondent_group": "category",
    "language": "category",
}
COLUMNS_OF_A_RESPONSE = frozenset(
    {
        *KEYS_OF_A_RESPONSE,
        "response_id",
        "organisation_id",
        "respondent_key",
        "started_at",
        "ended_at",
        "response_seconds",
        "is_finished",
        "share_answered",
        "disposition",
        "disposition_code",
        "is_analysed",
        "file_sha256",
        "row_number",
    }
)
COLUMNS_OF_A_SCALE = ("{}", "{}_organisation_mean", "{}_within_organisation")
