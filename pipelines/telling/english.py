"""Every word that messages say of their own, in English; ``danish`` has the same keys and placeholders."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "failed_run": "a run failed",
    "failed_run_said": "A step of a run failed. Tables and releases that were there before are as they were.",
    "blocked_validation": "data of wave {wave} are blocked",
    "blocked_validation_said": "Wave {wave} did not pass validation: {n} failures. Nothing of it was "
    "changed or released.",
    "late_export": "an export is late",
    "late_export_said": "An export that was expected has not come.",
    "falling_response_rate": "fewer people answer",
    "falling_response_rate_said": "Fewer of the invited have answered than before.",
    "drifting_reliability": "the reliability of a scale has changed",
    "drifting_reliability_said": "Alpha or omega of a scale differs from what it was.",
    "changed_question": "a question changed",
    "changed_question_said": "A question is not what it was when the source was set up. Nothing "
    "is fetched of it until somebody decides.",
    "finished_release": "release {n} is finished",
    "finished_release_said": "Release {n} was protected, audited and published.",
    "recovered": "it is well again",
    "recovered_said": "What was told before is over.",
    "test": "a test message",
    "test_said": "This is a test. Messages about this study reach you.",
    "letter": "fieldwork in week {week}",
    "letter_said": "The weekly letter of fieldwork is attached as PDF.",
    "remedy_data": "The data cannot be used as they are. Run sensemaking run STUDY to read what was found "
    "where, mend the export or the specification, and run again.",
    "remedy_specification": "A specification is wrong. Run sensemaking check STUDY, mend what it names, and run again.",
    "remedy_environment": "The machine stands in the way: a full disk, a locked or damaged file, missing "
    "rights. Look at the disk, then run sensemaking run STUDY.",
    "remedy_defect": "This is a defect of the software. Run sensemaking run STUDY, keep what it prints, and report it.",
    "remedy_blocked_validation": "Run sensemaking run STUDY to see the rows (table raw.failures). Mend "
    "the export or the instrument, put the export into exports/ again, and run again.",
    "remedy_late_export": "Look whether the platform still exports and whether its files reach exports/. "
    "Where the field is closed, put the last export there, or set ends_on of the wave.",
    "remedy_falling_response_rate": "Look at the page of fieldwork on the workbench (sensemaking "
    "workbench STUDY): on which days it stopped, at which item people break off. Remind those who have "
    "not answered.",
    "remedy_drifting_reliability": "Look at the items on the workbench (sensemaking workbench STUDY): was "
    "an item worded, ordered or coded otherwise? Before models that use the scale are read, compare "
    "measurement over waves.",
    "remedy_changed_question": "Run sensemaking pull STUDY to read which questions changed and how. Put "
    "the survey as it was, or mend the instrument and accept the change, with the reason.",
    "remedy_finished_release": "Nothing is to be done. Look at it with sensemaking dashboard STUDY; "
    "sensemaking releases STUDY lists all.",
    "remedy_recovered": "Nothing is to be done.",
    "remedy_test": "Nothing is to be done.",
    "remedy_letter": "Open questions stand at its end, each with what to do.",
    "where": "Where",
    "what_to_do": "What to do",
    "more": "and {n} more",
    "study": "Study: {title} ({name})",
    "synthetic": "SYNTHETIC: the answers are invented.",
    "noticed": "Noticed: {at} UTC",
    "no_data": "Written by the software. No answers and no personal data are in this message.",
    "place_wave": "wave {name}",
    "place_group": "group {name}",
    "place_source": "source {name}",
    "place_file": "file {name}…",
    "place_table": "table {name}",
    "place_column": "column {name}",
    "place_rule": "rule {name}",
    "place_scale": "scale {name}",
    "place_step": "step {name}",
    "place_n": "{n} failures",
    "fault_data": "the data cannot be used",
    "fault_specification": "a specification is wrong",
    "fault_environment": "the machine stands in the way",
    "fault_defect": "defect of the software",
    "measure_response_rate": "answered",
    "measure_alpha": "alpha",
    "measure_omega": "omega",
    "figure_against_wave": "{measure} {now}; {was} in wave {against} on the same day in the field",
    "figure_of_wave": "{measure} {now}; {was} in wave {against}",
    "figure_against_run": "{measure} {now}; {was} at the last run",
    "since": "last export {since} UTC",
    "since_never": "no export yet",
    "over_failed_run": "the step works again",
    "over_blocked_validation": "the validation is passed",
    "over_late_export": "an export has come, or none is expected any more",
    "over_changed_question": "the change was decided",
}
