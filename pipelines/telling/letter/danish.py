"""Every word that the weekly letter says of its own, in Danish; the keys and placeholders of ``english``."""

from collections.abc import Mapping

DANISH: Mapping[str, str] = {
    "title": "Indsamlingen, {date}",
    "nothing": "Ingen har svaret endnu.",
    "undated": "Hvornår der blev svaret, vides ikke, da ingen kilde nævner en kolonne med den: identifiers, ended_at.",
    "in_short": "Kort fortalt",
    "short_share": "{wave}, {group}: {share} af de inviterede har svaret, {before} en uge før.",
    "short_goal_missed": "{wave}, {group}: {share} af de inviterede har svaret, {before} en uge før; målet er {goal}.",
    "short_goal_reached": "{wave}, {group}: {share} af de inviterede har svaret, {before} en uge før; "
    "målet på {goal} er nået.",
    "short_count": "{wave}, {group}: {n} har svaret, {before} en uge før.",
    "short_open": "Åbne spørgsmål: {n}. De står til sidst, hvert med det, der skal gøres.",
    "short_nothing_open": "Der er ingen åbne spørgsmål.",
    "who": "Hvem der har svaret",
    "who_caption": "Fuldstændige og delvise besvarelser til og med dagen før dette brev",
    "who_reading": "Besvarelser er fuldstændige og delvise, fra alle organisationer tilsammen; dage regnes i UTC.",
    "fewer": "under {n}",
    "few_note": "Antal personer under {n} oplyses ikke, heller ikke andele af dem.",
    "group": "Gruppe",
    "invited": "Inviterede",
    "answered": "Har svaret",
    "week_before": "En uge før",
    "share": "Andel",
    "share_week_before": "Andel uge før",
    "goal": "Mål",
    "quality": "Hvor gode svarene er",
    "quality_caption": "Analyserede besvarelser, og hvad der er værd at bemærke ved dem",
    "analysed": "Analyserede",
    "flagged": "Markerede",
    "broken_off": "Afbrudte",
    "share_missing": "Manglende svar",
    "quality_reading": "Markerede er besvarelser, som mindst én kontrol for skødesløse svar peger på; "
    "intet udelades af den grund. Manglende svar er den gennemsnitlige andel over spørgsmål.",
    "rejected_caption": "Rækker og celler, der ikke blev taget med",
    "rule": "Regel",
    "n_rejected": "Rækker og celler",
    "rejected_reading": "Hver står med sin grund i tabellen core.rejects.",
    "open": "Åbne spørgsmål",
    "nothing_open": "Ingen.",
    "blocked_waves": "Runder, som valideringen spærrer: {n} ({names}). Kør sensemaking run STUDY for at "
    "se hvorfor; ret eksporten eller instrumentet.",
    "late_sources": "Kilder, hvis eksport er forsinket: {n} ({names}). Se efter, om platformen stadig "
    "eksporterer, og om filerne når frem til exports/.",
    "failing_steps": "Trin i kørsler, der mislykkes: {n} ({names}). Kør sensemaking run STUDY, og læs, "
    "hvad den skriver.",
    "outside_frame": "Besvarelser fra nogen, der ikke står på listen over inviterede: {n} (runder "
    "{names}). Sammenlign eksportens nøgler med listen, eller tilføj dem, der mangler.",
    "unlinked": "Par af besvarelser, der kan være fra samme person: {n} (runder {names}). Tag stilling "
    "til dem i værkstedet.",
    "unknown_columns": "Kolonner med svar, som intet instrument spørger om: {n} (kilder {names}). Kør "
    "sensemaking inspect på eksporten; tilføj spørgsmålet, eller lad det være.",
    "stray_files": "Filer i exports/, der ikke hører til nogen kilde: {n}. Kør sensemaking run STUDY for "
    "at se deres navne; nævn dem i study.yaml, eller fjern dem.",
    "refused_models": "Modeller, som data ikke kan bære endnu: {n} ({names}). Kør sensemaking run STUDY "
    "for at læse hvorfor.",
    "given_up": "Beskeder, der ikke kunne afleveres: {n}. Se sensemaking tell STUDY --status.",
    "no_data": "Skrevet af programmet. Der er ingen svar og ingen personoplysninger i dette brev.",
}
