"""Every sentence that the dashboard says of its own, in English; ``danish`` has the same keys and placeholders."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "language": "English",
    "choose_language": "Language",
    "skip": "Skip to the content",
    "overview": "Overview",
    "results": "What goes together",
    "dashboard": "Survey results",
    "synthetic": "SYNTHETIC DATA. Every answer is invented; no figure says anything about a real organisation or "
    "person.",
    "release_line": "Release {release}, published {date}. Every figure stands for at least {least} people; numbers "
    "of people are rounded to 5.",
    "nothing_released": "Nothing has been released yet. Run: sensemaking release STUDY",
    "no_folder": "The folder of releases was not found. Start this page with: sensemaking dashboard STUDY",
    "pointer_unreadable": "The note on which release is current (current.json) cannot be read. Publish again with: "
    "sensemaking release STUDY",
    "file_missing": "The file of the current release is missing. Publish again with: sensemaking release STUDY",
    "file_changed": "The file of the current release is not the one that was published, so it is not shown. Publish "
    "again with: sensemaking release STUDY",
    "file_unreadable": "The file of the current release cannot be opened. Publish again with: sensemaking release "
    "STUDY",
    "newer_schema": "The current release was made by a newer version of the software. Update the dashboard.",
    "other_release": "The file of the current release says of itself that it is another release, so it is not shown. "
    "Publish again with: sensemaking release STUDY",
    "no_audit": "The file of the current release has no record that it passed the disclosure audit, so it is not "
    "shown. Publish again with: sensemaking release STUDY",
    "under_embargo": "The results are under embargo. They are shown here from {until}.",
    "withdrawn": "The results that were shown here have been withdrawn. New ones are shown once they are released.",
    "last_good": "You see the last good release, number {release}. {reason}",
    "in_short": "In short",
    "who_answered": "Who answered",
    "scores": "What the scores show",
    "answers": "How the answers fall",
    "as_table": "As a table",
    "how_to_read": "How to read this page",
    "limits": "What these figures do not say",
    "group": "Respondent group",
    "wave": "Wave",
    "scale": "Scale",
    "n_responses": "Responses",
    "n_invited": "Invited",
    "n_organisations": "Organisations",
    "response_rate": "Response rate",
    "status": "Status",
    "status_line": "Status of the questions behind: {status}",
    "status_of_some": "{status}: {scales}",
    "no_inference": "No inference to a population: {groups}. Not everyone was asked, and those asked were not drawn at "
    "random; intervals and p-values assume that they were.",
    "responses": "{count} responses",
    "wave_responses": "{wave}, responses",
    "rate_of_invited": "{rate} of about {invited} invited",
    "rate_alone": "Response rate {rate}",
    "no_rate": "Response rate not known",
    "wave_line": "{wave}: {text}",
    "short_rates": "**Who answered** ({wave}): {rates}.",
    "short_change": "**{group}** since {wave}: {changes}.",
    "short_models": "**What goes together**: {clear} of {models} models show a clear connection; {planned} of the "
    "{models} were planned and locked before the data came. See the page “What goes together”.",
    "and_more": "{scales} and {count} more",
    "up_on": "up on {scales}",
    "down_on": "down on {scales}",
    "unclear_on": "no clear change on {count} of {scales} scales",
    "unclear_on_all": "no clear change on any scale",
    "not_said_on": "not shown on {count}",
    "apart_on": "waves not compared on {count}",
    "short_all_apart": "**Waves are not compared**: no scale was shown to be measured alike in them; why is said under "
    "“Scores of one wave at a time”.",
    "short_some_apart": "Where it was not shown that a scale is measured alike in the waves, they are not compared; "
    "why is said under “Scores of one wave at a time”.",
    "alike_scalar": "Shown to be measured alike in these waves, with the same loadings and intercepts or thresholds "
    "(scalar invariance): {scales}.",
    "alike_strict": "Shown to be measured alike in these waves, and equally precisely (strict invariance): {scales}.",
    "alike_differing": "{scale} (but for {count} parameters)",
    "waves_apart": "Scores of one wave at a time",
    "apart_not_shown": "Not shown to be measured alike in these waves: {scales}.",
    "apart_not_tested": "Whether they are measured alike in these waves was looked at, but the answers cannot carry "
    "the test: {scales}.",
    "apart_too_few": "Too few people stand behind these waves, or behind what changed, to set them side by "
    "side: {scales}.",
    "apart_other_waves": "Shown to be measured alike in some of the waves, but not in all that would be compared here: "
    "{scales}.",
    "apart_no_test": "Made up of separate things that need not go together, so that no test says whether they are "
    "measured alike in these waves: {scales}.",
    "apart_not_looked_at": "Nobody has looked yet at whether they are measured alike in these waves: {scales}.",
    "apart_reading": "Waves stand side by side, and a change is told, only where the answers show that the questions "
    "measure the same in these waves. Elsewhere a difference may come from questions being understood differently, so "
    "one wave is shown at a time.",
    "conditions_not_met": "**Read with care**: of the conditions that were set for the measurement of these scores, "
    "{count} could not be shown to hold.",
    "missed_line": "{scale} ({group}): {reason}",
    "missed_several": "{line} ({count} conditions)",
    "missed_everybody": "all respondent groups",
    "missed_reliability": "the score is less reliable than was asked for",
    "missed_fit": "the answers fit the way these questions are put together less well than was asked for",
    "missed_organisations": "may not be averaged to the organisation: too few organisations have scores",
    "missed_members": "may not be averaged to the organisation: too few members answered",
    "missed_icc_1": "may not be averaged to the organisation: too little of the differences lies between organisations",
    "missed_f_test": "may not be averaged to the organisation: the organisations cannot be told apart by their scores",
    "missed_rwg_j_median": "may not be averaged to the organisation: members of the same organisation agree too little",
    "missed_icc_2": "may not be averaged to the organisation: the averages are too unreliable",
    "missed_comparison": "not shown to be measured alike ({over})",
    "missed_unknown": "a condition could not be looked at: too few answers, or answers that do not carry it",
    "missed_other": "a condition does not hold",
    "over_wave": "waves",
    "over_language": "languages",
    "over_respondent_group": "respondent groups",
    "over_source": "sources",
    "over_form": "wordings of the questions",
    "change_up": "Up since {wave}: {difference} ({low} to {high})",
    "change_down": "Down since {wave}: {difference} ({low} to {high})",
    "change_unclear": "No clear change since {wave}: {difference} ({low} to {high})",
    "change_unknown": "Change since {wave}: not shown",
    "change": "Change",
    "mean_score": "Mean score",
    "scored_as": "Questions combined as",
    "mean": "mean",
    "sum": "sum",
    "interval": "95% interval",
    "alpha": "Cronbach's alpha",
    "omega": "Omega (one factor)",
    "n": "n",
    "score_axis": "Score, {lowest} (lowest possible) to {highest} (highest possible)",
    "score_said": "{scale}, {wave}: {value} ({low} to {high}), n about {n}",
    "score_alt": "Scores of {group} with 95% intervals, one row a scale. The same figures stand in the table below.",
    "score_reading": "A dot is the score of a wave, its line the 95% interval. A change is called up or down when "
    "the interval of the difference between the waves leaves out zero. Waves are treated as independent; where the "
    "same people answered twice, that makes a change harder to call.",
    "rate_reading": "The response rate follows AAPOR's response rate 2 (complete and partial responses out of all "
    "invited units) and is computed from the rounded numbers shown, so in a small group it can be some points off. It "
    "is not shown where it would tell how a few people behaved.",
    "rounding_reading": "Figures are rounded when they are released, so parts may not add up to 100. “Not shown” "
    "means that too few people stand behind a figure, or that it would give away another one that must not be shown.",
    "high_means": "A high score means: {meaning}",
    "answers_reading": "Each bar is one question, sorted by the share of answers that point to a high score; the "
    "share stands at the end of the row. Questions worded the other way round are turned. Neutral answers stand "
    "apart, so that the two sides can be compared.",
    "answers_alt": "Answers of {group} in {wave} to the questions of {scale}, in per cent. The same figures stand "
    "in the table below.",
    "strongly_low": "Points clearly to a low score",
    "low": "Points to a low score",
    "neutral": "Neutral",
    "high": "Points to a high score",
    "strongly_high": "Points clearly to a high score",
    "mixed": "Options joined across the middle",
    "band_said": "{labels}: {percent} of about {n} answers",
    "no_answers": "There are no answers to these questions in this group and wave.",
    "question": "Question",
    "answer": "Answer",
    "share": "Share",
    "turned": "Worded the other way round; turned here",
    "end_high": "{percent} high",
    "from_to": "{low} to {high}",
    "results_intro": "The models say which answers go together once the other terms are taken into account. Two "
    "things may go together without one bringing the other about.",
    "no_models": "This release holds no models.",
    "confirmatory": "Confirmatory",
    "exploratory": "Exploratory",
    "because_locked": "planned and locked before the data came",
    "because_amended": "planned and locked before the data came, with a change that was written down before them too",
    "because_never_locked": "not locked in advance: a question to follow up, not an answer",
    "because_locked_after_data": "locked when data had come already: a question to follow up, not an answer",
    "because_changed_after_lock": "not as it was locked: a question to follow up, not an answer",
    "because_amended_after_data": "changed, with a reason, after the data had come: a question to follow up, "
    "not an answer",
    "because_by_hand": "fitted by hand: a question to follow up, not an answer",
    "because_plan_altered": "the record of the plan was changed: a question to follow up, not an answer",
    "hypothesis": "**Expected**: {text}",
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
    "found_nothing": "The model has no single term of interest; see the table.",
    "as_expected": "The sign is as expected.",
    "against_expected": "The sign is the opposite of what was expected.",
    "not_settled": "Whether the expected sign holds is not settled by these answers.",
    "main": "Model as written",
    "model_line": "n about {n}, {clusters}standard errors: {covariance}, share of variance explained: {r_squared}, "
    "estimator: {estimator}.",
    "level_organisation_and_wave": "n counts organisations in waves, by the means of their answers, not people.",
    "level_organisation": "n counts organisations, by the means of their answers, not people.",
    "within_groups": "Compared within {groups} only: what sets these apart from each other is taken out, and the share "
    "explained is of what is left.",
    "mixed_groups": "People of the same group answer more alike than others, and the model expects that of {groups}; "
    "what is expected of a single one is never shown.",
    "imputed": "What was left unanswered was filled in {count} times from what people like them answered, and the "
    "results put together; n counts them too.",
    "estimator_mixed": "mixed model",
    "groups_organisation_id": "organisations",
    "groups_respondent_key": "persons",
    "groups_dyad_id": "persons whom dyads share",
    "groups_wave": "waves",
    "groups_respondent_group": "respondent groups",
    "groups_source": "sources",
    "groups_language": "languages",
    "groups_and": "{first} and {second}",
    "clusters": "{count} clusters, ",
    "covariance_classical": "classical",
    "covariance_HC0": "robust to unequal variance (HC0)",
    "covariance_HC1": "robust to unequal variance (HC1)",
    "covariance_HC2": "robust to unequal variance (HC2)",
    "covariance_HC3": "robust to unequal variance (HC3)",
    "covariance_cluster": "robust to dependence within clusters",
    "covariance_CR0": "robust to dependence within clusters (CR0)",
    "covariance_CR1": "robust to dependence within clusters (CR1)",
    "covariance_jackknife": "jackknife over organisations",
    "covariance_CR1S": "robust to dependence within clusters (CR1S)",
    "covariance_CR2": "robust to dependence within clusters, also when these are few (CR2)",
    "covariance_CR3": "robust to dependence within clusters, cautious when these are few (CR3)",
    "covariance_design": "by the design of the sample",
    "covariance_CR1S_two_way": "robust to dependence within clusters of two kinds (CR1S)",
    "coefficient_axis": "Points of {outcome} for one unit more",
    "coefficient_said": "{term}, {variant}: {estimate} ({low} to {high})",
    "coefficient_alt": "Coefficients of the model {model} with confidence intervals. The same figures stand in the "
    "table below.",
    "coefficient_reading": "A dot is a coefficient, its line the confidence interval. A line that crosses zero "
    "shows no clear connection.",
    "terms_in_the_table": "{count} more terms, such as backgrounds and waves, stand in the table.",
    "of_interest": "Term of interest",
    "term": "Term",
    "variant": "Variant",
    "label": "Planned?",
    "estimate": "Estimate",
    "estimate_interval": "Interval",
    "p_value": "p",
    "intercept": "Intercept",
    "how_made": "How was this made?",
    "how_made_note": "What is to be known: {estimand}",
    "rerun_note": "A methodologist repeats a fit with: sensemaking rerun STUDY FIT_ID",
    "fit_id": "Fit",
    "spec_hash": "Model",
    "data_hash": "Data",
    "code_hash": "Software",
    "env_hash": "Environment",
    "digest": "Results",
    "units": "Organisations",
    "units_intro": "Mean scores of single organisations in **{group}**, {wave}. Blue cells lie above the score of "
    "everybody in the group, brown ones below; the stronger the colour, the farther. Hatched cells are not shown.",
    "regions": "Groups of organisations",
    "region_alt": "Scores of everybody and of groups of organisations in {group}, {wave}, one row a group and one "
    "column a scale. The same figures stand in the table below.",
    "no_units": "This release holds no figures of single organisations.",
    "instrument": "Questions about",
    "region": "Group of organisations",
    "every_region": "All organisations",
    "unit": "Organisation",
    "everybody": "Everybody",
    "rows_from": "Organisations {first} to {last}",
    "unit_alt": "Scores of organisations of {group} in {wave}, one row an organisation and one column a scale. The "
    "same figures stand in the table below.",
    "unit_said": "{unit}, {scale}: {value}, n about {n}",
    "unit_hidden": "{unit}, {scale}: not shown",
    "page": "Page",
    "not_shown": "not shown",
    "unit_card": "One organisation",
    "band_above": "clearly above everybody",
    "band_below": "clearly below everybody",
    "band_unclear": "cannot be told from everybody",
    "band_line": "**{scale}**: {value} ({low} to {high}), n about {n}; {band}.",
    "hidden_line": "**{scale}**: not shown.",
    "percent_high_line": "{percent} of them score above the middle.",
    "units_reading": "An organisation is called clearly above or below everybody where its difference stands out "
    "among all cells of the page (false discoveries kept to one in twenty). All others cannot be told apart, whatever "
    "their colour: most of the order among organisations is chance.",
    "units_hidden_reading": "A hatched cell is not shown: too few people stand behind it, or it would tell of another "
    "cell that must not be shown, or nobody answered. Which of these is not said. Shares of high scores are never "
    "shown below 5 or above 95 per cent.",
}
