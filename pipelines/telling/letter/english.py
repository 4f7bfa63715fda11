"""Every word that the weekly letter says of its own, in English; ``danish`` has the same keys and placeholders."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "title": "Fieldwork, {date}",
    "nothing": "Nobody has answered yet.",
    "undated": "When people answered is not known, as no source names a column with the day: identifiers, ended_at.",
    "in_short": "In short",
    "short_share": "{wave}, {group}: {share} of the invited have answered, {before} a week before.",
    "short_goal_missed": "{wave}, {group}: {share} of the invited have answered, {before} a week before; "
    "the goal is {goal}.",
    "short_goal_reached": "{wave}, {group}: {share} of the invited have answered, {before} a week before; "
    "the goal of {goal} is reached.",
    "short_count": "{wave}, {group}: {n} have answered, {before} a week before.",
    "short_open": "Open questions: {n}. They stand at the end, each with what to do.",
    "short_nothing_open": "There are no open questions.",
    "who": "Who has answered",
    "who_caption": "Complete and partial responses until the day before this letter",
    "who_reading": "Answered are complete and partial responses of all organisations together; days are those of UTC.",
    "fewer": "under {n}",
    "few_note": "Counts of people under {n} are not told, nor shares of them.",
    "group": "Group",
    "invited": "Invited",
    "answered": "Answered",
    "week_before": "Week ago",
    "share": "Share",
    "share_week_before": "Share week ago",
    "goal": "Goal",
    "quality": "How good the answers are",
    "quality_caption": "Analysed responses, and what is notable about them",
    "analysed": "Analysed",
    "flagged": "Flagged",
    "broken_off": "Broke off",
    "share_missing": "Missing answers",
    "quality_reading": "Flagged are responses that at least one check of careless responding marks; "
    "nothing is left out for it. Missing answers are the mean share over items.",
    "rejected_caption": "Rows and cells that were not taken",
    "rule": "Rule",
    "n_rejected": "Rows and cells",
    "rejected_reading": "Each stands with its reason in the table core.rejects.",
    "open": "Open questions",
    "nothing_open": "None.",
    "blocked_waves": "Waves blocked by validation: {n} ({names}). Run sensemaking run STUDY to see why; "
    "mend the export or the instrument.",
    "late_sources": "Sources whose export is late: {n} ({names}). Look whether the platform still exports "
    "and the files reach exports/.",
    "failing_steps": "Steps of runs that fail: {n} ({names}). Run sensemaking run STUDY and read what it prints.",
    "outside_frame": "Responses of nobody in the list of invited: {n} (waves {names}). Compare the keys "
    "of the export with the list, or add who is missing.",
    "unlinked": "Pairs of responses that may be the same person: {n} (waves {names}). Decide them on the workbench.",
    "unknown_columns": "Columns with answers that no instrument asks for: {n} (sources {names}). Run "
    "sensemaking inspect on the export; add the item, or leave it.",
    "stray_files": "Files in exports/ that belong to no source: {n}. Run sensemaking run STUDY to see "
    "their names; name them in study.yaml or take them away.",
    "refused_models": "Models that the data cannot carry yet: {n} ({names}). Run sensemaking run STUDY to read why.",
    "given_up": "Messages that could not be delivered: {n}. See sensemaking tell STUDY --status.",
    "no_data": "Written by the software. No answers and no personal data are in this letter.",
}
