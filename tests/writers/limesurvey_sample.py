"""A survey with a question of every type of LimeSurvey, and three responses: full, with gaps, broken off on page 1."""

from tests.writers.limesurvey_export import Ask, Group, Part, Survey

_NUMBERS = iter(range(1000, 2000))


def said(english: str, german: str) -> dict[str, str]:
    return {"en": english, "de": german}


def parts(*codes: str, scale: int = 0, first_value: int = 1) -> tuple[Part, ...]:
    """Make rows or options with a text of their own each."""
    return tuple(
        Part(next(_NUMBERS), code, said(f"Part {code.lower()} <of>", f"Teil {code.lower()} <von>"), scale, place)
        for place, code in enumerate(codes, start=first_value)
    )


def ask(kind: str, code: str, **more: object) -> Ask:
    return Ask(next(_NUMBERS), code, kind, said(f"What of {code}, please?", f"Was ist mit {code}, bitte?"), **more)


AGREEMENT = (
    Part(31, "A1", said("Disagree", "Stimme nicht zu"), 0, 1),
    Part(32, "A2", said("Neither, nor", "Weder, noch"), 0, 2),
    Part(33, "A3", said("Agree", "Stimme zu"), 0, 3),
)
ROWS = ("SQ001", "SQ002")
FIRST = (
    ask("F", "trust", rows=parts(*ROWS), answers=AGREEMENT, mandatory="Y"),
    ask("L", "sector", answers=parts("A1", "A2"), has_other=True),
    ask("Y", "manager"),
    ask("G", "gender"),
    ask("O", "reason", answers=parts("A1", "A2")),
    ask("!", "region", answers=parts("1", "2")),
    ask("X", "thanks"),
)
SECOND = (
    ask("M", "tools", rows=parts(*ROWS), has_other=True, relevance='manager.NAOK == "Y"'),
    ask("P", "partners", rows=parts(*ROWS), has_other=True),
    ask("1", "dual", rows=parts(*ROWS), answers=(*parts("A1", "A2"), *parts("A1", "B2", scale=1))),
    ask("R", "ranks", answers=parts("A1", "A2", "A3")),
    ask("K", "counts", rows=parts(*ROWS), attributes={"max_num_value_n": "50"}),
    ask("N", "staff", attributes={"max_num_value_n": "5000"}),
)
THIRD = (
    ask(":", "grid", rows=(*parts(*ROWS), *parts("C1", "C2", scale=1))),
    ask(":", "boxes", rows=(*parts(*ROWS), *parts("C1", "C2", scale=1)), attributes={"multiflexible_checkbox": "1"}),
    ask(";", "notes", rows=(*parts(*ROWS), *parts("C1", "C2", scale=1))),
    ask("Q", "names", rows=parts(*ROWS)),
    *(ask(kind, f"array{kind}", rows=parts(*ROWS)) for kind in "ABCE"),
    ask("H", "byColumn", rows=parts(*ROWS), answers=parts("A1", "A2")),
    ask("5", "points"),
    ask("D", "born"),
    ask("S", "short"),
    ask("T", "long"),
    ask("U", "huge"),
    ask("I", "tongue"),
    ask("*", "sum"),
    ask("|", "upload"),
)
SURVEY = Survey(
    number=123456,
    languages=("en", "de"),
    titles=said("Managers", "Führungskräfte"),
    groups=(
        Group(11, said("You", "Sie"), FIRST),
        Group(12, said("Work", "Arbeit"), SECOND, relevance="1"),
        Group(13, said("More", "Mehr"), THIRD),
    ),
)
_FILLED = {"F": "A3", "L": "-oth-", "Y": "Y", "G": "F", "O": "A2", "!": "2", "M": "Y", "P": "Y", "R": "A2", "K": "7",
           "N": "120", ":": "3", ";": "a note", "Q": "a name", "A": "4", "B": "9", "C": "U", "E": "I", "H": "A1",
           "5": "5", "D": "1970-02-03", "S": "=1+1", "T": 'He said "no"\n{really}\tyes', "U": "text", "I": "en",
           "*": "12", "|": "[]", "X": ""}  # fmt: skip


def _answered() -> dict[str, str | None]:
    filled: dict[str, str | None] = {}
    for each in SURVEY.fields():
        value = "a text" if each.part else _FILLED.get(each.ask.kind, "A1")
        filled[each.old] = "1" if each.ask.code == "boxes" or each.part == "count" else value
    return filled


_PAGE_1 = {each.old for each in SURVEY.fields() if each.ask in FIRST}
_TOOLS = {each.old for each in SURVEY.fields() if each.ask.code == "tools"}
_DATES = {"startdate": "2026-03-01 09:00:00", "datestamp": "2026-03-01 09:12:00"}
RESPONSES = (
    {"id": "1", "submitdate": "2026-03-01 09:12:00", "lastpage": "3", "startlanguage": "en", "token": "t1", **_DATES}
    | _answered(),
    {"id": "2", "submitdate": "1980-01-01 00:00:00", "lastpage": "3", "startlanguage": "de", "token": "t2", **_DATES}
    | {name: None if name in _TOOLS else "" for name in _answered()},
    {"id": "3", "submitdate": None, "lastpage": "1", "startlanguage": "en", "token": None, **_DATES}
    | {name: value if name in _PAGE_1 else None for name, value in _answered().items()},
)
