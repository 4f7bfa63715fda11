"""Every sentence that a report says of its own, in English; ``danish`` has the same keys and placeholders."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "months": "January February March April May June July August September October November December",
    "date": "{day} {month} {year}",
    "subtitle": "Results of release {release}, published {date}",
    "synthetic": "SYNTHETIC DATA. Every answer is invented; no figure says anything about a real organisation or "
    "person.",
    "not_shown": "not shown",
    "page": "Page",
    "contents": "Contents",
    "details": "Show the table",
    "definitions": "Definitions:",
    "notes": "Notes",
    "section": "Section",
    "text": "Text",
    "group": "Respondent group",
    "wave": "Wave",
    "scale": "Scale",
    "unit": "Organisation",
    "n_responses": "Responses, about",
    "n_invited": "Invited, about",
    "n_organisations": "Organisations, about",
    "response_rate": "Response rate",
    "mean": "Mean",
    "conf_low": "Interval from",
    "conf_high": "to",
    "n": "n, about",
    "alpha": "Alpha",
    "omega": "Omega",
    "percent_high": "Score above the middle",
    "question": "Question",
    "answer": "Answer",
    "share": "Share of answers",
    "lowest": "Lowest score",
    "highest": "Highest score",
    "status": "Status of the questions",
    "high_score_means": "A high score means",
    "earlier_wave": "Earlier wave",
    "later_wave": "Later wave",
    "earlier": "Mean before",
    "later": "Mean after",
    "change": "Change",
    "model": "Model",
    "variant": "Variant",
    "label": "Planned?",
    "term": "Goes together with",
    "outcome": "What is explained",
    "estimate": "Estimate",
    "rows": "What its rows are",
    "and": "and",
    "of_group": "{group}, {wave}",
    "band": "{first} to {last}",
    "who_sheet": "Who answered",
    "who_title": "Who answered",
    "who_caption": "Invited units and responses by respondent group and wave",
    "who_rate": "{group}, {wave}: about {n} responses; response rate {rate}.",
    "who_count": "{group}, {wave}: about {n} responses; the response rate is not known or not shown.",
    "who_hidden": "{group}, {wave}: not shown.",
    "who_reading": "The response rate counts complete and partial responses out of all invited units (AAPOR response "
    "rate 2) and is made from the rounded numbers shown.",
    "scores_sheet": "Mean scores",
    "scores_title": "What they answered",
    "scores_reading": "A score is the mean of a group. The interval around it says how exactly it is "
    "known, with 95% confidence. Alpha and omega say how reliably the questions of a scale measure one thing; the "
    "closer to one, the better. The latest wave stands here; earlier ones are in the workbook.",
    "no_inference": "No inference to a population: {groups}. Not everyone was asked, and those asked were not drawn at "
    "random; intervals assume that they were.",
    "scores_caption": "Mean scores of {group}, {wave}",
    "scores_all": "Mean scores by respondent group and wave; waves may be compared only as the section on change says",
    "scores_chart": "Mean scores of {group}, {wave}",
    "scores_told": "Mean scores with intervals, on a range from {lowest} to {highest}. {points}",
    "scores_point": "{scale}: {mean} ({low} to {high}).",
    "scores_point_hidden": "{scale}: not shown.",
    "answers_sheet": "Answers",
    "answers_title": "How the answers fall",
    "answers_reading": "Answer options that very few people chose are joined with their neighbours.",
    "answers_caption": "Answers of {group}, {wave}",
    "answers_all": "Answers by question, respondent group and wave",
    "change_sheet": "Change",
    "change_title": "What changed between waves",
    "change_up": "up",
    "change_down": "down",
    "change_unclear": "no clear change",
    "change_found": "{group}: “{scale}” went {way} from {earlier} ({earlier_wave}) to {later} ({later_wave}).",
    "change_none": "No scale that may be compared between waves shows a clear change.",
    "change_apart": "No scale was shown to be measured alike in the last two waves, so waves are not compared.",
    "change_one_wave": "There is one wave only, so there is nothing to compare.",
    "change_reading": "A change is named only where the answers show that the questions measure the same in both "
    "waves, and where the interval of the difference leaves out zero. Waves are treated as independent. Scales that "
    "are not listed may not be compared, or too few people answered.",
    "change_caption": "Scales that may be compared between waves",
    "together_sheet": "What goes together",
    "together_title": "What goes together",
    "together_reading": "The models say which answers go together once the other terms are taken into account. Two "
    "things may go together without one bringing the other about.",
    "together_caption": "Term of interest of each model, with its interval",
    "together_none": "This release holds no models.",
    "main": "as written",
    "confirmatory": "confirmatory",
    "exploratory": "exploratory",
    "because_locked": "planned and locked before the data came",
    "because_amended": "planned and locked before the data came, with a change that was written down before them too",
    "because_never_locked": "not locked in advance: a question to follow up, not an answer",
    "because_locked_after_data": "locked when data had come already: a question to follow up, not an answer",
    "because_changed_after_lock": "not as it was locked: a question to follow up, not an answer",
    "because_amended_after_data": "changed, with a reason, after the data had come: a question to follow up, "
    "not an answer",
    "because_by_hand": "fitted by hand: a question to follow up, not an answer",
    "because_plan_altered": "the record of the plan was changed: a question to follow up, not an answer",
    "found_number_up": "Higher “{focal}” goes together with higher “{outcome}”: one point more goes with "
    "{estimate} points ({low} to {high}).",
    "found_number_down": "Higher “{focal}” goes together with lower “{outcome}”: one point more goes with "
    "{estimate} points ({low} to {high}).",
    "found_number_unclear": "No clear connection between “{focal}” and “{outcome}”: one point more goes with "
    "anything from {low} to {high} points.",
    "found_category_up": "“{focal}” goes together with higher “{outcome}” than the group it is compared with: "
    "{estimate} points ({low} to {high}).",
    "found_category_down": "“{focal}” goes together with lower “{outcome}” than the group it is compared with: "
    "{estimate} points ({low} to {high}).",
    "found_category_unclear": "No clear difference in “{outcome}” between “{focal}” and the group it is "
    "compared with: anything from {low} to {high} points.",
    "found_product_up": "The terms of “{focal}” strengthen each other in going together with “{outcome}”: "
    "{estimate} ({low} to {high}).",
    "found_product_down": "The terms of “{focal}” weaken each other in going together with “{outcome}”: "
    "{estimate} ({low} to {high}).",
    "found_product_unclear": "Whether the terms of “{focal}” strengthen or weaken each other in going together "
    "with “{outcome}” is not clear: anything from {low} to {high}.",
    "found_nothing": "The model “{model}” has no single term of interest; its coefficients stand in the published "
    "tables.",
    "as_expected": "The sign is as expected.",
    "against_expected": "The sign is the opposite of what was expected.",
    "not_settled": "Whether the expected sign holds is not settled by these answers.",
    "with_care": "Read with care: conditions that were set for the measurement of these scores do not all hold.",
    "units_sheet": "Organisations",
    "units_title": "Organisations",
    "units_reading": "Mean scores of single organisations. Most of the order among organisations is chance. "
    "Shares of 5% stand "
    "for 5% and less, shares of 95% for 95% and more. Organisations of which nothing is shown are named apart; why "
    "they are not shown is not said.",
    "units_gone": "{group}, {wave}: nothing is shown of {names}.",
    "units_caption": "Mean scores of organisations: {group}, {wave}",
    "units_all": "Mean scores of organisations by respondent group, wave and scale",
    "units_none": "This release holds no figures of single organisations.",
    "method_sheet": "Scales",
    "method_title": "Method and protection",
    "method_least": "Every figure stands for at least {least} people; numbers of people are rounded to 5.",
    "method_hidden": "“Not shown” means that too few people stand behind a figure, that it would give away another "
    "one that must not be shown, or that nobody answered. Which of these is not said.",
    "method_rounding": "Figures are rounded when they are released, so parts may not add up to a hundred.",
    "method_source": "Everything here is read from the release file and nothing else. A methodologist can make every "
    "number again from it.",
    "method_caption": "Scales, what they range over and what a high score means",
    "slide_mean": "{label} ({low} to {high}; n about {n})",
    "slide_n": "{label} (n about {n})",
    "slide_hidden": "{label} (not shown)",
    "slide_part": "{title}: {first} – {last}",
    "slide_of": "{title}: {part}",
    "slide_chart": "Bar chart. {rows}.",
    "slide_table": "Table: {caption}. Columns: {heads}.",
    "slide_scores": "A score is the mean of a group. In brackets stand the interval, which says how exactly it is "
    "known with 95% confidence, and how many people stand behind it.",
    "slide_shades": "Blue lies above the mean of everybody, orange below; the darker, the farther. Hatched: not shown. "
    "Most of the order among organisations is chance.",
    "slide_counts": "{unit}: n about {counts}.",
    "slide_gone": "Organisations of which nothing is shown: {group}, {wave}",
    "unit_title": "{study}: {unit}",
    "unit_section": "Scores of {unit}",
    "unit_chart": "Mean scores of {unit}: {group}, {wave}",
    "unit_caption": "Mean scores of {unit} and of everybody: {group}",
    "unit_reading": "Mean scores of {unit}, and beside them those of everybody in the same respondent group and "
    "wave. A difference between the two may be chance, and most of the order among organisations is. Shares of 5% "
    "stand for 5% and less, shares of 95% for 95% and more.",
    "unit_alone": "No figure of another organisation stands in this report. What follows after this section is about "
    "everybody, not about {unit} alone.",
    "everybody": "Mean of everybody",
}
