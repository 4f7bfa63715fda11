"""What released fits found, and what may not be concluded, in Danish; ``found_english`` has the same keys."""

from collections.abc import Mapping

FOUND_DANISH: Mapping[str, str] = {
    "found_number_up": "Højere “{focal}” hænger sammen med højere {what}: ét point mere følges med {told}.",
    "found_number_down": "Højere “{focal}” hænger sammen med lavere {what}: ét point mere følges med {told}.",
    "found_number_unclear": "Ingen klar sammenhæng mellem “{focal}” og {what}: ét point mere følges med alt fra "
    "{told}.",
    "found_without_ends": "Der kan intet siges om en sammenhæng mellem “{focal}” og {what}: organisationerne er måske "
    "ikke forskellige i “{focal}” ud over, hvem der tilfældigvis svarede, så enhver sammenhæng stemmer med svarene.",
    "found_category_up": "“{focal}” hænger sammen med højere {what} end gruppen, der sammenlignes med: {told}.",
    "found_category_down": "“{focal}” hænger sammen med lavere {what} end gruppen, der sammenlignes med: {told}.",
    "found_category_unclear": "Ingen klar forskel i {what} mellem “{focal}” og gruppen, der sammenlignes med: alt fra "
    "{told}.",
    "found_pair_up": "Jo højere “{other}”, desto mere {what} hænger sammen med ét point mere af “{focal}”: {estimate} "
    "point mere ({low} til {high}) for hvert point af “{other}”.",
    "found_pair_down": "Jo højere “{other}”, desto mindre {what} hænger sammen med ét point mere af “{focal}”: "
    "{estimate} point ({low} til {high}) for hvert point af “{other}”.",
    "found_pair_unclear": "Om ét point mere af “{focal}” hænger sammen med mere eller mindre {what}, jo højere "
    "“{other}” er, er ikke klart: alt fra {low} til {high} point for hvert point af “{other}”.",
    "found_product_up": "Leddene i “{focal}” forstærker hinanden i sammenhængen med {what}: {told}.",
    "found_product_down": "Leddene i “{focal}” svækker hinanden i sammenhængen med {what}: {told}.",
    "found_product_unclear": "Om leddene i “{focal}” forstærker eller svækker hinanden i sammenhængen med {what}, er "
    "ikke klart: alt fra {told}.",
    "what_points": "“{outcome}”",
    "what_odds": "odds for “{outcome}”",
    "what_higher_odds": "odds for et højere svar på “{outcome}”",
    "what_category_odds": "odds for “{category}” over for {beside} på “{outcome}”",
    "beside_answer": "svaret “{reference}”",
    "beside_unnamed": "det svar, som alle andre sammenlignes med,",
    "what_inclination": "tilbøjelighed bag “{outcome}”",
    "what_times": "antal af “{outcome}”",
    "amount_points": "{estimate} point ({low} til {high})",
    "amount_plain": "{estimate} ({low} til {high})",
    "amount_factor": "et forhold, der er {estimate} gange så stærkt ({low} til {high})",
    "amount_odds": "odds, der er {estimate} gange så høje ({low} til {high})",
    "amount_higher_odds": "odds, der er {estimate} gange så høje ({low} til {high})",
    "amount_category_odds": "odds, der er {estimate} gange så høje ({low} til {high})",
    "amount_inclination": "{estimate} standardafvigelser ({low} til {high})",
    "amount_times": "{estimate} gange så mange ({low} til {high})",
    "range_points": "{low} til {high} point",
    "range_plain": "{low} til {high}",
    "range_factor": "et forhold, der er {low} til {high} gange så stærkt",
    "range_odds": "{low} til {high} gange så høje odds",
    "range_higher_odds": "{low} til {high} gange så høje odds",
    "range_category_odds": "{low} til {high} gange så høje odds",
    "range_inclination": "{low} til {high} standardafvigelser",
    "range_times": "{low} til {high} gange så mange",
    "found_average_number": "I gennemsnit over dem, der svarede, er det en forskel på {estimate} procentpoint ({low} "
    "til {high}) for ét point mere.",
    "found_average_category": "I gennemsnit over dem, der svarede, er det en forskel på {estimate} procentpoint "
    "({low} til {high}).",
    "found_indirect_up": "Langs “{route}” hænger mere sammen med mere: ét point mere i begyndelsen følges med "
    "{estimate} point i enden ({low} til {high}) gennem det, der ligger imellem.",
    "found_indirect_down": "Langs “{route}” hænger mere sammen med mindre: ét point mere i begyndelsen følges med "
    "{estimate} point i enden ({low} til {high}) gennem det, der ligger imellem.",
    "found_indirect_unclear": "Ingen klar sammenhæng langs “{route}”: ét point mere i begyndelsen følges med alt fra "
    "{low} til {high} point i enden gennem det, der ligger imellem.",
    "found_index_up": "Sammenhængen langs “{route}” er ikke ens: den ligger højere, hvor den betingelse, den er set "
    "under, er højere, med {estimate} for hvert point ({low} til {high}).",
    "found_index_down": "Sammenhængen langs “{route}” er ikke ens: den ligger lavere, hvor den betingelse, den er set "
    "under, er højere, med {estimate} for hvert point ({low} til {high}).",
    "found_index_unclear": "Om sammenhængen langs “{route}” følger den betingelse, den er set under, er ikke klart: "
    "alt fra {low} til {high} for hvert point.",
    "found_in_all": "I alt følges ét point mere i begyndelsen med {total} point i enden; af dem går {direct} ikke "
    "gennem det, der ligger imellem.",
    "with_interval": "{estimate} ({low} til {high})",
    "found_difference_up": "“{focal}” hænger mere sammen med “{first}” end med “{second}”: ét point mere følges med "
    "{of_first} point af det ene og {of_second} af det andet, med {estimate} imellem ({low} til {high}).",
    "found_difference_down": "“{focal}” hænger mindre sammen med “{first}” end med “{second}”: ét point mere følges "
    "med {of_first} point af det ene og {of_second} af det andet, med {estimate} imellem ({low} til {high}).",
    "found_difference_unclear": "Ingen klar forskel på, hvordan “{focal}” hænger sammen med “{first}” og med "
    "“{second}”: ét point mere følges med {of_first} point af det ene og {of_second} af det andet, med alt fra {low} "
    "til {high} imellem.",
    "found_average": "Gennemsnittet af “{outcome}” er {estimate} ({low} til {high}).",
    "found_quotient": "“{outcome}” for hver enkelt af det, der divideres med, er {estimate} ({low} til {high}).",
    "found_parts_apart": "Det er lavest for “{lowest}”, {least}, og højest for “{highest}”, {most}; disse intervaller "
    "overlapper ikke.",
    "found_parts_unclear": "Det er lavest for “{lowest}”, {least}, og højest for “{highest}”, {most}; disse "
    "intervaller overlapper, så det er ikke klart, hvad der er højest.",
    "found_nothing": "Modellen “{model}” har ikke ét led, der er i fokus; dens koefficienter står i tabellerne.",
    "holds_at_one_point": "I denne model kan sammenhængen være forskellig langs skalaen eller med et andet led: tallet "
    "gælder kun ét sted på dem.",
    "as_expected": "Fortegnet er som forventet.",
    "against_expected": "Fortegnet er det modsatte af det forventede.",
    "not_settled": "Om det forventede fortegn holder, afgør disse svar ikke.",
    "counted_in": "Tælles i",
    "unit_points": "point",
    "unit_odds": "odds: gange så høje",
    "unit_higher_odds": "odds for et højere svar: gange så høje",
    "unit_category_odds": "odds over for referencesvaret: gange så høje",
    "unit_inclination": "standardafvigelser",
    "unit_times": "gange så mange",
    "unit_paths": "point",
    "unit_difference": "points forskel",
    "unit_average": "gennemsnit",
    "unit_quotient": "kvotienter",
    "odds_unit_reading": "Odds siger, hvor mange personer der er med noget, for hver af dem uden. 1 betyder ingen "
    "forskel, over 1 højere, under 1 lavere. Dobbelt så høje odds er ikke dobbelt så mange personer; hvor der står "
    "procentpoint ved siden af, siger de, hvor meget andelen er forskellig.",
    "higher_odds_unit_reading": "Odds for et højere svar siger, hvor mange personer der svarer over et givet svar, "
    "for hver af dem, der ikke gør; modellen regner med, at de er lige forskellige ved alle svar. 1 betyder ingen "
    "forskel. Dobbelt så høje odds er hverken dobbelt så mange personer eller et dobbelt så højt svar.",
    "category_odds_unit_reading": "Odds for ét svar over for det, som alle andre sammenlignes med (referencesvaret), "
    "siger, hvor mange personer der giver det ene, for hver af dem, der giver det andet; om andre svar siges intet. "
    "1 betyder ingen forskel. Dobbelt så høje odds er ikke dobbelt så mange personer.",
    "inclination_unit_reading": "En tilbøjelighed er det, der tænkes at ligge bag svar i få kategorier. Den tælles i "
    "standardafvigelser, ikke i point eller personer, og ingens egen er kendt.",
    "times_unit_reading": "Om antal siges, hvor mange gange så mange der følges med ét point mere. 1 betyder ingen "
    "forskel. Det er et forhold, ikke hvor mange flere: et forhold mellem små tal er stadig et lille tal.",
    "paths_unit_reading": "En sti skriver ned, hvordan tre eller flere svar hænger sammen, det ene efter det andet. "
    "Alle er givet i samme undersøgelse: at ét kommer før et andet eller ligger mellem to, er antaget, ikke set, og "
    "andre rækkefølger kan passe lige så godt. En del langs en sti er ikke det, der ville komme ud af at ændre noget.",
    "average_unit_reading": "Et gennemsnit for populationen beskriver; det forklarer intet. En forskel mellem dele kan "
    "have mange grunde, og en linje, der krydser nul, betyder intet her. Hvor ja tæller 1 og nej 0, er et gennemsnit "
    "en andel.",
    "quotient_unit_reading": "En kvotient er summen af ét tal over summen af et andet, ikke et gennemsnit af enkelte "
    "personers kvotienter. Den beskriver og forklarer intet.",
    "difference_unit_reading": "To udfald står ved siden af hinanden med de samme led. At noget hænger mere sammen "
    "med det ene end med det andet, siger ikke, at det ene går ud over det andet.",
}
