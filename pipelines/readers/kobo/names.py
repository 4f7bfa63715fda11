"""Columns that KoboToolbox, ODK Central and SurveyCTO add to every export, and what R makes of their names.

Put here names that no form chooses; the form's own questions are found in ``kobo_headers``.
"""

import re
from collections.abc import Mapping

KOBO = frozenset(
    {
        "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__",
        "_version_", "_version", "_tags", "_index", "_parent_index", "_parent_table_name", "_geolocation",
        "_attachments", "_duration", "_total_media", "_media_count", "_media_all_received", "_xform_id",
        "_xform_id_string", "_bamboo_dataset_id", "_date_modified", "_last_edited", "_edited", "_review_status",
        "_review_comment", "formhub/uuid", "meta/rootUuid", "meta/deprecatedID", "_submission__id",
        "_submission__uuid", "_submission__submission_time", "_submission__validation_status", "_submission__notes",
        "_submission__status", "_submission__submitted_by", "_submission___version__", "_submission__tags",
    }
)  # fmt: skip
KOBO_OWN = frozenset({"_uuid", "_submission_time", "_submission__uuid", "_submission__id", "_xform_id_string"})
ODK = frozenset(
    {
        "SubmissionDate", "KEY", "PARENT_KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent",
        "AttachmentsExpected", "Status", "ReviewState", "DeviceID", "Edits", "FormVersion", "isValidated",
        "CompletionDate", "formdef_version", "review_quality", "review_status", "review_comments",
        "review_corrections",
    }
)  # fmt: skip
FORM_METADATA = frozenset(
    {
        "start", "starttime", "end", "endtime", "today", "deviceid", "subscriberid", "simserial", "simid",
        "phonenumber", "devicephonenum", "username", "audit", "text_audit", "caseid", "instanceID", "instanceName",
    }
)  # fmt: skip
PERSONAL = frozenset(
    {
        "_submitted_by", "_submission__submitted_by", "_geolocation", "SubmitterName", "DeviceID", "deviceid",
        "subscriberid", "simserial", "simid", "phonenumber", "devicephonenum", "username", "audit", "text_audit",
        "instanceName", "_attachments",
    }
)  # fmt: skip
SURVEYCTO = frozenset({"formdef_version", "CompletionDate"})
OLD_KOBO = frozenset({"_bamboo_dataset_id", "_xform_id", "_xform_id_string"})
STARTS, ENDS = ("start", "starttime"), ("end", "endtime")
_MARKS = ("X.U.FEFF.", "X.ufeff.", "\u00ef..", "\u00ef\u00bb\u00bf")
_META = re.compile(r"(?:.*[/.:-])?(instanceID|instanceName)")
_SET_OF = re.compile(r"SET[-.]OF[-.].+")
_AFTER_R: Mapping[str, str] = {"X" + name: name for name in KOBO if name.startswith("_")} | {
    name.replace("/", "."): name for name in KOBO if "/" in name
}


def original_name(header: str) -> str:
    """Return a header as the platform wrote it, before R replaced a byte order mark, blanks or a first ``_``."""
    for mark in _MARKS:
        header = header.removeprefix(mark)
    meta = _META.fullmatch(header)
    return meta[1] if meta else _AFTER_R.get(header, header)


def r_name(header: str) -> str:
    """Return what R's ``read.csv`` makes of a header: anything but letters, digits, dots and ``_`` becomes a dot."""
    plain = re.sub(r"[^\w.]", ".", header)
    return plain if re.match(r"[^\W\d_]|\.(?!\d)", plain) else "X" + plain


def is_added(name: str) -> bool:
    """Say whether the platform, or the form without asking, writes a column of this name."""
    return name in KOBO | ODK | FORM_METADATA or _SET_OF.fullmatch(name) is not None
