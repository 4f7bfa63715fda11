"""YAML files → seeds, software features and terms, or every fault of a file at once."""

from pathlib import Path

from instruments.faults import raise_if_any
from instruments.load import LIBRARY
from instruments.seeds.spec import Features, Glossary, Seeds
from instruments.spec_file import AnySpec, read_spec

SEEDS = LIBRARY / "seeds" / "sources.yaml"
FEATURES = LIBRARY / "seeds" / "features.yaml"
TERMS = LIBRARY / "glossary" / "terms.yaml"


def load_seeds() -> Seeds:
    """Read the seeds or raise SpecError with every fault."""
    return _load(SEEDS, Seeds)


def load_features() -> Features:
    """Read the software features or raise SpecError with every fault."""
    return _load(FEATURES, Features)


def load_glossary() -> Glossary:
    """Read the terms or raise SpecError with every fault."""
    return _load(TERMS, Glossary)


def _load(path: Path, kind: type[AnySpec]) -> AnySpec:
    spec, document = read_spec(path, kind)
    raise_if_any(document.faults)
    if spec is None:
        raise AssertionError(f"{path.name} without faults was not read")
    return spec
