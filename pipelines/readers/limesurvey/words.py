"""Words that LimeSurvey itself writes into exports, in the languages it writes them in: headings, answers, signs.

German and French headings were seen in exports; those of other languages are how its translations word them or may
word them. Put here words only; what they mean for a column is in ``limesurvey_headings`` and ``limesurvey_columns``.
"""

import re
import unicodedata
from collections.abc import Mapping

LANGUAGES = ("en", "da", "de", "nl", "fr", "es", "sv", "nb", "fi")
NOT_SHOWN = "{question_not_shown}"

_HEADINGS: Mapping[str, str] = {
    "id": "Response ID|Svar ID|Besvarelses ID|Respons ID|Antwort ID|Antwoord ID|Reactie ID|ID de la réponse|ID réponse|"
    "ID de respuesta|ID de la respuesta|Svars ID|Vastauksen ID|Vastaus ID|Vastauksen tunnus",
    "submitdate": "Date submitted|Dato for afsendelse|Dato for indsendelse|Dato indsendt|Indsendt dato|"
    "Indsendelsesdato|Afsendelsesdato|Datum Abgeschickt|Absendedatum|Datum ingestuurd|"
    "Datum ingezonden|Datum verzonden|Datum ingediend|"
    "Datum van indienen|Verzenddatum|Date de soumission|Fecha de envío|Fecha enviada|Fecha de entrega|"
    "Datum inskickat|Inskickat datum|Datum skickat|Datum för inskick|Dato sendt|Dato innsendt|Innsendt dato|"
    "Dato sendt inn|Innsendingsdato|Lähetyspäivä|Lähetyspäivämäärä|Lähetetty|Lähetysaika",
    "lastpage": "Last page|Last page seen|Sidste side|Seneste side|Letzte Seite|Laatste pagina|Dernière page|"
    "Última página|Sista sidan|Sista sida|Senaste sida|Siste side|Viimeinen sivu",
    "startlanguage": "Start language|Startsprog|Start-Sprache|Starttaal|Begintaal|Langue de départ|"
    "Langue de démarrage|Idioma inicial|Idioma de inicio|Lenguaje inicial|Lenguaje de inicio|Startspråk|"
    "Aloituskieli|Alkukieli",
    "seed": "Seed|Frø|Zufallsstartwert|Tête de série|Semilla|Frö|Siemen|Siemenluku",
    "startdate": "Date started|Dato startet|Startdato|Dato for start|Datum gestartet|Datum gestart|Startdatum|"
    "Begindatum|Date de lancement|Date de début|Fecha de inicio|Datum startat|Aloituspäivä|Aloituspäivämäärä",
    "datestamp": "Date last action|Dato for seneste handling|Dato seneste handling|Dato for sidste handling|"
    "Dato sidste handling|Datum letzte Aktivität|Datum letzte Aktion|Datum laatste actie|Datum van laatste actie|"
    "Date de la dernière action|Date de dernière action|Fecha de la última acción|Fecha última acción|"
    "Datum senaste åtgärd|Datum för senaste åtgärd|Datum för senaste händelse|Dato siste handling|"
    "Dato for siste handling|Viimeisin toiminto|Viimeisen toiminnon päivämäärä|Viimeisimmän toiminnon päivämäärä",
    "token": "Access code|Token|Adgangskode|Adgangsnøgle|Nøgle|Zugangscode|Zugangsschlüssel|Toegangscode|Code d'accès|"
    "Code d'invitation|Jeton|Código de acceso|Åtkomstkod|Behörighetskod|Tilgangskode|Pääsykoodi|Avain",
    "ipaddr": "IP address|IP-adresse|IP-adres|Adresse IP|Dirección IP|IP-adress|IP-osoite",
    "refurl": "Referrer URL|Referring URL|Henvisende URL|Henvisnings-URL|Weiterleitungs-URL|Verweis-URL|"
    "Verwijzende URL|Verwijzings-URL|URL de référence|URL référente|URL de referencia|Hänvisnings-URL|Viittaava URL|"
    "Viittaus-URL",
    "firstname": "First name|Fornavn|Vorname|Voornaam|Prénom|Nombre|Förnamn|Etunimi",
    "lastname": "Last name|Efternavn|Nachname|Achternaam|Nom de famille|Apellido|Apellidos|Efternamn|Etternavn|"
    "Sukunimi",
    "email": "Email|Email address|E-mail-adresse|E-mailadresse|E-Mail-Adresse|E-mailadres|Adresse courriel|"
    "Adresse e-mail|Correo electrónico|Dirección de correo electrónico|E-postadress|E-postadresse|Sähköpostiosoite",
    "interviewtime": "Total time|Samlet tid|Gesamtzeit|Totale tijd|Temps total|Durée totale|Tiempo total|Total tid|"
    "Kokonaisaika",
}  # fmt: skip
_TIME_PREFIXES: Mapping[str, str] = {
    "groupTime": "Group time|Gruppetid|Gruppenzeit|Groepstijd|Temps du groupe|Durée du groupe|Tiempo del grupo|"
    "Tiempo de grupo|Grupptid|Ryhmän aika|Ryhmäaika",
    "questionTime": "Question time|Spørgsmålstid|Fragezeit|Fragenzeit|Vraagtijd|Temps de la question|"
    "Durée de la question|Tiempo de la pregunta|Tiempo de pregunta|Frågetid|Spørsmålstid|Kysymyksen aika|Kysymysaika",
}  # fmt: skip
_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "yes": {"en": "Yes", "da": "Ja", "de": "Ja", "nl": "Ja", "fr": "Oui", "es": "Sí", "sv": "Ja", "nb": "Ja",
            "fi": "Kyllä"},
    "no": {"en": "No", "da": "Nej", "de": "Nein", "nl": "Nee", "fr": "Non", "es": "No", "sv": "Nej", "nb": "Nei",
           "fi": "Ei"},
    "uncertain": {"en": "Uncertain", "da": "Usikker|Ved ikke", "de": "Unsicher|Weiß nicht", "nl": "Onzeker|Weet niet",
                  "fr": "Incertain|Sans opinion", "es": "Dudoso|No estoy seguro", "sv": "Osäker", "nb": "Usikker",
                  "fi": "Epävarma|En osaa sanoa"},
    "not_applicable": {"en": "N/A|Not applicable", "da": "Ikke relevant|I/R", "de": "Nicht zutreffend|k. A.|k.A.",
                       "nl": "n.v.t.|nvt|Niet van toepassing", "fr": "Sans objet|Non applicable|n/d|s.o.",
                       "es": "No aplica|n/d", "sv": "Ej tillämpligt|Ej tillämplig",
                       "nb": "Ikke aktuelt|Ikke relevant|I/A",
                       "fi": "Ei sovellettavissa|Ei saatavilla|Ei sovellu"},
    "female": {"en": "Female", "da": "Kvinde", "de": "weiblich", "nl": "Vrouw|Vrouwelijk", "fr": "Féminin|Femme",
               "es": "Femenino|Mujer", "sv": "Kvinna", "nb": "Kvinne", "fi": "Nainen"},
    "male": {"en": "Male", "da": "Mand", "de": "männlich", "nl": "Man|Mannelijk", "fr": "Masculin|Homme",
             "es": "Masculino|Hombre", "sv": "Man", "nb": "Mann", "fi": "Mies"},
    "increase": {"en": "Increase", "da": "Stigning|Hæv|Forøg", "de": "Zunahme|Erhöhen", "nl": "Toename|Verhogen",
                 "fr": "Augmenter|Augmentation", "es": "Aumentar|Incrementar", "sv": "Ökning|Öka", "nb": "Økning|Øk",
                 "fi": "Lisääntyy|Kasvaa"},
    "same": {"en": "Same", "da": "Samme|Uændret", "de": "Gleich|Gleichbleibend", "nl": "Gelijk|Hetzelfde",
             "fr": "Sans changement|Identique", "es": "Igual|Mantener", "sv": "Oförändrad|Samma", "nb": "Uendret|Samme",
             "fi": "Pysyy samana|Sama"},
    "decrease": {"en": "Decrease", "da": "Fald|Sænk", "de": "Abnahme|Verringern", "nl": "Afname|Verminderen",
                 "fr": "Diminuer|Diminution", "es": "Disminuir", "sv": "Minskning|Minska", "nb": "Reduksjon|Reduser",
                 "fi": "Vähenee"},
    "other": {"en": "Other", "da": "Andet|Andre", "de": "Sonstiges|Andere", "nl": "Anders|Andere|Overig",
              "fr": "Autre", "es": "Otro|Otra", "sv": "Annat|Övrigt", "nb": "Annet|Andre", "fi": "Muu"},
    "comment": {"en": "Comment", "da": "Kommentar", "de": "Kommentar", "nl": "Opmerking|Commentaar",
                "fr": "Commentaire", "es": "Comentario", "sv": "Kommentar", "nb": "Kommentar", "fi": "Kommentti"},
    "other_comment": {"en": "Other comment", "da": "Anden kommentar", "de": "Anderer Kommentar|Sonstiger Kommentar",
                      "nl": "Andere opmerking|Ander commentaar", "fr": "Autre commentaire", "es": "Otro comentario",
                      "sv": "Annan kommentar", "nb": "Annen kommentar", "fi": "Muu kommentti"},
    "scale": {"en": "Scale", "da": "Skala", "de": "Skala", "nl": "Schaal", "fr": "Échelle", "es": "Escala",
              "sv": "Skala", "nb": "Skala", "fi": "Asteikko"},
    "rank": {"en": "Rank", "da": "Rang|Rangordning", "de": "Rang", "nl": "Rang|Rangschikking", "fr": "Rang|Classement",
             "es": "Rango|Clasificación", "sv": "Rang|Rangordning", "nb": "Rang|Rangering", "fi": "Sija|Järjestys"},
}  # fmt: skip


def plain(text: str) -> str:
    """Return the letters and digits of a text only, lower case: ``Start-Sprache`` and ``start_sprache`` are one."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


HEADINGS: Mapping[str, str] = {
    plain(heading): key for key, headings in _HEADINGS.items() for heading in (key, *headings.split("|"))
}
"""Plain heading → LimeSurvey's own code of the column, such as ``submitdate``; the codes themselves included."""

TIME_PREFIXES: Mapping[str, str] = {
    plain(prefix): key for key, prefixes in _TIME_PREFIXES.items() for prefix in prefixes.split("|")
}
"""What stands before the colon in the heading of a time: plain prefix → ``groupTime`` or ``questionTime``."""


def words(key: str) -> tuple[str, ...]:
    """Return what LimeSurvey writes for a word such as ``yes``, in every language, the English one first."""
    return tuple(dict.fromkeys(word for each in _ANSWERS[key].values() for word in each.split("|")))


def word(key: str, language: str) -> str:
    """Return the word in one language (``nl-informal`` is Dutch), in English where the language is not known."""
    of_language = _ANSWERS[key]
    return of_language.get(language.split("-", maxsplit=1)[0].lower(), of_language["en"]).split("|")[0]
