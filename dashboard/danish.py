"""Every sentence that the dashboard says of its own, in Danish; ``english`` has the same keys and placeholders."""

from collections.abc import Mapping

DANISH: Mapping[str, str] = {
    "language": "Dansk",
    "choose_language": "Sprog",
    "skip": "Gå til indholdet",
    "overview": "Overblik",
    "results": "Hvad der hænger sammen",
    "dashboard": "Resultater af undersøgelsen",
    "synthetic": "SYNTETISKE DATA. Alle svar er opdigtede; intet tal siger noget om en virkelig organisation eller "
    "person.",
    "release_line": "Udgivelse {release}, offentliggjort {date}. Bag hvert tal står mindst {least} personer; antal "
    "personer er afrundet til 5.",
    "nothing_released": "Der er endnu ikke udgivet noget. Kør: sensemaking release STUDY",
    "no_folder": "Mappen med udgivelser blev ikke fundet. Start siden med: sensemaking dashboard STUDY",
    "pointer_unreadable": "Oplysningen om den gældende udgivelse (current.json) kan ikke læses. Udgiv igen med: "
    "sensemaking release STUDY",
    "file_missing": "Filen med den gældende udgivelse mangler. Udgiv igen med: sensemaking release STUDY",
    "file_changed": "Filen med den gældende udgivelse er ikke den, der blev offentliggjort, og vises derfor ikke. "
    "Udgiv igen med: sensemaking release STUDY",
    "file_unreadable": "Filen med den gældende udgivelse kan ikke åbnes. Udgiv igen med: sensemaking release STUDY",
    "newer_schema": "Den gældende udgivelse er lavet med en nyere version af programmet. Opdatér siden.",
    "other_release": "Filen med den gældende udgivelse angiver selv, at den er en anden udgivelse, og vises derfor "
    "ikke. Udgiv igen med: sensemaking release STUDY",
    "no_audit": "Filen med den gældende udgivelse mangler oplysning om, at den har bestået kontrollen for "
    "fortrolighed, og vises derfor ikke. Udgiv igen med: sensemaking release STUDY",
    "under_embargo": "Resultaterne er under embargo. De vises her fra {until}.",
    "withdrawn": "De resultater, der blev vist her, er trukket tilbage. Nye vises, når de er udgivet.",
    "last_good": "Du ser den seneste brugbare udgivelse, nummer {release}. {reason}",
    "in_short": "Kort fortalt",
    "who_answered": "Hvem har svaret",
    "scores": "Hvad viser målingerne",
    "answers": "Sådan fordeler svarene sig",
    "as_table": "Som tabel",
    "how_to_read": "Sådan læses siden",
    "limits": "Hvad tallene ikke siger",
    "group": "Respondentgruppe",
    "wave": "Runde",
    "scale": "Skala",
    "n_responses": "Svar",
    "n_invited": "Inviterede",
    "n_organisations": "Organisationer",
    "response_rate": "Svarprocent",
    "status": "Status",
    "status_line": "Status for de bagvedliggende spørgsmål: {status}",
    "status_of_some": "{status}: {scales}",
    "no_inference": "Ingen slutning til en population: {groups}. Ikke alle blev spurgt, og de spurgte blev ikke "
    "udtrukket tilfældigt; intervaller og p-værdier forudsætter, at de blev det.",
    "responses": "{count} svar",
    "wave_responses": "{wave}, svar",
    "rate_of_invited": "{rate} af ca. {invited} inviterede",
    "rate_alone": "Svarprocent {rate}",
    "no_rate": "Svarprocenten kendes ikke",
    "wave_line": "{wave}: {text}",
    "short_rates": "**Hvem har svaret** ({wave}): {rates}.",
    "short_change": "**{group}** siden {wave}: {changes}.",
    "short_models": "**Hvad der hænger sammen**: {clear} af {models} modeller viser en klar sammenhæng; {planned} af "
    "de {models} var planlagt og låst, før data kom. Se siden “Hvad der hænger sammen”.",
    "and_more": "{scales} og {count} mere",
    "up_on": "op på {scales}",
    "down_on": "ned på {scales}",
    "unclear_on": "ingen klar ændring på {count} af {scales} skalaer",
    "unclear_on_all": "ingen klar ændring på nogen skala",
    "not_said_on": "vises ikke på {count}",
    "apart_on": "runder sammenlignes ikke på {count}",
    "short_all_apart": "**Runder sammenlignes ikke**: for ingen skala er det vist, at den måler det samme i dem; "
    "hvorfor står under “Score for én runde ad gangen”.",
    "short_some_apart": "Hvor det ikke er vist, at en skala måler det samme i runderne, sammenlignes de ikke; hvorfor "
    "står under “Score for én runde ad gangen”.",
    "alike_scalar": "Det er vist, at de måler det samme i disse runder, med samme ladninger og konstanter eller "
    "tærskler (skalar invarians): {scales}.",
    "alike_strict": "Det er vist, at de måler det samme i disse runder, og lige præcist (streng invarians): {scales}.",
    "alike_differing": "{scale} (på nær {count} parametre)",
    "waves_apart": "Score for én runde ad gangen",
    "apart_not_shown": "Det er ikke vist, at de måler det samme i disse runder: {scales}.",
    "apart_not_tested": "Det er undersøgt, om de måler det samme i disse runder, men svarene kan ikke bære prøven: "
    "{scales}.",
    "apart_too_few": "For få står bag disse runder, eller bag det, der har ændret sig, til at stille dem ved siden "
    "af hinanden: {scales}.",
    "apart_other_waves": "Det er vist, at de måler det samme i nogle af runderne, men ikke i alle, der ville blive "
    "sammenlignet her: {scales}.",
    "apart_no_test": "Sat sammen af ting, der ikke behøver at følges ad, så ingen prøve siger, om de måler det samme i "
    "disse runder: {scales}.",
    "apart_not_looked_at": "Ingen har endnu undersøgt, om de måler det samme i disse runder: {scales}.",
    "apart_reading": "Runder står side om side, og en ændring fortælles, kun hvor svarene viser, at spørgsmålene måler "
    "det samme i disse runder. Ellers kan en forskel komme af, at spørgsmålene forstås forskelligt, og derfor vises én "
    "runde ad gangen.",
    "conditions_not_met": "**Læs med forbehold**: af de betingelser, der er sat for målingen af disse scorer, kunne "
    "{count} ikke vises at holde.",
    "missed_line": "{scale} ({group}): {reason}",
    "missed_several": "{line} ({count} betingelser)",
    "missed_everybody": "alle respondentgrupper",
    "missed_reliability": "scoren er mindre pålidelig, end der er bedt om",
    "missed_fit": "svarene passer dårligere til den måde, spørgsmålene er sat sammen på, end der er bedt om",
    "missed_organisations": "må ikke regnes sammen for organisationen: for få organisationer har scorer",
    "missed_members": "må ikke regnes sammen for organisationen: for få medlemmer har svaret",
    "missed_icc_1": "må ikke regnes sammen for organisationen: for lidt af forskellene ligger mellem organisationer",
    "missed_f_test": "må ikke regnes sammen for organisationen: organisationerne kan ikke skelnes på deres scorer",
    "missed_rwg_j_median": "må ikke regnes sammen for organisationen: medlemmer af samme organisation er for uenige",
    "missed_icc_2": "må ikke regnes sammen for organisationen: gennemsnittene er for upålidelige",
    "missed_comparison": "ikke vist, at der måles ens ({over})",
    "missed_unknown": "en betingelse kunne ikke undersøges: for få svar, eller svar, der ikke kan bære det",
    "missed_other": "en betingelse er ikke opfyldt",
    "over_wave": "runder",
    "over_language": "sprog",
    "over_respondent_group": "respondentgrupper",
    "over_source": "kilder",
    "over_form": "ordlyd af spørgsmålene",
    "change_up": "Op siden {wave}: {difference} ({low} til {high})",
    "change_down": "Ned siden {wave}: {difference} ({low} til {high})",
    "change_unclear": "Ingen klar ændring siden {wave}: {difference} ({low} til {high})",
    "change_unknown": "Ændring siden {wave}: vises ikke",
    "change": "Ændring",
    "mean_score": "Gennemsnitlig score",
    "scored_as": "Spørgsmål samlet som",
    "mean": "gennemsnit",
    "sum": "sum",
    "interval": "95 %-interval",
    "alpha": "Cronbachs alfa",
    "omega": "Omega (én faktor)",
    "n": "n",
    "score_axis": "Score, fra {lowest} (lavest mulige) til {highest} (højest mulige)",
    "score_said": "{scale}, {wave}: {value} ({low} til {high}), n ca. {n}",
    "score_alt": "Score for {group} med 95 %-intervaller, én række pr. skala. De samme tal står i tabellen nedenfor.",
    "score_reading": "En prik er scoren i en runde, stregen er 95 %-intervallet. En ændring kaldes op eller ned, "
    "når intervallet for forskellen mellem runderne ikke rummer nul. Runderne behandles som uafhængige; hvor de "
    "samme personer har svaret to gange, skal der mere til, før en ændring kaldes klar.",
    "rate_reading": "Svarprocenten følger AAPOR's response rate 2 (hele og delvise besvarelser ud af alle inviterede) "
    "og er beregnet af de viste, afrundede antal, så den kan ligge nogle procentpoint ved siden af i en lille gruppe. "
    "Den vises ikke, hvor den ville fortælle, hvad ganske få personer gjorde.",
    "rounding_reading": "Tallene er afrundet ved udgivelsen, så dele ikke altid giver 100. “Vises ikke” betyder, at "
    "for få personer står bag et tal, eller at det ville røbe et andet, som ikke må vises.",
    "high_means": "En høj score betyder: {meaning}",
    "answers_reading": "Hver bjælke er ét spørgsmål, sorteret efter andelen af svar, der peger mod en høj score; "
    "andelen står for enden af rækken. Spørgsmål formuleret omvendt er vendt. Neutrale svar står for sig, så de to "
    "sider kan sammenlignes.",
    "answers_alt": "Svar fra {group} i {wave} på spørgsmålene i {scale}, i procent. De samme tal står i tabellen "
    "nedenfor.",
    "strongly_low": "Peger klart mod lav score",
    "low": "Peger mod lav score",
    "neutral": "Neutral",
    "high": "Peger mod høj score",
    "strongly_high": "Peger klart mod høj score",
    "mixed": "Svarmuligheder lagt sammen hen over midten",
    "band_said": "{labels}: {percent} af ca. {n} svar",
    "no_answers": "Der er ingen svar på disse spørgsmål i denne gruppe og runde.",
    "question": "Spørgsmål",
    "answer": "Svar",
    "share": "Andel",
    "turned": "Formuleret omvendt; vendt her",
    "end_high": "{percent} høj",
    "from_to": "{low} til {high}",
    "results_intro": "Modellerne siger, hvilke svar der hænger sammen, når der er taget højde for de øvrige led. To "
    "ting kan hænge sammen, uden at det ene frembringer det andet.",
    "no_models": "Udgivelsen rummer ingen modeller.",
    "confirmatory": "Bekræftende",
    "exploratory": "Udforskende",
    "because_locked": "planlagt og låst, før data kom",
    "because_amended": "planlagt og låst, før data kom, med en ændring, der også blev skrevet ned før dem",
    "because_never_locked": "ikke låst på forhånd: et spørgsmål at følge op på, ikke et svar",
    "because_locked_after_data": "låst, da der allerede var kommet data: et spørgsmål at følge op på, ikke et svar",
    "because_changed_after_lock": "ikke som den blev låst: et spørgsmål at følge op på, ikke et svar",
    "because_amended_after_data": "ændret, med en begrundelse, efter at data var kommet: et spørgsmål at følge op på, "
    "ikke et svar",
    "because_by_hand": "beregnet i hånden: et spørgsmål at følge op på, ikke et svar",
    "because_plan_altered": "optegnelsen af planen er ændret: et spørgsmål at følge op på, ikke et svar",
    "hypothesis": "**Forventet**: {text}",
    "found_number_up": "Højere “{focal}” hænger sammen med højere “{outcome}”: ét point mere følges med "
    "{estimate} point ({low} til {high}).",
    "found_number_down": "Højere “{focal}” hænger sammen med lavere “{outcome}”: ét point mere følges med "
    "{estimate} point ({low} til {high}).",
    "found_number_unclear": "Ingen klar sammenhæng mellem “{focal}” og “{outcome}”: ét point mere følges med "
    "alt fra {low} til {high} point.",
    "found_category_up": "“{focal}” hænger sammen med højere “{outcome}” end gruppen, der sammenlignes med: "
    "{estimate} point ({low} til {high}).",
    "found_category_down": "“{focal}” hænger sammen med lavere “{outcome}” end gruppen, der sammenlignes med: "
    "{estimate} point ({low} til {high}).",
    "found_category_unclear": "Ingen klar forskel i “{outcome}” mellem “{focal}” og gruppen, der sammenlignes "
    "med: alt fra {low} til {high} point.",
    "found_product_up": "Leddene i “{focal}” styrker hinanden i sammenhængen med “{outcome}”: {estimate} ({low} "
    "til {high}).",
    "found_product_down": "Leddene i “{focal}” svækker hinanden i sammenhængen med “{outcome}”: {estimate} "
    "({low} til {high}).",
    "found_product_unclear": "Om leddene i “{focal}” styrker eller svækker hinanden i sammenhængen med "
    "“{outcome}”, er ikke klart: alt fra {low} til {high}.",
    "found_nothing": "Modellen har ikke ét led, der er i fokus; se tabellen.",
    "as_expected": "Fortegnet er som forventet.",
    "against_expected": "Fortegnet er det modsatte af det forventede.",
    "not_settled": "Om det forventede fortegn holder, kan disse svar ikke afgøre.",
    "main": "Modellen som skrevet",
    "model_line": "n ca. {n}, {clusters}standardfejl: {covariance}, forklaret andel af variansen: {r_squared}, "
    "estimator: {estimator}.",
    "level_organisation_and_wave": "n tæller organisationer i runder, ud fra gennemsnit af deres svar, ikke personer.",
    "level_organisation": "n tæller organisationer, ud fra gennemsnit af deres svar, ikke personer.",
    "within_groups": "Kun sammenlignet inden for {groups}: det, der adskiller dem fra hinanden, er taget ud, og den "
    "forklarede andel er af det, der er tilbage.",
    "mixed_groups": "Personer i samme gruppe svarer mere ens end andre, og det regner modellen med for {groups}; hvad "
    "der ventes af en enkelt, vises aldrig.",
    "imputed": "Det, der ikke er svaret på, er udfyldt {count} gange ud fra, hvad lignende personer svarede, og "
    "resultaterne er lagt sammen; n tæller også dem.",
    "estimator_mixed": "multilevelmodel",
    "groups_organisation_id": "organisationer",
    "groups_respondent_key": "personer",
    "groups_dyad_id": "personer, som par deler",
    "groups_wave": "runder",
    "groups_respondent_group": "respondentgrupper",
    "groups_source": "kilder",
    "groups_language": "sprog",
    "groups_and": "{first} og {second}",
    "clusters": "{count} klynger, ",
    "covariance_classical": "klassiske",
    "covariance_HC0": "robuste over for uens varians (HC0)",
    "covariance_HC1": "robuste over for uens varians (HC1)",
    "covariance_HC2": "robuste over for uens varians (HC2)",
    "covariance_HC3": "robuste over for uens varians (HC3)",
    "covariance_cluster": "robuste over for afhængighed inden for klynger",
    "covariance_CR0": "robuste over for afhængighed inden for klynger (CR0)",
    "covariance_CR1": "robuste over for afhængighed inden for klynger (CR1)",
    "covariance_jackknife": "jackknife over organisationer",
    "covariance_CR1S": "robuste over for afhængighed inden for klynger (CR1S)",
    "covariance_CR2": "robuste over for afhængighed inden for klynger, også når de er få (CR2)",
    "covariance_CR3": "robuste over for afhængighed inden for klynger, forsigtige når de er få (CR3)",
    "covariance_design": "efter stikprøvens design",
    "covariance_CR1S_two_way": "robuste over for afhængighed inden for to slags klynger (CR1S)",
    "coefficient_axis": "Point på {outcome} for én enhed mere",
    "coefficient_said": "{term}, {variant}: {estimate} ({low} til {high})",
    "coefficient_alt": "Koefficienter i modellen {model} med konfidensintervaller. De samme tal står i tabellen "
    "nedenfor.",
    "coefficient_reading": "En prik er en koefficient, stregen er konfidensintervallet. En streg, der krydser nul, "
    "viser ingen klar sammenhæng.",
    "terms_in_the_table": "{count} led mere, fx baggrund og runder, står i tabellen.",
    "of_interest": "Leddet i fokus",
    "term": "Led",
    "variant": "Variant",
    "label": "Planlagt?",
    "estimate": "Estimat",
    "estimate_interval": "Interval",
    "p_value": "p",
    "intercept": "Konstant",
    "how_made": "Hvordan er det lavet?",
    "how_made_note": "Det, der ønskes kendt: {estimand}",
    "rerun_note": "En metodeansvarlig gentager en estimation med: sensemaking rerun STUDY FIT_ID",
    "fit_id": "Estimation",
    "spec_hash": "Model",
    "data_hash": "Data",
    "code_hash": "Program",
    "env_hash": "Miljø",
    "digest": "Resultater",
    "units": "Organisationer",
    "units_intro": "Gennemsnit for enkelte organisationer i **{group}**, {wave}. Blå felter ligger over alles "
    "gennemsnit i gruppen, brune under; jo stærkere farve, desto længere fra. Skraverede felter vises ikke.",
    "regions": "Grupper af organisationer",
    "region_alt": "Score for alle og for grupper af organisationer i {group}, {wave}, en række pr. gruppe og en "
    "kolonne pr. skala. De samme tal står i tabellen nedenfor.",
    "no_units": "Denne udgivelse har ingen tal for enkelte organisationer.",
    "instrument": "Spørgsmål om",
    "region": "Gruppe af organisationer",
    "every_region": "Alle organisationer",
    "unit": "Organisation",
    "everybody": "Alle",
    "rows_from": "Organisation {first} til {last}",
    "unit_alt": "Gennemsnit for organisationer i {group}, {wave}, en række pr. organisation og en kolonne pr. skala. "
    "De samme tal står i tabellen nedenfor.",
    "unit_said": "{unit}, {scale}: {value}, n ca. {n}",
    "unit_hidden": "{unit}, {scale}: vises ikke",
    "page": "Side",
    "not_shown": "vises ikke",
    "unit_card": "En organisation",
    "band_above": "klart over alle",
    "band_below": "klart under alle",
    "band_unclear": "kan ikke skelnes fra alle",
    "band_line": "**{scale}**: {value} ({low} til {high}), n ca. {n}; {band}.",
    "hidden_line": "**{scale}**: vises ikke.",
    "percent_high_line": "{percent} af dem ligger over midten.",
    "units_reading": "En organisation kaldes klart over eller under alle, når dens forskel skiller sig ud blandt alle "
    "sidens felter (højst hver tyvende er falsk). Resten kan ikke skelnes, uanset farve: rækkefølgen blandt "
    "organisationer er mest tilfældig.",
    "units_hidden_reading": "Et skraveret felt vises ikke: for få personer står bag, eller det ville røbe et andet "
    "felt, der ikke må vises, eller ingen svarede. Hvilken af grundene siges ikke. Andele af høje tal vises aldrig "
    "under 5 eller over 95 procent.",
}
