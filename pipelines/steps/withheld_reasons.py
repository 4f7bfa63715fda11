"""Why a fit is not released, in words: English for terminals and files of machines, both languages for tables."""

from collections.abc import Mapping

from instruments.spec_file import Texts

_NO_WORDS = {"en": "for which the dashboard has no words", "da": "som dashboardet ikke har ord for"}
REASONS: Mapping[str, Texts] = {
    "of_units": {
        "en": f"an estimator of units in waves, {_NO_WORDS['en']}",
        "da": f"en estimator af enheder gennem runder, {_NO_WORDS['da']}",
    },
    "of_groups": {
        "en": f"a mixed model, {_NO_WORDS['en']}",
        "da": f"en multilevelmodel, {_NO_WORDS['da']}",
    },
    "other_units": {
        "en": f"coefficients in other units than the outcome, {_NO_WORDS['en']}",
        "da": f"koefficienter i andre enheder end udfaldets, {_NO_WORDS['da']}",
    },
    "few_responses": {"en": "fewer than {least} responses", "da": "færre end {least} besvarelser"},
    "of_records": {
        "en": f"an outcome from records, {_NO_WORDS['en']}",
        "da": f"et udfald fra registre, {_NO_WORDS['da']}",
    },
    "few_degrees": {"en": "fewer than {least} degrees of freedom", "da": "færre end {least} frihedsgrader"},
    "few_clusters": {"en": "fewer than {least} clusters", "da": "færre end {least} klynger"},
    "small_category": {
        "en": "a category with fewer than {least} responses",
        "da": "en kategori med færre end {least} besvarelser",
    },
    "small_outcome": {
        "en": "fewer than {least} responses with a value of the outcome",
        "da": "færre end {least} besvarelser med en værdi af udfaldet",
    },
    "leverage": {
        "en": "one response nearly decides a coefficient",
        "da": "én besvarelse afgør næsten en koefficient",
    },
    "few_organisations": {"en": "fewer than {least} organisations", "da": "færre end {least} organisationer"},
    "category_of_few_organisations": {
        "en": "a category with fewer than {least} organisations",
        "da": "en kategori med færre end {least} organisationer",
    },
    "single_organisation": {
        "en": "a figure for a single organisation",
        "da": "et tal for en enkelt organisation",
    },
    "cell_texts": {
        "en": "a category whose names are cell texts",
        "da": "en kategori, hvis navne er tekster fra celler",
    },
    "too_alike": {
        "en": "differs from a released fit by fewer than {least} responses",
        "da": "afviger fra en frigivet estimation med færre end {least} besvarelser",
    },
    "tells_of_unit": {
        "en": "the mean of a hidden organisation would follow from it and the means that are shown",
        "da": "gennemsnittet for en skjult organisation ville følge af den og de viste gennemsnit",
    },
    "erased": {
        "en": "responses of it were erased since; run the study again",
        "da": "besvarelser i den er slettet siden; kør undersøgelsen igen",
    },
    "imputed": {
        "en": "imputed values, for which there are no rules of disclosure yet",
        "da": "imputerede værdier, som der endnu ikke er regler for at offentliggøre",
    },
    "of_paths": {
        "en": "paths, for which there are no rules of disclosure yet",
        "da": "stier, som der endnu ikke er regler for at offentliggøre",
    },
    "by_design": {
        "en": "errors by the design of the sample, for which there are no rules of disclosure yet",
        "da": "fejl efter stikprøvens design, som der endnu ikke er regler for at offentliggøre",
    },
    "not_estimated": {"en": "not estimated: see the run", "da": "ikke estimeret: se kørslen"},
}


def reason(key: str, language: str = "en", least: float = 0) -> str:
    """Say why a fit is withheld.

    Args:
        key: Of ``REASONS``.
        language: ``en`` or ``da``.
        least: Fewest that are asked for, where the reason names them.
    """
    return REASONS[key][language].format(least=f"{least:.0f}")
