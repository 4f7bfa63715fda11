"""Every word that messages say of their own, in Danish; the keys and placeholders of ``english``."""

from collections.abc import Mapping

DANISH: Mapping[str, str] = {
    "failed_run": "en kørsel mislykkedes",
    "failed_run_said": "Et trin i en kørsel mislykkedes. Tabeller og udgivelser fra tidligere er, som de var.",
    "blocked_validation": "data fra runden {wave} er spærret",
    "blocked_validation_said": "Runden {wave} bestod ikke valideringen: {n} fejl. Intet i den er ændret eller udgivet.",
    "late_export": "en eksport er forsinket",
    "late_export_said": "En eksport, der var ventet, er ikke kommet.",
    "falling_response_rate": "færre svarer",
    "falling_response_rate_said": "Færre af de inviterede har svaret end før.",
    "drifting_reliability": "en skalas reliabilitet har ændret sig",
    "drifting_reliability_said": "Alfa eller omega for en skala afviger fra, hvad den var.",
    "changed_question": "et spørgsmål er ændret",
    "changed_question_said": "Et spørgsmål er ikke, som det var, da kilden blev sat op. Intet "
    "hentes fra den, indtil nogen tager stilling.",
    "finished_release": "udgivelse {n} er færdig",
    "finished_release_said": "Udgivelse {n} er beskyttet, gennemset og udgivet.",
    "recovered": "det er i orden igen",
    "recovered_said": "Det, der blev meddelt før, er forbi.",
    "test": "en prøvebesked",
    "test_said": "Dette er en prøve. Beskeder om denne undersøgelse når frem til dig.",
    "letter": "dataindsamlingen i uge {week}",
    "letter_said": "Det ugentlige brev om dataindsamlingen er vedhæftet som PDF.",
    "remedy_data": "Data kan ikke bruges, som de er. Kør sensemaking run STUDY for at læse, hvad der blev "
    "fundet hvor, ret eksporten eller specifikationen, og kør igen.",
    "remedy_specification": "En specifikation er forkert. Kør sensemaking check STUDY, ret det, den "
    "nævner, og kør igen.",
    "remedy_environment": "Maskinen står i vejen: en fuld disk, en låst eller beskadiget fil, manglende "
    "rettigheder. Se på disken, og kør så sensemaking run STUDY.",
    "remedy_defect": "Det er en fejl i programmet. Kør sensemaking run STUDY, gem det, den skriver, og meld det.",
    "remedy_blocked_validation": "Kør sensemaking run STUDY for at se rækkerne (tabellen raw.failures). "
    "Ret eksporten eller instrumentet, læg eksporten i exports/ igen, og kør igen.",
    "remedy_late_export": "Se efter, om platformen stadig eksporterer, og om filerne når frem til "
    "exports/. Er indsamlingen slut, så læg den sidste eksport der, eller sæt rundens ends_on.",
    "remedy_falling_response_rate": "Se siden om dataindsamlingen i værkstedet (sensemaking workbench "
    "STUDY): hvilke dage det gik i stå, ved hvilket spørgsmål folk falder fra. Mind dem, der ikke har "
    "svaret, om undersøgelsen.",
    "remedy_drifting_reliability": "Se på spørgsmålene i værkstedet (sensemaking workbench STUDY): blev "
    "et spørgsmål formuleret, placeret eller kodet anderledes? Sammenlign målingen over runder, før "
    "modeller med skalaen læses.",
    "remedy_changed_question": "Kør sensemaking pull STUDY for at læse, hvilke spørgsmål der er ændret og "
    "hvordan. Stil undersøgelsen, som den var, eller ret instrumentet og godkend ændringen med en "
    "begrundelse.",
    "remedy_finished_release": "Der skal ikke gøres noget. Se den med sensemaking dashboard STUDY; "
    "sensemaking releases STUDY viser dem alle.",
    "remedy_recovered": "Der skal ikke gøres noget.",
    "remedy_test": "Der skal ikke gøres noget.",
    "remedy_letter": "Åbne spørgsmål står til sidst i brevet, hvert med det, der skal gøres.",
    "where": "Hvor",
    "what_to_do": "Hvad skal gøres",
    "more": "og {n} til",
    "study": "Undersøgelse: {title} ({name})",
    "synthetic": "SYNTETISK: svarene er opfundet.",
    "noticed": "Opdaget: {at} UTC",
    "no_data": "Skrevet af programmet. Der er ingen svar og ingen personoplysninger i denne besked.",
    "place_wave": "runde {name}",
    "place_group": "gruppe {name}",
    "place_source": "kilde {name}",
    "place_file": "fil {name}…",
    "place_table": "tabel {name}",
    "place_column": "kolonne {name}",
    "place_rule": "regel {name}",
    "place_scale": "skala {name}",
    "place_step": "trin {name}",
    "place_n": "{n} fejl",
    "fault_data": "data kan ikke bruges",
    "fault_specification": "en specifikation er forkert",
    "fault_environment": "maskinen står i vejen",
    "fault_defect": "fejl i programmet",
    "measure_response_rate": "har svaret:",
    "measure_alpha": "alfa",
    "measure_omega": "omega",
    "figure_against_wave": "{measure} {now}; {was} i runden {against} på samme dag i indsamlingen",
    "figure_of_wave": "{measure} {now}; {was} i runden {against}",
    "figure_against_run": "{measure} {now}; {was} ved sidste kørsel",
    "since": "sidste eksport {since} UTC",
    "since_never": "ingen eksport endnu",
    "over_failed_run": "trinnet virker igen",
    "over_blocked_validation": "valideringen er bestået",
    "over_late_export": "en eksport er kommet, eller der ventes ingen mere",
    "over_changed_question": "der er taget stilling til ændringen",
}
