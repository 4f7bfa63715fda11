"""Files that define a survey → its structure, by the platform whose form they have."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.readers.kobo.structure import KoboStructureReader
from pipelines.readers.limesurvey.structure import LimeSurveyStructureReader
from pipelines.readers.plan import ReadingError
from pipelines.readers.qualtrics.structure import QualtricsStructureReader
from pipelines.readers.redcap.structure import RedcapStructureReader
from pipelines.readers.structure import Structure
from pipelines.readers.structure_file import StructureFile, StructureReader
from pipelines.readers.surveyxact.structure import SurveyXactStructureReader

__all__ = ["STRUCTURE_READERS", "StructureFile", "StructureReader", "read_structure"]

LARGEST_STRUCTURE_BYTES = 200_000_000
STRUCTURE_READERS: Sequence[StructureReader] = (
    QualtricsStructureReader(),
    LimeSurveyStructureReader(),
    RedcapStructureReader(),
    KoboStructureReader(),
    SurveyXactStructureReader(),
)


def read_structure(paths: Sequence[Path]) -> Structure:
    """Read the files that define one survey.

    Args:
        paths: One file for most platforms; several where the definition is spread, such as SurveyXact's structure and
            labels.

    Raises:
        ReadingError: When a file is absent, too large or of no known form.
    """
    files = [StructureFile(path.name, _content(path)) for path in paths]
    reader = next((each for each in STRUCTURE_READERS if each.recognises(files)), None)
    if reader is None:
        raise ReadingError(
            files[0].name,
            "expected the definition of a survey (a Qualtrics QSF, a LimeSurvey .lss or .lsa, a REDCap data "
            "dictionary, an XLSForm, SurveyXact's structure and labels), found none of these; export it again from "
            "the platform, or leave the structure out",
        )
    return reader.read(files)


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise ReadingError(path.name, "there is no such file")
    if path.stat().st_size > LARGEST_STRUCTURE_BYTES:
        raise ReadingError(path.name, f"the file is larger than {LARGEST_STRUCTURE_BYTES // 1_000_000} MB")
    return path.read_bytes()
