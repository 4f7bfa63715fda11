"""YAML files → instruments, with every fault of all files at once."""

from collections.abc import Iterable
from pathlib import Path

from instruments.faults import Fault, raise_if_any
from instruments.inner_faults import inner_faults
from instruments.read_once import read_once
from instruments.spec import Instrument

LIBRARY = Path(__file__).parent / "library"


def read_instrument(path: Path) -> tuple[Instrument | None, list[Fault]]:
    """Read one instrument.

    Returns:
        The instrument, or None when it has faults, and the faults.
    """
    instrument, document = read_once(path, Instrument)
    if instrument is not None:
        if instrument.name != path.stem:
            document.blame(("name",), f"the file is called {path.name}; expected name: {path.stem}")
        for place, message in inner_faults(instrument):
            document.blame(place, message)
    return (None if document.faults else instrument), document.faults


def find_instruments(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the file of every instrument by name; a later folder's file replaces an earlier one's of the same name."""
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def load_instrument(path: Path) -> Instrument:
    """Read one instrument or raise SpecError with every fault."""
    instrument, faults = read_instrument(path)
    raise_if_any(faults)
    if instrument is None:
        raise AssertionError("an instrument without faults was not read")
    return instrument
