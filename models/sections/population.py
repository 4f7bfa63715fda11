"""Which analysed responses a model uses."""

from instruments.spec_file import Name, Spec


class Population(Spec):
    """Which analysed responses a model uses; empty lists stand for all.

    Attributes:
        respondent_groups: Codes of respondent groups.
        waves: Names of waves.
        sources: Names of sources.
        without: Name of an exclusion rule of study.yaml; the responses it leaves out are not used.
    """

    respondent_groups: tuple[Name, ...] = ()
    waves: tuple[Name, ...] = ()
    sources: tuple[Name, ...] = ()
    without: Name | None = None
