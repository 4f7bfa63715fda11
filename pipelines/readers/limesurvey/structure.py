"""Files that define a LimeSurvey survey → its structure: ``.lss``, ``.lsg``, ``.lsq``, ``.lsa``, tab-separated text.

Put here how the files are recognised and which tables they hold; what columns come of them, in ``limesurvey_columns``.
"""

import codecs
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import chain

from pipelines.readers.files.zip_members import opened_zip
from pipelines.readers.limesurvey.columns import structure_of
from pipelines.readers.limesurvey.survey import survey_of
from pipelines.readers.limesurvey.tabs import is_tab_separated, survey_of_tabs
from pipelines.readers.limesurvey.xml import START, Document, Row, read_rows
from pipelines.readers.limesurvey.zip import is_archive, kind_of
from pipelines.readers.plan import ReadingError
from pipelines.readers.structure import Structure
from pipelines.readers.structure_file import StructureFile

_START_BYTES = 4_096
_KINDS = ("Survey", "Group", "Question")
_ENCODINGS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))


class LimeSurveyStructureReader:
    """Reader of definitions that LimeSurvey writes."""

    platform = "limesurvey"

    def recognises(self, files: Sequence[StructureFile]) -> bool:
        """Say whether every file is one of LimeSurvey's."""
        return bool(files) and all(_is_definition(file.content) for file in files)

    def read(self, files: Sequence[StructureFile]) -> Structure:
        """Read the definition; several files are the parts of one survey, such as its groups.

        Raises:
            ReadingError: When a file is damaged, defines no question, or the files are of several surveys.
        """
        tabs = [file for file in files if is_tab_separated(_text_start(file.content))]
        if tabs:
            if len(files) > 1:
                raise ReadingError(tabs[0].name, "a tab-separated structure is the whole survey; give it alone")
            survey = survey_of_tabs(tabs[0].name, _decoded(tabs[0]))
            return _checked(structure_of(survey, is_whole=True), tabs[0].name)
        documents = [Document() for _ in files]
        rows = chain.from_iterable(
            _rows_of_file(file, document) for file, document in zip(files, documents, strict=True)
        )
        return structure_of_rows(files[0].name, rows, documents)


def structure_of_rows(file_name: str, rows: Iterator[Row], documents: Sequence[Document]) -> Structure:
    """Make the structure of the tables of one survey, from one document or several.

    Raises:
        ReadingError: When there is no question, or the tables are of several surveys.
    """
    found = list(rows)
    surveys = {row.cells.get("sid", "") for row in found if row.table in ("surveys", "groups")} - {""}
    if len(surveys) > 1:
        message = f"expected one survey, found {len(surveys)} of different numbers; give the definition of one of them"
        raise ReadingError(file_name, message)
    languages = list(dict.fromkeys(language for document in documents for language in document.languages))
    survey = survey_of(found, languages)
    survey.id = survey.id or next(iter(surveys), "")
    is_whole = any(document.kind == "Survey" for document in documents)
    return _checked(structure_of(survey, is_whole=is_whole), file_name)


def _checked(structure: Structure, file_name: str) -> Structure:
    if not structure.columns:
        raise ReadingError(
            file_name,
            "expected the questions of a survey, found none; export its structure (.lss) from LimeSurvey again",
        )
    return structure


def _is_definition(content: bytes) -> bool:
    start = content[:_START_BYTES]
    if is_archive(start):
        return True
    if START in start:
        return kind_of(start) in _KINDS
    return is_tab_separated(_text_start(content))


def _rows_of_file(file: StructureFile, document: Document) -> Iterator[Row]:
    if not is_archive(file.content[:_START_BYTES]):
        yield from read_rows(file.name, [file.content], document)
        return
    with opened_zip(BytesIO(file.content), file.name) as members:
        for member in members.files:
            chunks = members.chunks(member)
            first = next(chunks, b"")
            if kind_of(first) in _KINDS:
                yield from read_rows(file.name, chain([first], chunks), document)


def _text_start(content: bytes) -> str:
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8")
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(content[: _START_BYTES * 4])


def _decoded(file: StructureFile) -> str:
    encoding = next((name for mark, name in _ENCODINGS if file.content.startswith(mark)), "utf-8")
    try:
        return file.content.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"the file is not {encoding} text; save it as tab-separated text in UTF-8"
        raise ReadingError(file.name, message) from error
