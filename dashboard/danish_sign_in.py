"""What is said to people who sign in, or may not see the results, in Danish; keys as in ``english_sign_in``."""

from collections.abc import Mapping

DANISH_SIGN_IN: Mapping[str, str] = {
    "sign_in": "Log ind",
    "sign_out": "Log ud",
    "denied_signed_out": "Resultaterne er for personer, der har fået adgang. Log ind for at se dem.",
    "denied_expired": "Dit log-in er udløbet. Log ind igen for at se resultaterne.",
    "denied_not_for_this_dashboard": "Dit log-in er ikke udstedt til dette dashboard. Log ud og ind igen; hjælper det "
    "ikke, så spørg dem, der driver dashboardet.",
    "denied_no_person": "Dit log-in fortæller ikke, hvem du er. Sig det til dem, der driver dashboardet.",
    "denied_email_not_verified": "Du er logget ind som {person}, men det er endnu ikke bekræftet, at adressen er din. "
    "Bekræft den dér, hvor du logger ind, log ud her og log ind igen.",
    "denied_not_listed": "Du er logget ind som {person}, men du har ikke fået adgang til resultaterne. Spørg dem, der "
    "står for undersøgelsen.",
    "denied_access_unusable": "Ingen kan se resultaterne lige nu: listen over, hvem der må se dem, kan ikke bruges. "
    "Sig det til dem, der driver dashboardet.",
    "denied_not_local": "Resultaterne vises ikke på denne adresse: ingen har angivet, hvem der må se dem. Sig det til "
    "dem, der driver dashboardet.",
    "own_units_only": "Du ser det, der handler om alle, og tallene for {units}.",
    "no_own_units": "Denne udgivelse har ingen tal for de organisationer, du må se: {units}.",
    "unknown_address": "Der er ikke noget på denne adresse",
    "unknown_address_told": "Adressen er måske skrevet forkert eller klippet af. Siderne her findes:",
}
