"""Labels of answer options that stand for no answer → missing reason, in the languages surveys here are held in.

Evidence for a person or for a rule that has more to go on; a label alone never makes an option missing.
"""

import re

from instruments.sections.response_scale import MissingReason
from pipelines.readers.plan import fold

_REASONS: tuple[tuple[MissingReason, tuple[str, ...]], ...] = (
    (
        "refused",
        (
            r"(i )?(would )?(prefer|rather|choose|wish|want) not (to )?(answer|say|respond|state|disclose).*",
            r"refuse[ds]?( to answer)?", r"no answer", r"declined?( to (answer|state))?",
            r"ønsker ikke at (svare|oplyse).*", r"vil ikke (svare|oplyse).*",
            r"keine angaben?", r"möchte ich nicht (beantworten|sagen|angeben)",
            r"(je )?ne souhaite pas répondre", r"prefiero no (responder|contestar|decirlo)", r"zeg ik liever niet",
            r"vill inte (svara|uppge)", r"ønsker ikke å (svare|oppgi)",
        ),
    ),
    (
        "dont_know",
        (
            r"(i )?(do not|don'?t) know( */.*)?", r"not sure", r"unsure", r"no opinion",
            r"(i )?(can'?t|cannot|can not) (say|judge|tell|answer)",
            r"(det )?ved (jeg )?ikke( */.*)?", r"ingen mening", r"kan ikke (svare|vurdere)",
            r"weiß (ich )?nicht", r"kann ich nicht (sagen|beurteilen)", r"(je )?ne sai[st] pas", r"sans opinion",
            r"no (lo )?sé", r"no sabe( */.*)?", r"sin opinión", r"weet (ik )?niet", r"geen mening",
            r"vet (ej|inte)", r"ingen åsikt", r"vet ikke", r"ingen formening",
        ),
    ),
    (
        "not_applicable",
        (
            r"not applicable.*", r"n\.?/?a\.?", r"does(n'?t| not) apply.*", r"no basis.*",
            r"(det er )?ikke relevant.*", r"ikke aktuelt.*",
            r"nicht (zutreffend|anwendbar)", r"trifft nicht auf mich zu", r"entfällt",
            r"(non|pas) applicable", r"sans objet", r"no (aplica|procede|corresponde)",
            r"niet van toepassing", r"n\.?v\.?t\.?", r"(ej|inte) (aktuellt|tillämpligt|relevant)",
        ),
    ),
)  # fmt: skip
_PATTERNS: tuple[tuple[MissingReason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile("|".join(f"(?:{words})" for words in texts))) for reason, texts in _REASONS
)
_ENDS = re.compile(r"^[\s\-–(\[]+|[\s.!)\]]+$")


def reason_of_label(label: str) -> MissingReason | None:
    """Return the missing reason that a label states, or None when it says nothing of the kind.

    Args:
        label: The option as shown, without mark-up.
    """
    text = _ENDS.sub("", fold(label).replace("’", "'"))
    return next((reason for reason, pattern in _PATTERNS if pattern.fullmatch(text)), None)
