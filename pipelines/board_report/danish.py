"""Every sentence that a report says of its own, in Danish; ``english`` has the same keys and placeholders."""

from collections.abc import Mapping

DANISH: Mapping[str, str] = {
    "months": "januar februar marts april maj juni juli august september oktober november december",
    "date": "{day}. {month} {year}",
    "subtitle": "Resultater af udgivelse {release}, offentliggjort {date}",
    "synthetic": "SYNTETISKE DATA. Alle svar er opdigtede; intet tal siger noget om en virkelig organisation eller "
    "person.",
    "not_shown": "vises ikke",
    "page": "Side",
    "contents": "Indhold",
    "details": "Vis tabellen",
    "definitions": "Definitioner:",
    "notes": "Noter",
    "section": "Afsnit",
    "text": "Tekst",
    "group": "Respondentgruppe",
    "wave": "Runde",
    "scale": "Skala",
    "unit": "Organisation",
    "region": "Gruppe af organisationer",
    "of_everybody": "Alle",
    "n_responses": "Svar, ca.",
    "n_invited": "Inviterede, ca.",
    "n_organisations": "Organisationer, ca.",
    "response_rate": "Svarprocent",
    "mean": "Gennemsnit",
    "conf_low": "Interval fra",
    "conf_high": "til",
    "n": "n, ca.",
    "alpha": "Alfa",
    "omega": "Omega",
    "percent_high": "Score over midten",
    "question": "Spørgsmål",
    "answer": "Svar",
    "share": "Andel af svarene",
    "lowest": "Laveste score",
    "highest": "Højeste score",
    "status": "Spørgsmålenes status",
    "high_score_means": "En høj score betyder",
    "earlier_wave": "Tidligere runde",
    "later_wave": "Senere runde",
    "earlier": "Gennemsnit før",
    "later": "Gennemsnit efter",
    "change": "Ændring",
    "model": "Model",
    "variant": "Variant",
    "label": "Planlagt?",
    "term": "Hænger sammen med",
    "outcome": "Det, der forklares",
    "estimate": "Estimat",
    "rows": "Hvad rækkerne er",
    "and": "og",
    "of_group": "{group}, {wave}",
    "band": "{first} til {last}",
    "who_sheet": "Hvem har svaret",
    "who_title": "Hvem har svaret",
    "who_caption": "Inviterede og svar efter respondentgruppe og runde",
    "who_rate": "{group}, {wave}: ca. {n} svar; svarprocent {rate}.",
    "who_count": "{group}, {wave}: ca. {n} svar; svarprocenten kendes ikke eller vises ikke.",
    "who_hidden": "{group}, {wave}: vises ikke.",
    "who_reading": "Svarprocenten tæller hele og delvise besvarelser ud af alle inviterede (AAPOR's response rate 2) "
    "og er beregnet af de viste, afrundede antal.",
    "scores_sheet": "Gennemsnit",
    "scores_title": "Hvad de svarede",
    "scores_reading": "En score er gennemsnittet af en gruppe. Intervallet omkring den siger, hvor præcist den "
    "kendes, med 95 % sikkerhed. Alfa og omega siger, hvor pålideligt en skalas spørgsmål måler én ting; jo tættere på "
    "en, desto bedre. Her står den seneste runde; tidligere runder findes i regnearket.",
    "no_inference": "Ingen slutning til en population: {groups}. Ikke alle blev spurgt, og de spurgte blev ikke "
    "udtrukket tilfældigt; intervaller forudsætter, at de blev det.",
    "scores_caption": "Gennemsnitlig score: {group}, {wave}",
    "scores_all": "Gennemsnitlig score efter respondentgruppe og runde; runder må kun sammenlignes, som afsnittet om "
    "ændringer siger",
    "scores_chart": "Gennemsnitlig score: {group}, {wave}",
    "scores_told": "Gennemsnitlig score med intervaller på en skala fra {lowest} til {highest}. {points}",
    "scores_point": "{scale}: {mean} ({low} til {high}).",
    "scores_point_hidden": "{scale}: vises ikke.",
    "answers_sheet": "Svar",
    "answers_title": "Sådan fordeler svarene sig",
    "answers_reading": "Svarmuligheder, som ganske få har valgt, er slået sammen med dem ved siden af.",
    "answers_caption": "Svar: {group}, {wave}",
    "answers_all": "Svar efter spørgsmål, respondentgruppe og runde",
    "change_sheet": "Ændringer",
    "change_title": "Hvad der er ændret mellem runderne",
    "change_up": "op",
    "change_down": "ned",
    "change_unclear": "ingen klar ændring",
    "change_found": "{group}: “{scale}” gik {way} fra {earlier} ({earlier_wave}) til {later} ({later_wave}).",
    "change_none": "Ingen skala, der må sammenlignes mellem runder, viser en klar ændring.",
    "change_apart": "For ingen skala er det vist, at den måler det samme i de to seneste runder, så runder "
    "sammenlignes ikke.",
    "change_one_wave": "Der er kun én runde, så der er intet at sammenligne.",
    "change_reading": "En ændring nævnes kun, hvor svarene viser, at spørgsmålene måler det samme i begge runder, og "
    "hvor intervallet for forskellen ikke rummer nul. Runderne behandles som uafhængige. Skalaer, der ikke er nævnt, "
    "må ikke sammenlignes, eller for få har svaret.",
    "change_caption": "Skalaer, der må sammenlignes mellem runder",
    "together_sheet": "Hvad der hænger sammen",
    "together_title": "Hvad der hænger sammen",
    "together_reading": "Modellerne siger, hvilke svar der hænger sammen, når der er taget højde for de øvrige led. "
    "To ting kan hænge sammen, uden at det ene frembringer det andet.",
    "together_caption": "Hver models vigtigste led med interval",
    "together_none": "Udgivelsen rummer ingen modeller.",
    "main": "som skrevet",
    "confirmatory": "bekræftende",
    "exploratory": "udforskende",
    "because_locked": "planlagt og låst, før data kom",
    "because_amended": "planlagt og låst, før data kom, med en ændring, der også blev skrevet ned før dem",
    "because_never_locked": "ikke låst på forhånd: et spørgsmål at følge op på, ikke et svar",
    "because_locked_after_data": "låst, da der allerede var kommet data: et spørgsmål at følge op på, ikke et svar",
    "because_changed_after_lock": "ikke som den blev låst: et spørgsmål at følge op på, ikke et svar",
    "because_amended_after_data": "ændret, med en begrundelse, efter at data var kommet: et spørgsmål at følge op på, "
    "ikke et svar",
    "because_by_hand": "beregnet i hånden: et spørgsmål at følge op på, ikke et svar",
    "because_plan_altered": "optegnelsen af planen er ændret: et spørgsmål at følge op på, ikke et svar",
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
    "found_product_up": "Leddene i “{focal}” forstærker hinanden i sammenhængen med “{outcome}”: "
    "{estimate} ({low} til {high}).",
    "found_product_down": "Leddene i “{focal}” svækker hinanden i sammenhængen med “{outcome}”: "
    "{estimate} ({low} til {high}).",
    "found_product_unclear": "Om leddene i “{focal}” forstærker eller svækker hinanden i sammenhængen med "
    "“{outcome}”, er ikke klart: alt fra {low} til {high}.",
    "found_nothing": "Modellen “{model}” har ikke ét vigtigste led; dens koefficienter står i de offentliggjorte "
    "tabeller.",
    "as_expected": "Fortegnet er som forventet.",
    "against_expected": "Fortegnet er det modsatte af det forventede.",
    "not_settled": "Om det forventede fortegn holder, afgør disse svar ikke.",
    "with_care": "Læs med forbehold: de betingelser, der er sat for målingen af disse scorer, er ikke alle opfyldt.",
    "regions_sheet": "Grupper af organisationer",
    "regions_title": "Grupper af organisationer",
    "regions_reading": "Gennemsnitlig score for grupper af organisationer, fx regioner, og for alle i den første "
    "række. En forskel mellem dem kan være tilfældig. Andele på 5 % står for 5 % og mindre, andele på 95 % for 95 % "
    "og mere.",
    "regions_caption": "Gennemsnitlig score for grupper af organisationer: {group}, {wave}",
    "regions_all": "Gennemsnitlig score for grupper af organisationer efter respondentgruppe, runde og skala",
    "units_sheet": "Organisationer",
    "units_title": "Organisationer",
    "units_reading": "Gennemsnitlig score for de enkelte organisationer. Det meste af rækkefølgen mellem "
    "organisationer er tilfældig. Andele på 5 % står for 5 % og "
    "mindre, andele på 95 % for 95 % og mere. Organisationer, hvor intet vises, nævnes for sig; "
    "hvorfor de ikke vises, siges ikke.",
    "units_gone": "{group}, {wave}: intet vises for {names}.",
    "units_caption": "Gennemsnitlig score for organisationer: {group}, {wave}",
    "units_all": "Gennemsnitlig score for organisationer efter respondentgruppe, runde og skala",
    "units_none": "Udgivelsen rummer ingen tal for de enkelte organisationer.",
    "method_sheet": "Skalaer",
    "method_title": "Metode og beskyttelse",
    "method_least": "Bag hvert tal står mindst {least} personer; antal personer er afrundet til 5.",
    "method_hidden": "“Vises ikke” betyder, at for få personer står bag et tal, at det ville røbe et andet, som ikke "
    "må vises, eller at ingen har svaret. Hvilken af grundene, siges ikke.",
    "method_rounding": "Tallene er afrundet ved udgivelsen, så dele ikke altid giver hundrede.",
    "method_source": "Alt her er læst i udgivelsesfilen og intet andet sted. En metodiker kan lave hvert tal igen.",
    "method_caption": "Skalaer, hvad de spænder over, og hvad en høj score betyder",
    "short_title": "Kort fortalt",
    "short_together": "Kort fortalt: hvad der hænger sammen",
    "short_part": "Kort fortalt: hvad der hænger sammen ({place} af {of})",
    "appendix": "Bilag: {title}",
    "models_title": "Hvad hver model fandt",
    "slide_mean": "{label} ({low} til {high}; n ca. {n})",
    "slide_n": "{label} (n ca. {n})",
    "slide_hidden": "{label} (vises ikke)",
    "slide_part": "{title}: {first} – {last}",
    "slide_of": "{title}: {part}",
    "slide_chart": "Søjlediagram. {rows}.",
    "slide_table": "Tabel: {caption}. Kolonner: {heads}.",
    "slide_scores": "En score er gennemsnittet af en gruppe. I parentes står intervallet, som siger, hvor præcist "
    "den kendes med 95 % sikkerhed, og hvor mange personer der står bag.",
    "slide_shades": "Blå ligger over gennemsnittet for alle, orange under; jo mørkere, desto længere fra. "
    "Skraveret: vises ikke. Det meste af rækkefølgen mellem organisationer er tilfældig.",
    "slide_counts": "{unit}: n ca. {counts}.",
    "slide_gone": "Organisationer, hvor intet vises: {group}, {wave}",
    "unit_title": "{study}: {unit}",
    "unit_section": "Scorer for {unit}",
    "unit_chart": "Gennemsnitlig score for {unit}: {group}, {wave}",
    "unit_caption": "Gennemsnitlig score for {unit} og for alle: {group}",
    "unit_reading": "Gennemsnitlig score for {unit} og ved siden af den for alle i samme respondentgruppe og runde. "
    "En forskel mellem de to kan være tilfældig, og det meste af rækkefølgen mellem organisationer er det. Andele på "
    "5 % står for 5 % og mindre, andele på 95 % for 95 % og mere.",
    "unit_alone": "Ingen tal for andre organisationer står i denne rapport. Det, der følger efter dette afsnit, "
    "handler om alle, ikke om {unit} alene.",
    "everybody": "Gennemsnit for alle",
}
