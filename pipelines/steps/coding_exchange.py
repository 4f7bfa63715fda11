"""Codings and screened answers → a REFI-QDA project, and a project that comes back → rows of coding files.

Ids follow from names, so that an answer and a code are found again whatever a program did with the rest.
"""

from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_URL, uuid5

import pandas as pd

from instruments.codings.refi_qda import QdaCode, QdaCoding, QdaProject, QdaSource
from instruments.codings.spec import CodingScheme
from instruments.spec_file import ANY_LANGUAGE, Texts
from pipelines.load_coding import StudyCoding
from pipelines.steps.coding_sheets import FILE
from pipelines.steps.codings import CodingError, CodingFile
from pipelines.steps.judgements import latest_codings
from pipelines.tables.coding import NONE

NO_CODE = "NONE"
_SHORT = 8


def guid(*names: str) -> str:
    """Return the id of something by its names."""
    return str(uuid5(NAMESPACE_URL, "\n".join(("sensemaking", *names))))


def codebook(scheme: CodingScheme) -> tuple[QdaCode, ...]:
    """Lay out a scheme: families with their codes, and a code for answers that were read and have none."""
    families = [
        QdaCode(
            guid=guid(scheme.name, "family", family),
            name=f"{family} {_in_one(title)}",
            is_codable=False,
            children=tuple(_code(scheme, code) for code, each in scheme.codes.items() if each.family == family),
        )
        for family, title in scheme.families.items()
    ]
    return (*families, QdaCode(guid(scheme.name, NONE), NO_CODE, "The answer was read, and no code fits"))


def _code(scheme: CodingScheme, code: str) -> QdaCode:
    each = scheme.codes[code]
    parts = (("", each.definition), ("Give it: ", each.include), ("Not: ", each.exclude), ("Example: ", each.example))
    said = "\n".join(f"{begin}{_in_one(words)}" for begin, words in parts)
    return QdaCode(guid(scheme.name, code), f"{code} {each.name}", said)


def _in_one(words: Texts) -> str:
    return words.get("en") or words.get(ANY_LANGUAGE) or next(iter(words.values()))


def project(answers: pd.DataFrame, codings: pd.DataFrame, coding: StudyCoding, study: str) -> QdaProject:
    """Lay out answers and the latest codings as a project; sources are named by question and id, not by response.

    Args:
        answers: ``core.open_answers``, screened.
        codings: ``core.codings``.
        coding: How the study codes.
        study: Name of the study.
    """
    scheme = coding.scheme
    latest = latest_codings(codings[codings["wave"].notna()], scheme)
    by_answer: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in latest.sort_values(["coder", "segment", "code"]).to_dict("records"):
        by_answer.setdefault((row["response_id"], row["item"]), []).append(row)
    sources = [
        _source(row, by_answer.get((row["response_id"], row["item"]), []), scheme, study)
        for row in answers.sort_values(["item", "response_id"]).to_dict("records")
    ]
    return QdaProject(
        name=study,
        description=f"{scheme.name} {scheme.version}",
        users={guid(study, "user", person): person for person in coding.spec.people},
        codes=codebook(scheme),
        variables={name: guid("variable", name) for name in ("item", "round")},
        sources=tuple(sources),
    )


def _source(row: dict[str, str], found: list[dict[str, str]], scheme: CodingScheme, study: str) -> QdaSource:
    own = _guid_of_answer(study, row["response_id"], row["item"])
    trained = any(each["round"] == "training" for each in found)
    return QdaSource(
        guid=own,
        name=f"{row['item']} {own[:_SHORT]}",
        text=row["text"],
        variables={"item": row["item"], "round": "training" if trained else "main"},
        codings=tuple(_coding(each, own, scheme, study) for each in found if each["code"] in (NONE, *scheme.codes)),
    )


