"""What the later pages and the tiles say, in English; ``danish_pages`` likewise."""

from collections.abc import Mapping

ENGLISH_PAGES: Mapping[str, str] = {
    "perspectives": "Perspectives",
    "no_scores": "This release holds no scores.",
    "no_groups_beside": "**The groups cannot be compared** in this wave: of no scale is it shown that the questions "
    "measure the same in them. Why is said below.",
    "higher_than": "{first} higher than {second}, by {difference} points ({low} to {high})",
    "rest_unclear": "between the other groups no clear difference",
    "no_clear_difference": "**No clear difference** between the groups: {scales}.",
    "not_shown_on": "**Not shown** for enough groups to compare: {scales}.",
    "perspectives_alt": "Scores in {wave} with 95% intervals, one row a scale and one dot a respondent group. The same "
    "figures stand in the table below.",
    "groups_apart": "Groups that cannot be compared",
    "groups_apart_not_shown": "Not shown that the questions measure the same in these groups: {scales}.",
    "groups_apart_not_tested": "Whether the questions measure the same in these groups was looked at, but the answers "
    "cannot carry the test: {scales}.",
    "groups_apart_too_few": "Too few answered in one of the groups to tell whether the questions measure the same: "
    "{scales}.",
    "groups_apart_other_groups": "Shown that the questions measure the same in some of the groups, but not in all; the "
    "others stand here: {scales}.",
    "groups_apart_no_test": "Made up of separate things that need not go together, so that no test says whether the "
    "same is measured in the groups: {scales}.",
    "groups_apart_not_looked_at": "Nobody has looked yet at whether the questions measure the same in these groups: "
    "{scales}.",
    "groups_apart_one_group": "Asked of one group only: {scales}.",
    "groups_reading": "A dot is the score of a respondent group, its line the 95% interval: the range in which the "
    "score would most likely lie if everyone in the group had answered. A group is called higher only when the "
    "interval of the difference leaves out zero, with room for rounding, and for all pairs of groups of a scale at "
    "once. Lines that do not meet are not the test.",
    "groups_apart_reading": "Groups stand side by side only where the answers show that the questions measure the same "
    "in them. Elsewhere a difference may come from questions being understood differently, so one group is shown at "
    "a time.",
    "all_hidden_reading": "“Not shown” looks the same whatever the reason: too few people, or a figure that would give "
    "away another one. If the reasons could be told apart, they would say something about the people.",
    "method": "Method and protection",
    "method_intro": "This page is written from the release itself. It says what stands behind the figures, how those "
    "who answered are protected, and how a figure can be made again.",
    "this_release": "This release",
    "fact": "What",
    "said": "In this release",
    "fact_number": "Number of the release",
    "fact_date": "Published",
    "fact_data": "Answers",
    "data_synthetic": "synthetic: every answer is invented",
    "data_collected": "given by people who were asked",
    "fact_waves": "Waves (rounds in which people were asked)",
    "fact_groups": "Respondent groups",
    "fact_languages": "Languages of this dashboard",
    "fact_least": "Fewest people behind a figure",
    "fact_policy": "Fingerprint of the rules of protection",
    "fact_software": "Fingerprint of the software that fitted the models",
    "fact_tables": "Version of the tables in the file",
    "fact_file": "File",
    "inference_not_marked": "No respondent group is marked in this release as one from which nothing can be concluded "
    "about those who did not answer.",
    "protection": "How those who answered are protected",
    "protect_least": "Behind every figure stand at least {least} people. A figure of fewer is not shown.",
    "protect_neighbours": "Some figures of enough people are not shown either: together with the others they would "
    "give away one that must not be shown.",
    "protect_alike": "All figures that are not shown look alike, whatever the reason. If the reasons could be told "
    "apart, they would say something about the people.",
    "protect_units": "Within one organisation, respondent groups are never added up and waves never put together: the "
    "difference of two such figures could be one person.",
    "protect_rounded": "Numbers of people are rounded to 5, shares to whole per cent, scores to two decimals, so that "
    "two figures that differ by one person look the same. Parts may therefore not add up to 100.",
    "protect_joined": "Answer options that very few chose are joined with the option beside them.",
    "protect_persons": "The file holds no answers of a single person and nothing that a person wrote. The dashboard "
    "can open no other file.",
    "protect_models": "A model is shown only when no single response nearly decides what it found; filled-in answers "
    "count for nobody. Where it expects groups to differ, where answers were filled in, and where people were drawn "
    "for the study, the same is asked of organisations, and intervals are a little wider than computed: else they "
    "would tell how many groups or missing answers there are.",
    "figures": "Figures",
    "in_release": "In the release",
    "withheld": "Of these not shown",
    "figures_rates": "Who answered",
    "figures_means": "Scores of respondent groups",
    "figures_bands": "Shares of answers",
    "figures_unit_means": "Scores of regions and organisations",
    "questions_tried": "How far the questions have been tried",
    "status_means": "**{status}**. What may be said with a score: {claim}.",
    "what_is_compared": "What is set side by side",
    "again": "How a figure can be made again",
    "again_intro": "With every model are kept the fingerprints of its wording, of the answers used, of the software "
    "and of the machine's set-up. Who has the study's own data can compute it anew and sees whether the same comes "
    "out. Everybody else can see whether two releases rest on the same.",
    "which_model": "Which model",
    "words_explained": "Words explained",
    "explained_score": "**Score**: the answers of one person to the questions of a scale, put together. Shown is "
    "always the average of many people.",
    "explained_interval": "**95% interval**: the range in which the figure would most likely lie if everyone in the "
    "group had answered. The wider, the less sure.",
    "explained_response_rate": "**Response rate**: how many of those invited answered.",
    "explained_reliability": "**Cronbach's alpha, omega**: how well the questions of a scale go together, from 0 (not "
    "at all) to 1 (fully).",
    "explained_invariance": "**Measured alike (invariance)**: tests of the answers show that the questions work the "
    "same way in the groups or waves that are compared.",
    "explained_status": "**Draft, piloted, validated**: how far it has been tested that questions measure what they "
    "are meant to.",
    "explained_fingerprint": "**Fingerprint**: letters and digits computed from a file or text. If anything changes, "
    "the fingerprint changes.",
    "explained_fit": "**Confirmatory, exploratory**: planned and locked before the data came; or not, and so a "
    "question to follow up.",
    "integration": "Integration",
    "integration_intro": "What the study looks at, in plain words: how decisions move between levels and out to "
    "citizens (vertical integration), how departments and sectors work together (horizontal integration), how managers "
    "work on who they are as managers (identity work), and what else is measured beside these.",
    "construct_map": "What was found to go together",
    "no_relations": "This release holds no model that looks at two of the scales together.",
    "map_caption": "One row a scale, with the average score of {group}, {wave}; of scales without one, only those at "
    "an end of an arc. An arc joins two scales that a model looked at together, over everybody in that model. "
    "It has no direction: it does not say which comes first.",
    "map_alt": "Scales with average scores of {group} in {wave}, one row each, and arcs between scales that models "
    "looked at together. The same stands in words above and in the tables below.",
    "together_up": "Higher goes together with higher",
    "together_down": "Higher goes together with lower",
    "together_unclear": "No clear connection",
    "goes_with": "Looked at together with",
    "found": "Found",
    "constructs": "Every scale in plain words",
    "construct": "Scale",
    "meaning": "A high score means",
    "scores_of": "Average scores of {group}, {wave}.",
    "not_asked": "no score in this group and wave",
    "card_score": "Average score {figure} ({interval}) on a scale from {ends}; n about {n}.",
    "constructs_not_asked": "Scales without a score in this group and wave ({count})",
    "card_without": "Average score: {text}.",
    "tile_answered": "Who answered, {wave}",
    "tile_highest": "Highest scores",
    "tile_lowest": "Lowest scores",
    "tile_changed": "What changed since {wave}",
    "tile_one_wave": "There is one wave only so far.",
    "tile_nothing": "Nothing to show.",
    "tile_none_apart": "no scale stands out",
    "tile_not_compared": "waves not compared",
    "tile_up": "up on {count} of {scales} scales",
    "tile_down": "down on {count} of {scales} scales",
    "tile_score": "{scale} ({mean} of at most {highest})",
    "tile_unclear": "no clear change",
    "tile_compared": "{told} ({count} of {scales} scales compared)",
    "tiles_reading": "Highest and lowest count from the lowest to the highest possible score of each scale; two scales "
    "that cannot be told apart stand together. A high score is not the same as a good one.",
    "take_away": "Take away",
    "take_away_intro": "Files of release {release} to carry away. They say what this dashboard says and hold figures "
    "of the release only. They were made after the release; nothing is made while you wait.",
    "take_away_none": "No files in this language lie ready. Whoever runs the study makes them with this command, "
    "STUDY being the folder of the study:",
    "terms_reading": "“(organisation mean)” after a name stands for the mean of the answers in an organisation, "
    "“(difference from the organisation)” for how far a person's answer lies from that mean. The first compares "
    "organisations, the second people of one organisation.",
    "product_reading": "“A × B” asks whether A goes together with the outcome more strongly where B is higher.",
    "model_line_reading": "A model may be fitted in several ways (variants); the model as written comes first. "
    "Clusters are organisations whose people answer more alike than others; standard errors say how exactly a "
    "coefficient is known, and robust ones allow for that. The share of variance explained runs from 0 (nothing) to 1 "
    "(everything).",
    "without_main": "The model as written is not shown in this release; what follows is its variant “{variant}”.",
    "none_of_them": "none",
    "take_away_reading": "Only files are offered that were made of this very release and are unchanged since.",
    "download": "Download {kind}, {language} ({size})",
    "kind_pdf": "PDF",
    "kind_pptx": "PowerPoint",
    "kind_xlsx": "Excel",
    "kind_html": "HTML",
    "carried_pdf": "**Report for a board**: to print and to read, also with a screen reader.",
    "carried_pptx": "**Slides**: one message a slide, with charts that can be edited and notes for the speaker.",
    "carried_xlsx": "**Workbook**: the figures of the report and those of all waves, to sort and filter.",
    "carried_html": "**One page**: opens in any browser, also without a network.",
    "report_unreadable": "{file} cannot be read by the dashboard and is not offered. Who made it can make it again.",
    "report_missing": "{file} was made but is not there any more.",
    "report_changed": "{file} is not as it was made and is not offered. It can be made again.",
    "report_of_other_release": "{file} was made of another file than the release shown here and is not offered. It "
    "can be made again.",
    "report_not_recorded": "{file} has no record that says of which release it was made, and is not offered. It can "
    "be made again.",
    "record_unreadable": "{file} is to say which files were made, but cannot be understood. They can be made again.",
}
