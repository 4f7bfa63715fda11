"""Marks of processes: written and read without a change, and dead only where that is proved."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.process_mark import ProcessMark, mark_from, mark_of_this_process, started_at

marks = st.builds(
    ProcessMark,
    process=st.integers(0, 2**31),
    started=st.integers(0, 2**60),
    boot=st.text(),
    numbers=st.text(),
    host=st.text(),
)


@given(marks)
def test_a_mark_is_read_as_it_was_written(mark):
    assert mark_from(json.loads(mark.written())) == mark


@given(marks)
def test_only_a_process_of_this_machine_and_numbering_is_judged(mark):
    here = mark_of_this_process()
    if mark.host != here.host:
        assert mark.life() == "elsewhere"
    same_host = replace(mark, host=here.host)
    assert same_host.life() == ("dead" if mark.boot != here.boot else "elsewhere")


@pytest.mark.parametrize(
    "note", [{}, {"process": 1}, {"process": "x", "started": 1, "boot": "", "numbers": "", "host": ""}]
)
def test_a_note_without_a_mark_is_none(note):
    assert mark_from(note) is None


def test_this_process_is_alive_and_its_number_at_another_time_is_dead():
    here = mark_of_this_process()
    assert here.process == os.getpid()
    assert here.life() == "alive"
    assert replace(here, started=here.started + 1).life() == "dead"


def test_a_process_that_ended_is_dead_also_while_nobody_has_asked_after_it():
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        mark = replace(mark_of_this_process(), process=process.pid, started=started_at(process.pid))
        assert mark.life() == "alive"
        process.kill()
        ends = time.monotonic() + 10
        while mark.life() == "alive" and time.monotonic() < ends:
            time.sleep(0.01)
        assert mark.life() == "dead"
    assert mark.life() == "dead"


def test_the_name_of_a_program_cannot_feign_another_start():
    name_itself = "import ctypes, time; ctypes.CDLL(None).prctl(15, b') R 1 1 1 (', 0, 0, 0)"
    code = f"{name_itself}; print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"1\n"
        assert abs(started_at(process.pid) - started_at(os.getpid())) < 100 * 3600 * 24
        assert started_at(process.pid) >= started_at(os.getpid())
        process.kill()