def _coding(row: dict[str, str], source: str, scheme: CodingScheme, study: str) -> QdaCoding:
    first, _, end = row["segment"].partition("..")
    return QdaCoding(
        guid=guid(source, row["coder"], row["code"], row["segment"]),
        code=guid(scheme.name, row["code"]),
        user=guid(study, "user", row["coder"]),
        segment=(int(first), int(end)) if end else None,
        note=row["note"],
    )


def _guid_of_answer(study: str, response: str, item: str) -> str:
    return guid(study, "answer", item, response)


def rows_of_project(
    given: QdaProject, name: str, answers: pd.DataFrame, coding: StudyCoding, study: str
) -> list[CodingFile]:
    """Turn a project that came back into rows of coding files, one entry a person.

    Args:
        given: The project.
        name: Name of its file, for messages.
        answers: ``core.open_answers``, as they were sent out.
        coding: How the study codes.
        study: Name of the study.

    Raises:
        CodingError: When a source, user or code is not of the study, or a text was changed: positions would be wrong.
    """
    version = given.description.rpartition(" ")[2]
    version = version if version in coding.scheme.versions else coding.scheme.version
    known = {_guid_of_answer(study, *key): key for key in zip(answers["response_id"], answers["item"], strict=True)}
    texts = dict(zip(known, answers["text"], strict=True))
    by_beginning = _by_beginning(known)
    faults: list[str] = []
    rows: list[dict[str, str]] = []
    codes = dict(_codes_by_guid(given.codes, coding.scheme))
    people = {each: _person(name_of, coding) for each, name_of in given.users.items()}
    for source in (each for each in given.sources if each.codings):
        own = source.guid if source.guid in known else by_beginning.get(source.name.rpartition(" ")[2])
        if own is None or texts[own] != source.text:
            what = "is no answer of the study" if own is None else "has another text than the answer that was sent out"
            faults.append(f"{name}: the source '{source.name}' {what}; export the project again from the one sent out")
            continue
        for each in source.codings:
            code, person = codes.get(each.code), people.get(each.user)
            if code is None or person is None:
                what = "code" if code is None else "user"
                faults.append(f"{name}: the source '{source.name}' has a {what} that the study does not know")
                continue
            segment = "" if each.segment is None else f"{each.segment[0]}..{each.segment[1]}"
            where = dict(zip(("response_id", "item"), known[own], strict=True))
            said = {"segment": segment, "code": code, "coder": person, "note": each.note}
            rows.append({**where, **said, "scheme_version": version, "round": source.variables.get("round", "")})
    if faults:
        raise CodingError("\n".join(dict.fromkeys(faults)))
    return files_by_coder(name, pd.DataFrame(rows, columns=FILE, dtype="str"))


def files_by_coder(name: str, rows: pd.DataFrame) -> list[CodingFile]:
    """Divide rows of codings by person; the index goes on holding the row numbers."""
    return [CodingFile(name, str(coder), of_coder) for coder, of_coder in rows.groupby("coder", sort=True)]


def _by_beginning(known: Iterable[str]) -> dict[str, str]:
    """Return the answers by the beginning of their id, which ends the name of a source; none that two share."""
    found: dict[str, list[str]] = {}
    for each in known:
        found.setdefault(each[:_SHORT], []).append(each)
    return {short: ids[0] for short, ids in found.items() if len(ids) == 1}


def _person(name: str, coding: StudyCoding) -> str | None:
    return next((person for person in coding.spec.people if person.lower() == name.strip().lower()), None)


def _codes_by_guid(codes: Iterable[QdaCode], scheme: CodingScheme) -> Iterator[tuple[str, str]]:
    """Yield the id of every code of a codebook with the code it stands for: by id, else by the words of its name."""
    own = {guid(scheme.name, code): code for code in (*scheme.codes, NONE)}
    for each in codes:
        words = [each.name, *each.name.split(" ")[:1]]
        named = next((code for word in words if (code := scheme.code_called(word))), None)
        code = own.get(each.guid) or (NONE if each.name == NO_CODE else named)
        if code is not None:
            yield each.guid, code
        yield from _codes_by_guid(each.children, scheme)
