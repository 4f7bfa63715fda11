"""What released fits found, and what may not be concluded, in English; ``found_danish`` has the same keys."""

from collections.abc import Mapping

FOUND_ENGLISH: Mapping[str, str] = {
    "found_number_up": "Higher “{focal}” goes together with higher {what}: one point more goes with {told}.",
    "found_number_down": "Higher “{focal}” goes together with lower {what}: one point more goes with {told}.",
    "found_number_unclear": "No clear connection between “{focal}” and {what}: one point more goes with anything from "
    "{told}.",
    "found_without_ends": "Nothing can be said of a connection between “{focal}” and {what}: organisations may not "
    "differ in “{focal}” beyond who happened to answer, so that any connection agrees with the answers.",
    "found_category_up": "“{focal}” goes together with higher {what} than the group it is compared with: {told}.",
    "found_category_down": "“{focal}” goes together with lower {what} than the group it is compared with: {told}.",
    "found_category_unclear": "No clear difference in {what} between “{focal}” and the group it is compared with: "
    "anything from {told}.",
    "found_pair_up": "The higher “{other}”, the more {what} goes together with one point more of “{focal}”: "
    "{estimate} points more ({low} to {high}) for each point of “{other}”.",
    "found_pair_down": "The higher “{other}”, the less {what} goes together with one point more of “{focal}”: "
    "{estimate} points ({low} to {high}) for each point of “{other}”.",
    "found_pair_unclear": "Whether one point more of “{focal}” goes together with more or less {what} the higher "
    "“{other}” is, is not clear: anything from {low} to {high} points for each point of “{other}”.",
    "found_product_up": "The terms of “{focal}” strengthen each other in going together with {what}: {told}.",
    "found_product_down": "The terms of “{focal}” weaken each other in going together with {what}: {told}.",
    "found_product_unclear": "Whether the terms of “{focal}” strengthen or weaken each other in going together with "
    "{what} is not clear: anything from {told}.",
    "what_points": "“{outcome}”",
    "what_odds": "odds of “{outcome}”",
    "what_higher_odds": "odds of a higher answer to “{outcome}”",
    "what_category_odds": "odds of “{category}” beside {beside} to “{outcome}”",
    "beside_answer": "the answer “{reference}”",
    "beside_unnamed": "the answer that all others are compared with",
    "what_inclination": "inclination behind “{outcome}”",
    "what_times": "numbers of “{outcome}”",
    "amount_points": "{estimate} points ({low} to {high})",
    "amount_plain": "{estimate} ({low} to {high})",
    "amount_factor": "{estimate} times as strong a ratio ({low} to {high})",
    "amount_odds": "odds {estimate} times as high ({low} to {high})",
    "amount_higher_odds": "odds {estimate} times as high ({low} to {high})",
    "amount_category_odds": "odds {estimate} times as high ({low} to {high})",
    "amount_inclination": "{estimate} standard deviations ({low} to {high})",
    "amount_times": "{estimate} times as many ({low} to {high})",
    "range_points": "{low} to {high} points",
    "range_plain": "{low} to {high}",
    "range_factor": "{low} to {high} times as strong a ratio",
    "range_odds": "{low} to {high} times the odds",
    "range_higher_odds": "{low} to {high} times the odds",
    "range_category_odds": "{low} to {high} times the odds",
    "range_inclination": "{low} to {high} standard deviations",
    "range_times": "{low} to {high} times as many",
    "found_average_number": "On average over those who answered, that is a difference of {estimate} percentage points "
    "({low} to {high}) for one point more.",
    "found_average_category": "On average over those who answered, that is a difference of {estimate} percentage "
    "points ({low} to {high}).",
    "found_indirect_up": "Along “{route}”, more goes together with more: one point more at its start goes with "
    "{estimate} points at its end ({low} to {high}) by way of what lies between.",
    "found_indirect_down": "Along “{route}”, more goes together with less: one point more at its start goes with "
    "{estimate} points at its end ({low} to {high}) by way of what lies between.",
    "found_indirect_unclear": "No clear connection along “{route}”: one point more at its start goes with anything "
    "from {low} to {high} points at its end by way of what lies between.",
    "found_index_up": "The connection along “{route}” differs: it lies higher where the condition it was looked at "
    "under is higher, by {estimate} for each point ({low} to {high}).",
    "found_index_down": "The connection along “{route}” differs: it lies lower where the condition it was looked at "
    "under is higher, by {estimate} for each point ({low} to {high}).",
    "found_index_unclear": "Whether the connection along “{route}” differs with the condition it was looked at under "
    "is not clear: anything from {low} to {high} for each point.",
    "found_in_all": "In all, one point more at the start goes with {total} points at the end; of these, {direct} do "
    "not pass through what lies between.",
    "with_interval": "{estimate} ({low} to {high})",
    "found_difference_up": "“{focal}” goes together more with “{first}” than with “{second}”: one point more goes "
    "with {of_first} points of the one and {of_second} of the other, {estimate} apart ({low} to {high}).",
    "found_difference_down": "“{focal}” goes together less with “{first}” than with “{second}”: one point more goes "
    "with {of_first} points of the one and {of_second} of the other, {estimate} apart ({low} to {high}).",
    "found_difference_unclear": "No clear difference in how “{focal}” goes together with “{first}” and with "
    "“{second}”: one point more goes with {of_first} points of the one and {of_second} of the other, anything from "
    "{low} to {high} apart.",
    "found_average": "The average of “{outcome}” is {estimate} ({low} to {high}).",
    "found_quotient": "“{outcome}” for each one of what it is divided by is {estimate} ({low} to {high}).",
    "found_parts_apart": "It is lowest for “{lowest}”, {least}, and highest for “{highest}”, {most}; these intervals "
    "do not overlap.",
    "found_parts_unclear": "It is lowest for “{lowest}”, {least}, and highest for “{highest}”, {most}; these intervals "
    "overlap, so that which is higher is not clear.",
    "found_nothing": "The model “{model}” has no single term of interest; its coefficients stand in the tables.",
    "holds_at_one_point": "In this model the connection may differ along the scale or with another term: the figure "
    "holds at one point of these only.",
    "as_expected": "The sign is as expected.",
    "against_expected": "The sign is the opposite of what was expected.",
    "not_settled": "Whether the expected sign holds is not settled by these answers.",
    "counted_in": "Counted in",
    "unit_points": "points",
    "unit_odds": "odds: times as high",
    "unit_higher_odds": "odds of a higher answer: times as high",
    "unit_category_odds": "odds beside the reference answer: times as high",
    "unit_inclination": "standard deviations",
    "unit_times": "times as many",
    "unit_paths": "points",
    "unit_difference": "points of difference",
    "unit_average": "averages",
    "unit_quotient": "quotients",
    "odds_unit_reading": "Odds say how many people there are with something for each one without it. 1 means no "
    "difference, above 1 higher, below 1 lower. Odds twice as high are not twice as many people; the percentage "
    "points, where they stand beside, say how much the share differs.",
    "higher_odds_unit_reading": "Odds of a higher answer say how many people answer above a given answer for each one "
    "who does not; the model takes it that they differ alike at every answer. 1 means no difference. Odds twice as "
    "high are not twice as many people, nor an answer twice as high.",
    "category_odds_unit_reading": "Odds of one answer beside the one that all others are compared with (the "
    "reference answer) say how many people give the one for each person who gives the other; nothing is said of "
    "further answers. 1 means no difference. Odds twice as high are "
    "not twice as many people.",
    "inclination_unit_reading": "An inclination is what is taken to stand behind answers of a few categories. It is "
    "counted in standard deviations, not in points or people, and nobody's own is known.",
    "times_unit_reading": "Of numbers of something it is said how many times as many go with one point more. 1 means "
    "no difference. That is a ratio, not how many more: a ratio of small numbers is still a small number.",
    "paths_unit_reading": "A path writes down how three or more answers go together, one after the other. All of them "
    "were given in the same survey: that one comes before another, or lies between two, was assumed, not seen, and "
    "other orders may fit as well. A part along a path is not what would come of changing something.",
    "average_unit_reading": "An average of the population describes; it explains nothing. A difference between parts "
    "may have many reasons, and a line that crosses zero means nothing here. Where yes counts 1 and no 0, an average "
    "is a share.",
    "quotient_unit_reading": "A quotient is the sum of one number over the sum of another, not an average of the "
    "quotients of single people. It describes, and explains nothing.",
    "difference_unit_reading": "Two outcomes stand beside each other with the same terms. That something goes "
    "together more with the one than with the other does not say that the one comes at the cost of the other.",
}
