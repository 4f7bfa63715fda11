"""Why an answer may be missing, in words. Not here: how an answer comes to be missing (``pipelines.readers``)."""

from collections.abc import Mapping

from instruments.sections.response_scale import MissingReason
from instruments.spec_file import Texts

REASON_LABELS: Mapping[MissingReason, Texts] = {
    "not_administered": {"en": "Not administered", "da": "Ikke stillet"},
    "not_reached": {"en": "Not reached", "da": "Ikke nået"},
    "seen_unanswered": {"en": "Seen, not answered", "da": "Vist, ikke besvaret"},
    "dont_know": {"en": "Don't know", "da": "Ved ikke"},
    "refused": {"en": "Refused", "da": "Ønsker ikke at svare"},
    "not_applicable": {"en": "Not applicable", "da": "Ikke relevant"},
    "invalid": {"en": "Invalid", "da": "Ugyldigt"},
    "technical": {"en": "Technical fault", "da": "Teknisk fejl"},
    "redacted": {"en": "Redacted", "da": "Fjernet"},
    "unknown_blank": {"en": "Blank for an unknown reason", "da": "Tomt af ukendt grund"},
}
REASON_MEANINGS: Mapping[MissingReason, Texts] = {
    "not_administered": {
        "en": "The question was not put to this respondent.",
        "da": "Spørgsmålet blev ikke stillet til denne respondent.",
    },
    "not_reached": {
        "en": "The respondent left before the question.",
        "da": "Respondenten stoppede, før spørgsmålet kom.",
    },
    "seen_unanswered": {
        "en": "The question was shown and left blank.",
        "da": "Spørgsmålet blev vist og ikke udfyldt.",
    },
    "dont_know": {
        "en": "The respondent chose an option such as don't know.",
        "da": "Respondenten valgte en svarmulighed som ved ikke.",
    },
    "refused": {
        "en": "The respondent chose an option such as prefer not to say.",
        "da": "Respondenten valgte en svarmulighed som ønsker ikke at svare.",
    },
    "not_applicable": {
        "en": "The respondent chose an option such as not relevant.",
        "da": "Respondenten valgte en svarmulighed som ikke relevant.",
    },
    "invalid": {
        "en": "The cell held something that is no answer to the question.",
        "da": "Feltet rummede noget, der ikke er et svar på spørgsmålet.",
    },
    "technical": {
        "en": "A fault of the platform or the connection.",
        "da": "En fejl i platformen eller forbindelsen.",
    },
    "redacted": {"en": "The platform took the answer out.", "da": "Platformen fjernede svaret."},
    "unknown_blank": {
        "en": "The cell was blank; the export does not tell why.",
        "da": "Feltet var tomt; eksporten siger ikke hvorfor.",
    },
}
