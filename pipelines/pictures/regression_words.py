"""What drawings of regressions say of their own, in English and Danish."""

from collections.abc import Mapping

SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "coefficients": "{outcome}: coefficients with {level}% intervals",
        "coefficients_note": (
            "Filled mark: confirmatory; hollow mark: exploratory. Sign in the margin: what was expected. Grey band: "
            "smaller than the smallest effect of interest, of the focal regressor."
        ),
        "fit_named": "{title} ({label}; n = {n}{clusters}; {covariance})",
        "in_clusters": ", clusters = {n}",
        "variant_named": "{title}: {variant}",
        "confirmatory": "confirmatory",
        "exploratory": "exploratory",
        "standardised_coefficient": "Standard deviations of the outcome per standard deviation of the regressor",
        "coefficient": "Coefficient, in the unit of the outcome or of its logarithm or log odds",
        "expected": "Expected",
        "coefficients_said": "Coefficients of {n} models. {all}",
        "coefficient_said": "{term}, {fit}: {value} ({low} to {high}){expected}.",
        "expected_said": ", expected {sign}",
        "positive": "positive",
        "negative": "negative",
        "none": "no sign",
        "effect": "{outcome}: how the slope of {focal} depends on {moderator}",
        "effect_note": (
            "Slope with its {level}% interval at each value by itself; all else at its mean. n = {n}; {covariance}."
        ),
        "effect_up": "Slope of {focal}",
        "significant_on": "Shaded: the slope differs from nought ({share}% of the responses lie there)",
        "never_significant": "The slope differs from nought nowhere in the range observed",
        "strip": "Responses at each value of {variable}; bins with fewer than {least} are left empty",
        "effect_said": "Slope of {focal} over {moderator}. {all} {regions}",
        "slope_said": "{at}: {value} ({low} to {high}).",
        "region_said": "From {low} to {high} the slope {differs} nought.",
        "differs": "differs from",
        "does_not_differ": "does not differ from",
        "curve": "{outcome} over {variable}",
        "curve_by": "{outcome} over {variable}, by {moderator}",
        "curve_note": "Fitted, with pointwise {level}% intervals; all else at its mean. n = {n}; {covariance}.",
        "outcome_unit": "{outcome}, fitted",
        "probability_unit": "Probability of {outcome}, fitted",
        "count_unit": "Expected count of {outcome}, fitted",
        "linear_predictor_unit": "{outcome}: linear predictor",
        "curve_said": "{line}: {first} where {variable} is {low}, {last} where it is {high}.",
        "fitted_line": "Fitted outcome",
        "mean_less_sd": "one standard deviation below the mean ({value})",
        "mean": "mean ({value})",
        "mean_plus_sd": "one standard deviation above the mean ({value})",
        "slopes": "{outcome}: slope of {focal} in each category of {moderator}",
        "surface": "{outcome} over two views: {self_report} and {other_report}",
        "surface_note": (
            "Fitted outcome where there are reports, all else at its mean. n = {n}; {covariance}. The {n_pairs} dots "
            "are pairs of reports, of an organisation or a person each: for the methodologist only, never to be "
            "published."
        ),
        "congruence_line": "Where both views agree (x = y)",
        "incongruence_line": "Where they part about the midpoint",
        "principal_axis": "First principal axis (ridge or trough)",
        "stationary": "Stationary point ({kind})",
        "peak": "peak",
        "valley": "valley",
        "saddle": "saddle",
        "surface_said": (
            "Contours of the fitted outcome, from {low} to {high}. a1 {a1}, a2 {a2}, a3 {a3}, a4 {a4}. Conditions of "
            "strict congruence {strict}."
        ),
        "all_met": "all hold",
        "not_all_met": "do not all hold",
        "lines": "a1 = {a1}, a2 = {a2} where both agree; a3 = {a3}, a4 = {a4} where they part ({level}% intervals)",
        "diagnostics": "{outcome}: residuals and influence",
        "diagnostics_note": (
            "n = {n}; {covariance}. Every dot is a response or an organisation: for the methodologist only, "
            "never to be "
            "published."
        ),
        "fitted": "Fitted value",
        "residual": "Residual",
        "residuals_fitted": "Residuals over fitted values",
        "residuals_fitted_why": "A bent line: a curve is missing",
        "normal_quantile": "Quantile of the normal distribution",
        "standardised_residual": "Standardised residual",
        "quantiles": "Are the residuals normal?",
        "quantiles_why": "Off the line: heavy or uneven tails",
        "root_residual": "Root of the size of the standardised residual",
        "scale_location": "Is the spread even?",
        "scale_location_why": "A rising line: spread grows with the outcome",
        "leverage": "Leverage",
        "cluster_leverage": "Leverage of the cluster",
        "cluster_influence": "Does one cluster decide?",
        "cluster_influence_why": "Far from nought: the focal coefficient rests on it",
        "without_cluster": "Change of the focal coefficient without the cluster, in standard errors",
        "response_influence": "Does one response decide?",
        "response_influence_why": "Far right and far from nought: it pulls the line",
        "diagnostics_said": (
            "Four panels: residuals over fitted values, normal quantiles, spread, influence. Largest "
            "standardised residual "
            "{residual}, largest leverage {leverage}."
        ),
        "organisation_mean": "{title} (organisation mean)",
        "organisation_mean_of": "{title} (organisation mean of {group})",
        "earlier_wave": "{title} at the wave before",
        "other_member": "{title} (the other member of the dyad)",
        "within_organisation": "{title} (deviation from organisation mean)",
        "category_of": "{title}: {category}",
        "category_of_question": "{title} {category}",
        "spline_part": "{title} (bend {place})",
        "power_of": "{title} to the power {power}",
    },
    "da": {
        "coefficients": "{outcome}: koefficienter med {level}\N{NO-BREAK SPACE}%-intervaller",
        "coefficients_note": (
            "Fyldt mærke: konfirmatorisk; hult mærke: eksplorativ. Tegn i margenen: hvad der var ventet. Gråt "
            "bånd: mindre "
            "end den mindste interessante effekt, for fokusvariablen."
        ),
        "fit_named": "{title} ({label}; n = {n}{clusters}; {covariance})",
        "in_clusters": ", klynger = {n}",
        "variant_named": "{title}: {variant}",
        "confirmatory": "konfirmatorisk",
        "exploratory": "eksplorativ",
        "standardised_coefficient": "Standardafvigelser af udfaldet pr. standardafvigelse af regressoren",
        "coefficient": "Koefficient, i udfaldets enhed eller i dets logaritme eller logodds",
        "expected": "Ventet",
        "coefficients_said": "Koefficienter fra {n} modeller. {all}",
        "coefficient_said": "{term}, {fit}: {value} ({low} til {high}){expected}.",
        "expected_said": ", ventet {sign}",
        "positive": "positiv",
        "negative": "negativ",
        "none": "uden fortegn",
        "effect": "{outcome}: hvordan hældningen for {focal} afhænger af {moderator}",
        "effect_note": (
            "Hældning med {level}\N{NO-BREAK SPACE}%-interval for hver værdi for sig; alt andet ved sit "
            "gennemsnit. n = {n}; "
            "{covariance}."
        ),
        "effect_up": "Hældning for {focal}",
        "significant_on": (
            "Farvet: hældningen er forskellig fra nul ({share}\N{NO-BREAK SPACE}% af besvarelserne ligger der)"
        ),
        "never_significant": "Hældningen er intetsteds i det observerede område forskellig fra nul",
        "strip": "Besvarelser ved hver værdi af {variable}; søjler med færre end {least} vises ikke",
        "effect_said": "Hældning for {focal} over {moderator}. {all} {regions}",
        "slope_said": "{at}: {value} ({low} til {high}).",
        "region_said": "Fra {low} til {high} er hældningen {differs} nul.",
        "differs": "forskellig fra",
        "does_not_differ": "ikke forskellig fra",
        "curve": "{outcome} over {variable}",
        "curve_by": "{outcome} over {variable}, efter {moderator}",
        "curve_note": (
            "Tilpasset, med punktvise {level}\N{NO-BREAK SPACE}%-intervaller; alt andet ved sit gennemsnit. n = {n}; "
            "{covariance}."
        ),
        "outcome_unit": "{outcome}, tilpasset",
        "probability_unit": "Sandsynlighed for {outcome}, tilpasset",
        "count_unit": "Forventet antal af {outcome}, tilpasset",
        "linear_predictor_unit": "{outcome}: lineær prædiktor",
        "curve_said": "{line}: {first} hvor {variable} er {low}, {last} hvor den er {high}.",
        "fitted_line": "Tilpasset udfald",
        "mean_less_sd": "en standardafvigelse under gennemsnittet ({value})",
        "mean": "gennemsnit ({value})",
        "mean_plus_sd": "en standardafvigelse over gennemsnittet ({value})",
        "slopes": "{outcome}: hældning for {focal} i hver kategori af {moderator}",
        "surface": "{outcome} over to syn: {self_report} og {other_report}",
        "surface_note": (
            "Tilpasset udfald, hvor der er rapporter, alt andet ved sit gennemsnit. n = {n}; {covariance}. "
            "De {n_pairs} prikker er par af rapporter, hvert fra en organisation eller person: kun for metodikeren, "
            "må aldrig offentliggøres."
        ),
        "congruence_line": "Hvor begge syn er enige (x = y)",
        "incongruence_line": "Hvor de går hver til sit om midtpunktet",
        "principal_axis": "Første hovedakse (ryg eller dal)",
        "stationary": "Stationært punkt ({kind})",
        "peak": "top",
        "valley": "bund",
        "saddle": "saddel",
        "surface_said": (
            "Niveaukurver for det tilpassede udfald, fra {low} til {high}. a1 {a1}, a2 {a2}, a3 {a3}, a4 {a4}. "
            "Betingelserne for streng kongruens {strict}."
        ),
        "all_met": "holder alle",
        "not_all_met": "holder ikke alle",
        "lines": (
            "a1 = {a1}, a2 = {a2} hvor begge er enige; a3 = {a3}, a4 = {a4} hvor de går hver til sit "
            "({level}\N{NO-BREAK SPACE}%-intervaller)"
        ),
        "diagnostics": "{outcome}: residualer og indflydelse",
        "diagnostics_note": (
            "n = {n}; {covariance}. Hver prik er en besvarelse eller en organisation: kun for metodikeren, må aldrig "
            "offentliggøres."
        ),
        "fitted": "Tilpasset værdi",
        "residual": "Residual",
        "residuals_fitted": "Residualer over tilpassede værdier",
        "residuals_fitted_why": "En buet linje: der mangler en kurve",
        "normal_quantile": "Fraktil i normalfordelingen",
        "standardised_residual": "Standardiseret residual",
        "quantiles": "Er residualerne normale?",
        "quantiles_why": "Væk fra linjen: tunge eller ulige haler",
        "root_residual": "Rod af det standardiserede residuals størrelse",
        "scale_location": "Er spredningen jævn?",
        "scale_location_why": "En stigende linje: spredningen vokser med udfaldet",
        "leverage": "Løftestang",
        "cluster_leverage": "Klyngens løftestang",
        "cluster_influence": "Afgør én klynge det?",
        "cluster_influence_why": "Langt fra nul: fokuskoefficienten hviler på den",
        "without_cluster": "Ændring af fokuskoefficienten uden klyngen, i standardfejl",
        "response_influence": "Afgør én besvarelse det?",
        "response_influence_why": "Langt til højre og langt fra nul: den trækker linjen",
        "diagnostics_said": (
            "Fire felter: residualer over tilpassede værdier, normalfraktiler, spredning, indflydelse. Største "
            "standardiserede residual {residual}, største løftestang {leverage}."
        ),
        "organisation_mean": "{title} (organisationens gennemsnit)",
        "organisation_mean_of": "{title} (organisationens gennemsnit for {group})",
        "earlier_wave": "{title} i runden før",
        "other_member": "{title} (den anden i parret)",
        "within_organisation": "{title} (afvigelse fra organisationens gennemsnit)",
        "category_of": "{title}: {category}",
        "category_of_question": "{title} {category}",
        "spline_part": "{title} (knæk {place})",
        "power_of": "{title} i {power}. potens",
    },
}
