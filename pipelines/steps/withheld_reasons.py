"""Why a fit is not released, in words: English for terminals and files of machines, both languages for tables."""

from collections.abc import Mapping

from instruments.spec_file import Texts

_NO_WORDS = {"en": "for which the dashboard has no words", "da": "som dashboardet ikke har ord for"}
_NO_RULES = {
    "en": "for which no rule says yet what a release would tell of single organisations",
    "da": "hvor ingen regel endnu siger, hvad en frigivelse ville fortælle om enkelte organisationer",
}
REASONS: Mapping[str, Texts] = {
    "of_units": {
        "en": f"an estimator of units in waves, {_NO_RULES['en']}",
        "da": f"en estimator af enheder gennem runder, {_NO_RULES['da']}",
    },
    "other_units": {
        "en": f"coefficients in other units than the outcome, {_NO_WORDS['en']}",
        "da": f"koefficienter i andre enheder end udfaldets, {_NO_WORDS['da']}",
    },
    "of_selection": {
        "en": "what would become of it if silence went with the outcome, which tells more sums of answers than a fit "
        "and for which no rule says yet what; the fit beside it is that of those who answered",
        "da": "hvad der ville blive af den, hvis tavshed fulgte udfaldet, som fortæller flere summer af svar end en "
        "estimation, og hvor ingen regel endnu siger hvad; estimationen ved siden af er den for dem, der svarede",
    },
    "of_answering": {
        "en": "weights tell what the model of who answered, behind them, would tell",
        "da": "vægte fortæller, hvad modellen bag dem, for hvem der svarede, ville fortælle",
    },
    "of_paths": {
        "en": f"paths between several variables, {_NO_WORDS['en']}",
        "da": f"stier mellem flere variable, {_NO_WORDS['da']}",
    },
    "few_responses": {"en": "fewer than {least} responses", "da": "færre end {least} besvarelser"},
    "of_records": {
        "en": f"an outcome from records, {_NO_RULES['en']}",
        "da": f"et udfald fra registre, {_NO_RULES['da']}",
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
    "few_with_answer": {
        "en": "a category in which fewer than {least} responses have an answer, or another than the rest",
        "da": "en kategori, hvor færre end {least} besvarelser har et svar, eller et andet end resten",
    },
    "count_of_one": {
        "en": "a number to which one or two responses bring nearly all, or a category in which all have nought",
        "da": "et antal, som én eller to besvarelser står for næsten hele, eller en kategori, hvor alle har nul",
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
    "tells_of_answering": {
        "en": "how many of one organisation answered would follow from its weights",
        "da": "hvor mange i en enkelt organisation der svarede, ville følge af dens vægte",
    },
    "sums_unknown": {
        "en": "categories or counts of a scale, with no rule on what they tell of organisations with a hidden mean",
        "da": "kategorier eller antal ud fra en skala, uden regel for, hvad de fortæller om organisationer med "
        "skjult gennemsnit",
    },
    "erased": {
        "en": "responses of it were erased since; run the study again",
        "da": "besvarelser i den er slettet siden; kør undersøgelsen igen",
    },
    "without_rules": {
        "en": "an estimator for which there are no rules of disclosure yet",
        "da": "en estimator, som der endnu ikke er regler for at offentliggøre",
    },
    "few_degrees_of_term": {
        "en": "a coefficient with fewer than {least} degrees of freedom",
        "da": "en koefficient med færre end {least} frihedsgrader",
    },
    "leverage_of_unit": {
        "en": "one organisation or person nearly decides a coefficient",
        "da": "én organisation eller person afgør næsten en koefficient",
    },
    "leverage_in_equation": {
        "en": "one response nearly decides a coefficient of one of its equations",
        "da": "én besvarelse afgør næsten en koefficient i en af dens ligninger",
    },
    "over_waves": {
        "en": "paths over waves, which beside fits of single waves would tell of the few who left or joined",
        "da": "stier gennem runder, som ved siden af estimationer af enkelte runder ville fortælle om de få, der faldt "
        "fra eller kom til",
    },
    "latent_means": {
        "en": "paths between latent means of organisations, for which no rule says what they tell of a single one",
        "da": "stier mellem organisationers latente gennemsnit, hvor ingen regel siger, hvad de fortæller om en enkelt",
    },
    "totals": {
        "en": "totals of a population, which beside its means tell whom weights stand for",
        "da": "totaler for en population, som ved siden af dens gennemsnit fortæller, hvem vægte står for",
    },
    "single_answers": {
        "en": "quantiles, which are answers of single people",
        "da": "fraktiler, som er enkelte personers svar",
    },
    "replicated_errors": {
        "en": "figures of a population with errors from parts of its sample, with no rule on what these tell of hidden "
        "organisations beside shown ones",
        "da": "tal for en population med usikkerhed ud fra dele af stikprøven, uden regel for, hvad den fortæller om "
        "skjulte organisationer ved siden af viste",
    },
    "second_figures": {
        "en": "figures of an outcome of which this release or an earlier one shows others, whose errors together would "
        "tell more",
        "da": "tal for et udfald, som denne eller en tidligere frigivelse viser andre af, hvis usikkerhed tilsammen "
        "ville fortælle mere",
    },
    "of_calibrated": {
        "en": "errors of calibrated weights, with no rule on what rows of people who are not behind the figure tell",
        "da": "usikkerhed af kalibrerede vægte, uden regel for, hvad rækker om personer uden for tallet fortæller",
    },
    "of_imputed_means": {
        "en": "means of organisations with imputed answers in them, with no rule on what they tell of a hidden mean",
        "da": "gennemsnit for organisationer med imputerede svar i, uden regel for, hvad de fortæller om et skjult "
        "gennemsnit",
    },
    "quantiles": {
        "en": "quantiles, which are answers of single people and go with real rows only",
        "da": "fraktiler, som er enkelte personers svar og kun følger med virkelige rækker",
    },
    "few_dyads": {
        "en": "answers of fewer than {least} other members of dyads",
        "da": "svar fra færre end {least} andre medlemmer af par",
    },
    "category_of_few_dyads": {
        "en": "a category with answers of fewer than {least} other members of dyads",
        "da": "en kategori med svar fra færre end {least} andre medlemmer af par",
    },
    "too_alike_dyads": {
        "en": "differs from a released fit by the answers of fewer than {least} other members of dyads",
        "da": "afviger fra en frigivet estimation med svarene fra færre end {least} andre medlemmer af par",
    },
    "heavy_weight": {
        "en": "a response with more weight than one of {least} would have",
        "da": "en besvarelse med større vægt, end én af {least} ville have",
    },
    "few_complete": {
        "en": "fewer than {least} responses without an imputed value",
        "da": "færre end {least} besvarelser uden en imputeret værdi",
    },
    "few_degrees_complete": {
        "en": "fewer than {least} degrees of freedom without the responses with imputed values",
        "da": "færre end {least} frihedsgrader uden besvarelserne med imputerede værdier",
    },
    "small_stratum": {
        "en": "a stratum with fewer than {least} sampled units",
        "da": "et stratum med færre end {least} udtrukne enheder",
    },
    "few_in_stratum": {
        "en": "a stratum with fewer than {least} responses",
        "da": "et stratum med færre end {least} besvarelser",
    },
    "too_alike_organisations": {
        "en": "differs from a released fit by fewer than {least} organisations",
        "da": "afviger fra en frigivet estimation med færre end {least} organisationer",
    },
    "log_ratio": {
        "en": "a log-ratio of shares, for which the dashboard has no words yet",
        "da": "et log-forhold mellem andele, som dashboardet endnu ikke har ord for",
    },
    "resampled": {
        "en": "intervals from resampled rows, which are drawn otherwise from the rows of a package",
        "da": "intervaller fra genudtrukne rækker, som trækkes anderledes ud fra en pakkes rækker",
    },
    "without_items": {
        "en": "scales without some of their items, which the dashboard would call by the names of the whole ones",
        "da": "skalaer uden nogle af deres spørgsmål, som dashboardet ville kalde ved de heles navne",
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
