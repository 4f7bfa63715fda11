"""What the later pages and the tiles say, in Danish; ``english_pages`` likewise."""

from collections.abc import Mapping

DANISH_PAGES: Mapping[str, str] = {
    "perspectives": "Perspektiver",
    "no_scores": "Udgivelsen rummer ingen scorer.",
    "no_groups_beside": "**Grupperne kan ikke sammenlignes** i denne runde: for ingen skala er det vist, at "
    "spørgsmålene måler det samme i dem. Hvorfor står nedenfor.",
    "higher_than": "{first} ligger højere end {second}, med {difference} point ({low} til {high})",
    "rest_unclear": "ingen klar forskel mellem de øvrige grupper",
    "no_clear_difference": "**Ingen klar forskel** mellem grupperne: {scales}.",
    "not_shown_on": "**Vises ikke** for så mange grupper, at der kan sammenlignes: {scales}.",
    "perspectives_alt": "Scorer i {wave} med 95 %-intervaller, én række pr. skala og én prik pr. respondentgruppe. De "
    "samme tal står i tabellen nedenfor.",
    "groups_apart": "Grupper, der ikke kan sammenlignes",
    "groups_apart_not_shown": "Det er ikke vist, at spørgsmålene måler det samme i disse grupper: {scales}.",
    "groups_apart_not_tested": "Det er undersøgt, om spørgsmålene måler det samme i disse grupper, men svarene kan "
    "ikke bære prøven: {scales}.",
    "groups_apart_too_few": "For få har svaret i en af grupperne til at sige, om spørgsmålene måler det samme: "
    "{scales}.",
    "groups_apart_other_groups": "Det er vist, at spørgsmålene måler det samme i nogle af grupperne, men ikke i dem "
    "alle; de øvrige står her: {scales}.",
    "groups_apart_no_test": "Sat sammen af ting, der ikke behøver at følges ad, så ingen prøve siger, om der måles det "
    "samme i grupperne: {scales}.",
    "groups_apart_not_looked_at": "Ingen har endnu undersøgt, om spørgsmålene måler det samme i disse grupper: "
    "{scales}.",
    "groups_apart_one_group": "Kun én gruppe er blevet spurgt: {scales}.",
    "groups_reading": "En prik er scoren for en respondentgruppe, stregen er 95 %-intervallet: det område, hvor scoren "
    "med stor sandsynlighed ville ligge, hvis alle i gruppen havde svaret. En gruppe kaldes kun højere, når "
    "intervallet for forskellen ikke rummer nul, med plads til afrundingen og for alle par af grupper på en skala "
    "under ét. At to streger ikke når hinanden, er ikke prøven.",
    "groups_apart_reading": "Grupper står kun side om side, hvor svarene viser, at spørgsmålene måler det samme i dem. "
    "Ellers kan en forskel komme af, at spørgsmålene forstås forskelligt, og derfor vises én gruppe ad gangen.",
    "all_hidden_reading": "“Vises ikke” ser ens ud, uanset grunden: for få personer, eller et tal, der ville røbe et "
    "andet. Kunne grundene skelnes, ville de selv sige noget om personerne.",
    "method": "Metode og beskyttelse",
    "method_intro": "Siden er skrevet ud fra selve udgivelsen. Den fortæller, hvad der ligger bag tallene, hvordan de, "
    "der har svaret, er beskyttet, og hvordan et tal kan regnes efter.",
    "this_release": "Denne udgivelse",
    "fact": "Hvad",
    "said": "I denne udgivelse",
    "fact_number": "Udgivelsens nummer",
    "fact_date": "Offentliggjort",
    "fact_data": "Svar",
    "data_synthetic": "syntetiske: alle svar er opdigtede",
    "data_collected": "givet af dem, der blev spurgt",
    "fact_waves": "Runder (de gange, der er spurgt)",
    "fact_groups": "Respondentgrupper",
    "fact_languages": "Sprog på siderne",
    "fact_least": "Færreste personer bag et tal",
    "fact_policy": "Fingeraftryk af reglerne for beskyttelse",
    "fact_software": "Fingeraftryk af programmet, der beregnede modellerne",
    "fact_tables": "Version af tabellerne i filen",
    "fact_file": "Fil",
    "inference_not_marked": "Ingen respondentgruppe er i denne udgivelse mærket som en, man ikke kan slutte noget ud "
    "fra om dem, der ikke har svaret.",
    "protection": "Sådan er de, der har svaret, beskyttet",
    "protect_least": "Bag hvert tal står mindst {least} personer. Et tal for færre vises ikke.",
    "protect_neighbours": "Nogle tal vises ikke, selv om der er personer nok bag: sammen med de øvrige ville de røbe "
    "et tal, der ikke må vises.",
    "protect_alike": "Alle tal, der ikke vises, ser ens ud, uanset grunden. Kunne grundene skelnes, ville de selv sige "
    "noget om personerne.",
    "protect_units": "Inden for én organisation lægges hverken respondentgrupper eller runder sammen: forskellen "
    "mellem to sådanne tal kunne være én person.",
    "protect_rounded": "Antal personer er afrundet til 5, andele til hele procent og scorer til to decimaler, så to "
    "tal, der kun adskiller sig med én person, ser ens ud. Dele giver derfor ikke altid 100.",
    "protect_joined": "Svarmuligheder, som ganske få har valgt, er lagt sammen med den ved siden af.",
    "protect_persons": "Filen rummer ingen enkeltpersons svar og intet, en person selv har skrevet. Siderne her kan "
    "ikke åbne andre filer.",
    "protect_models": "En model vises kun, når ingen enkelt besvarelse næsten afgør, hvad den fandt; udfyldte svar "
    "tæller ikke for nogen. Hvor den regner med, at grupper er forskellige, hvor svar er udfyldt, og hvor personer er "
    "udtrukket til undersøgelsen, kræves det samme af organisationer, og intervallerne er lidt bredere end beregnet: "
    "ellers ville de røbe, hvor mange grupper eller manglende svar der er.",
    "figures": "Tal",
    "in_release": "I udgivelsen",
    "withheld": "Heraf vises ikke",
    "figures_rates": "Hvem har svaret",
    "figures_means": "Scorer for respondentgrupper",
    "figures_bands": "Andele af svar",
    "figures_unit_means": "Scorer for grupper af organisationer og for enkelte organisationer",
    "questions_tried": "Hvor grundigt spørgsmålene er afprøvet",
    "status_means": "**{status}**. Det kan man sige med en score: {claim}.",
    "what_is_compared": "Hvad der stilles op side om side",
    "again": "Sådan kan et tal regnes efter",
    "again_intro": "Til hver model er gemt fingeraftryk af, hvordan den er skrevet, af de svar, der er brugt, af "
    "programmet og af maskinens opsætning. Den, der har undersøgelsens egne data, kan regne den ud på ny og se, om det "
    "giver det samme. Alle andre kan se, om to udgivelser hviler på det samme.",
    "which_model": "Hvilken model",
    "words_explained": "Ord, der bruges",
    "explained_score": "**Score**: én persons svar på spørgsmålene i en skala, lagt sammen til ét tal. Der vises altid "
    "et gennemsnit for mange personer.",
    "explained_interval": "**95 %-interval**: det område, hvor tallet med stor sandsynlighed ville ligge, hvis alle i "
    "gruppen havde svaret. Jo bredere, desto mere usikkert.",
    "explained_response_rate": "**Svarprocent**: hvor mange af de inviterede der har svaret.",
    "explained_reliability": "**Cronbachs alfa, omega**: hvor godt spørgsmålene i en skala følges ad, fra 0 (slet "
    "ikke) til 1 (fuldt ud).",
    "explained_invariance": "**Måler det samme (invarians)**: prøver på svarene viser, at spørgsmålene virker ens i de "
    "grupper eller runder, der sammenlignes.",
    "explained_status": "**Udkast, pilottestet, valideret**: hvor langt man er nået med at prøve, om spørgsmålene "
    "måler det, de skal.",
    "explained_fingerprint": "**Fingeraftryk**: bogstaver og tal, der er beregnet ud fra en fil eller tekst. Ændres "
    "det mindste, ændres fingeraftrykket.",
    "explained_fit": "**Bekræftende, udforskende**: planlagt og låst, før data kom; eller ikke, og så er det et "
    "spørgsmål at følge op på.",
    "integration": "Integration",
    "integration_intro": "Det, undersøgelsen ser på, i almindelige ord: hvordan beslutninger flytter mellem niveauer "
    "og ud til borgerne (vertikal integration), hvordan afdelinger og sektorer arbejder sammen (horisontal "
    "integration), hvordan ledere arbejder med, hvem de er som ledere (identitetsarbejde), og hvad der "
    "ellers måles ved siden af.",
    "construct_map": "Hvad der viste sig at hænge sammen",
    "no_relations": "Udgivelsen rummer ingen model, der ser på to af skalaerne sammen.",
    "map_caption": "Én række pr. skala med gennemsnittet for {group}, {wave}; skalaer uden gennemsnit er kun med, hvis "
    "de står for enden af en bue. En bue forbinder to skalaer, som en model har set på sammen, for alle i den model. "
    "Buen har ingen retning: den siger ikke, hvad der kommer først.",
    "map_alt": "Skalaer med gennemsnit for {group} i {wave}, én række hver, og buer mellem skalaer, som modeller har "
    "set på sammen. Det samme står i ord ovenfor og i tabellerne nedenfor.",
    "together_up": "Højere følges med højere",
    "together_down": "Højere følges med lavere",
    "together_unclear": "Ingen klar sammenhæng",
    "goes_with": "Set sammen med",
    "found": "Fundet",
    "constructs": "Alle skalaer i almindelige ord",
    "construct": "Skala",
    "meaning": "En høj score betyder",
    "scores_of": "Gennemsnit for {group}, {wave}.",
    "not_asked": "ingen score i denne gruppe og runde",
    "card_score": "Gennemsnit {figure} ({interval}) på en skala fra {ends}; n ca. {n}.",
    "constructs_not_asked": "Skalaer uden score i denne gruppe og runde ({count})",
    "card_without": "Gennemsnit: {text}.",
    "tile_answered": "Hvem har svaret, {wave}",
    "tile_highest": "Højeste scorer",
    "tile_lowest": "Laveste scorer",
    "tile_changed": "Ændret siden {wave}",
    "tile_one_wave": "Der er kun én runde indtil videre.",
    "tile_nothing": "Intet at vise.",
    "tile_none_apart": "ingen skala skiller sig ud",
    "tile_not_compared": "runder sammenlignes ikke",
    "tile_up": "op på {count} af {scales} skalaer",
    "tile_down": "ned på {count} af {scales} skalaer",
    "tile_score": "{scale} ({mean} af højst {highest})",
    "tile_unclear": "ingen klar ændring",
    "tile_compared": "{told} ({count} af {scales} skalaer sammenlignet)",
    "tiles_reading": "Højest og lavest regnes fra den lavest til den højest mulige score på hver skala; to skalaer, "
    "der ikke kan skelnes, står sammen. En høj score er ikke det samme som en god score.",
    "take_away": "Tag med",
    "take_away_intro": "Filer fra udgivelse {release}, som kan tages med. De siger det samme som dette dashboard og "
    "rummer kun udgivelsens tal. De blev lavet efter udgivelsen; intet laves, mens du venter.",
    "take_away_none": "Der ligger ingen filer klar på dette sprog. Den, der driver undersøgelsen, laver dem med "
    "denne kommando, hvor STUDY er undersøgelsens mappe:",
    "terms_reading": "“(organisationens gennemsnit)” efter et navn står for gennemsnittet af svarene i en "
    "organisation, “(forskel fra organisationen)” for, hvor langt en persons svar ligger fra det gennemsnit. Det "
    "første sammenligner organisationer, det andet personer i samme organisation.",
    "product_reading": "“A × B” spørger, om A hænger stærkere sammen med udfaldet, hvor B er højere.",
    "model_line_reading": "En model kan være beregnet på flere måder (varianter); modellen som skrevet kommer først. "
    "Klynger er organisationer, hvis folk svarer mere ens end andre; standardfejl siger, hvor præcist en koefficient "
    "kendes, og robuste tager højde for det. Den forklarede andel af variansen går fra 0 (intet) til 1 (alt).",
    "without_main": "Modellen som skrevet vises ikke i denne udgivelse; her følger dens variant “{variant}”.",
    "none_of_them": "ingen",
    "take_away_reading": "Der tilbydes kun filer, som er lavet af netop denne udgivelse, og som er uændrede siden.",
    "download": "Hent {kind}, {language} ({size})",
    "kind_pdf": "PDF",
    "kind_pptx": "PowerPoint",
    "kind_xlsx": "Excel",
    "kind_html": "HTML",
    "carried_pdf": "**Rapport til en bestyrelse**: til at printe og læse, også med skærmlæser.",
    "carried_pptx": "**Dias**: ét budskab pr. dias, med figurer, der kan redigeres, og noter til den, der taler.",
    "carried_xlsx": "**Regneark**: rapportens tal og tallene for alle runder, til at sortere og filtrere.",
    "carried_html": "**Én side**: åbner i enhver browser, også uden netværk.",
    "report_unreadable": "{file} kan ikke læses af dashboardet og tilbydes ikke. Den, der lavede filen, kan lave den "
    "igen.",
    "report_missing": "{file} blev lavet, men er der ikke længere.",
    "report_changed": "{file} er ikke, som den blev lavet, og tilbydes ikke. Den kan laves igen.",
    "report_of_other_release": "{file} blev lavet af en anden fil end den udgivelse, der vises her, og tilbydes "
    "ikke. Den kan laves igen.",
    "report_not_recorded": "{file} har ingen optegnelse, der siger, hvilken udgivelse den er lavet af, og tilbydes "
    "ikke. Den kan laves igen.",
    "record_unreadable": "{file} skal sige, hvilke filer der er lavet, men kan ikke forstås. De kan laves igen.",
}
