"""Relations without rows, with their types, for what no column of an export holds. As SQL."""

from collections.abc import Mapping

EMPTY: Mapping[str, str] = {
    "paradata": (
        "SELECT '' AS response_id, '' AS wave, '' AS kind, '' AS name, NULL::VARCHAR AS page, NULL::DOUBLE AS value, "
        "NULL::VARCHAR AS text WHERE false"
    ),
    "link_codes": "SELECT '' AS response_id, '' AS wave, '' AS element, '' AS text WHERE false",
    "dyads": "SELECT '' AS response_id, '' AS wave, '' AS kind, '' AS text WHERE false",
    "open_answers": "SELECT '' AS response_id, '' AS wave, '' AS item, '' AS text WHERE false",
    "repeats": (
        "SELECT '' AS response_id, '' AS wave, '' AS source, '' AS instrument, 0::BIGINT AS instance, '' AS item, "
        "NULL::SMALLINT AS code, NULL::DOUBLE AS number, NULL::DATE AS day, NULL::VARCHAR AS text, "
        "NULL::VARCHAR AS reason WHERE false"
    ),
}
