"""Fieldwork sections of study.yaml: what is named and not there, and rules that cannot hold, each with its remedy."""

import pytest
from pilot_study import STUDY, pilot_study, write_study

from instruments.faults import SpecError
from pipelines.load import load_study

FRAME = "unit_id,wave,organisation_id,respondent_group,sector,size\nu1,spring,o1,MGR,health,large\n"
WITH_FRAME = STUDY + "frame: {file: frame.csv}\n"


def faults(tmp_path, study):
    folder = write_study(tmp_path, study)
    (folder / "frame.csv").write_text(FRAME)
    with pytest.raises(SpecError) as caught:
        load_study(folder)
    return [(fault.place, fault.message) for fault in caught.value.faults]


def test_sections_that_fit_have_no_fault(tmp_path):
    (tmp_path / "frame.csv").write_text(FRAME)
    (tmp_path / "contacts.csv").touch()
    text = """\
contact_log: {file: contacts.csv, wave: spring}
weights:
  design: {stratum: sector, stratum_size: size}
  nonresponse: {variables: [sector, size]}
  calibration:
    because: a register
    margins: {MGR: {workplace: {"1": 10, "2": 20}, sector x size: {health x large: 30}}}
representativity: {variables: [sector]}
"""
    assert pilot_study(tmp_path, WITH_FRAME + text).spec.weights is not None


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "contact_log: {file: contacts.csv}\n",
            ("contact_log.file", "there is no file contacts.csv in the study folder"),
        ),
        (
            "contact_log: {file: frame.csv, wave: sprong}\n",
            ("contact_log.wave", "there is no wave 'sprong'; did you mean 'spring'?"),
        ),
        (
            "contact_log: {file: frame.csv, outcomes: {gone: moved away}}\n",
            ("contact_log.outcomes", "there is no disposition 'moved away'"),
        ),
        (
            "weights: {nonresponse: {variables: [sectr]}}\n",
            ("weights.nonresponse.variables", "there is no column of frame.csv 'sectr'; did you mean 'sector'?"),
        ),
        (
            "weights: {design: {selection_probability: p}}\n",
            ("weights.design.selection_probability", "there is no column of frame.csv 'p'"),
        ),
        ("weights: {design: {stratum: sector}}\n", ("weights.design", "give stratum and stratum_size together")),
        (
            "weights: {design: {}}\n",
            ("weights.design", "give either selection_probability, or stratum and stratum_size"),
        ),
        (
            "representativity: {variables: [sise]}\n",
            ("representativity.variables", "there is no column of frame.csv 'sise'; did you mean 'size'?"),
        ),
        (
            "weights: {calibration: {because: x, margins_file: margins.csv}}\n",
            ("weights.calibration.margins_file", "there is no file margins.csv in the study folder"),
        ),
        (
            "weights: {calibration: {because: x, margins: {MRG: {sector: {health: 1}}}}}\n",
            ("weights.calibration.margins", "there is no respondent group 'MRG'; did you mean 'MGR'?"),
        ),
        (
            "weights: {calibration: {because: x, margins: {MGR: {workplase: {a: 1}}}}}\n",
            (
                "weights.calibration.margins.MGR.workplase",
                "there is no item or column of the frame 'workplase'; did you mean 'workplace'?",
            ),
        ),
        (
            "weights: {calibration: {because: x, margins: {MGR: {sector: {health: 0}}}}}\n",
            ("weights.calibration", "the margin sector needs categories with numbers above 0"),
        ),
        (
            "weights: {calibration: {because: x}}\n",
            ("weights.calibration", "give either margins and totals, or margins_file"),
        ),
        (
            "weights: {calibration: {margins: {MGR: {sector: {health: 1}}}}}\n",
            ("weights.calibration.because", "this key is missing; add it"),
        ),
        (
            "weights: {trimming: {rule: times_mean, times: 0.9, because: x}}\n",
            ("weights.trimming.times", "expected greater than 1, found 0.9"),
        ),
        ("eligibility: {method: stated}\n", ("eligibility", "give a share with the method stated, and only then")),
        ("eligibility: {method: stated, share: 0.5}\n", ("eligibility", "say in because where the share comes from")),
        (
            "dispositions: {edition: aapor_2015}\n",
            (
                "dispositions.edition",
                "expected 'aapor_2016' or 'aapor_2023', found 'aapor_2015'; did you mean 'aapor_2016'?",
            ),
        ),
        (
            'dispositions: {platform_status: {efs: {"37": screened}}}\n',
            ("dispositions.platform_status", "there is no disposition 'screened'; did you mean 'screened_out'?"),
        ),
    ],
)
def test_what_is_not_there_or_cannot_hold_is_a_fault_with_a_remedy(tmp_path, section, expected):
    ((place, message),) = faults(tmp_path, WITH_FRAME + section)
    assert place == expected[0]
    assert message.startswith(expected[1])


def test_what_needs_a_frame_says_so_without_one(tmp_path):
    (tmp_path / "contacts.csv").touch()
    text = "contact_log: {file: contacts.csv}\nweights: {nonresponse: {variables: [sector]}}\n"
    assert faults(tmp_path, STUDY + text) == [
        ("contact_log", "contacts belong to units of a frame; give frame"),
        ("weights.nonresponse.variables", "this needs a list of invited units; give frame"),
    ]
