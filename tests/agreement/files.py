"""Every file of stored results whose figures we compute."""

from tests.agreement.aggregation import AGGREGATION
from tests.agreement.categorical_panel import CATEGORICAL_PANEL
from tests.agreement.exploratory import EXPLORATORY
from tests.agreement.factor_models import FACTOR_MODELS
from tests.agreement.invariance import INVARIANCE
from tests.agreement.linear import LINEAR
from tests.agreement.mediation import MEDIATION
from tests.agreement.missing_data import MISSING_DATA
from tests.agreement.mixed_models import MIXED_MODELS
from tests.agreement.readings import READINGS
from tests.agreement.reliability import ORDERED_OMEGA, RELIABILITY
from tests.agreement.survey import SURVEY

FILES = (
    RELIABILITY,
    ORDERED_OMEGA,
    EXPLORATORY,
    FACTOR_MODELS,
    INVARIANCE,
    AGGREGATION,
    LINEAR,
    MIXED_MODELS,
    CATEGORICAL_PANEL,
    MEDIATION,
    SURVEY,
    MISSING_DATA,
    READINGS,
)
