"""The label of a value that a file declares missing → the missing reason, by the words the label uses.

Only for values that the file itself declares missing: the same words may label a point of a scale, and data managers
word them otherwise than options that are shown, which are in ``opt_outs``. Put here words, in the languages of our
users; which values are missing is for the file's reader to know.
"""

import re
from collections.abc import Mapping

from instruments.sections.response_scale import MissingReason
from pipelines.readers.plan import fold

UNKNOWN: MissingReason = "unknown_blank"
_WORDS: Mapping[MissingReason, str] = {
    "dont_know": (
        r"do(es)? ?n[o']?t know|\bdk\b|not sure|unsure|can('t|not) (say|tell|choose)|no opinion"
        r"|ved ikke|vet (ikke|ej|inte)|kan ikke (sige|svare|vurdere)|ingen (holdning|mening)|wei(ß|ss) nicht"
        r"|keine meinung|weet (ik )?niet|geen mening|sait pas|no sabe|ei osaa sanoa"
    ),
    "refused": (
        r"refus|declin|(prefer|rather|wish|want)s? not|not want to|(ønsker|vil|önskar|vill)( helst)? (ikke|inte)"
        r"|n[æe]gte|verweiger|weiger|wil niet|no contesta|kieltäyty"
    ),
    "not_applicable": (
        r"(not|in|non) ?-?applicable|\bn\.?/?a\.?\b|does(n't| not) apply|not relevant|irrelevant|ikke relevant"
        r"|ikke aktuel|inte (aktuell|relevant)|trifft nicht|nicht zutreffend|niet van toepassing|sans objet|no aplica"
    ),
    "not_administered": (
        r"not (asked|administered|shown|presented|displayed|fielded|in this)|ikke (spurgt|stillet|vist|spurt|stilt)"
        r"|inte (ställd|visad)|nicht (gefragt|erhoben|gestellt|gezeigt)|niet (gevraagd|getoond)"
    ),
    "not_reached": r"not reached|ikke nået|broke?n? ?-?off|break ?-?off|drop(ped)? ?-?out|afbrudt|abgebrochen|abbruch",
    "seen_unanswered": (
        r"no (answer|response|reply)|not (answered|stated)|unanswered|non-?response|left blank"
        r"|(ikke|inte|ej) (be)?svar|ubesvar|obesvar|uoplyst|ingen svar|nicht beantwortet|keine (angabe|antwort)"
        r"|geen antwoord|sans réponse|sin respuesta|ei vastausta"
    ),
    "invalid": r"invalid|out of range|implausible|inconsistent|ugyldig|ogiltig|ungültig|ongeldig",
    "technical": r"technical|system error|teknisk|technisch",
    "redacted": r"redact|suppress|confidential|anonymi[sz]|anonymiser|fortrolig|vertraulich",
}
_PATTERNS: dict[MissingReason, re.Pattern[str]] = {reason: re.compile(words) for reason, words in _WORDS.items()}


def reason_of_missing_value(label: str) -> MissingReason:
    """Return the missing reason that a label names; ``unknown_blank`` when it names none, or several."""
    text = fold(label).replace("’", "'")
    found: list[MissingReason] = [reason for reason, pattern in _PATTERNS.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else UNKNOWN
