"""Locks: one holder at a time, freed when the holder dies, told by name to the one who waits."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.lock import exclusive, holder_of

HOLD = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from pipelines.lock import exclusive
    with exclusive(Path(sys.argv[1]), "a test run"):
        print("held", flush=True)
        time.sleep(float(sys.argv[2]))
    """
)


def holder(path, seconds):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


@pytest.fixture
def lock(tmp_path):
    return tmp_path / "warehouse" / "run.lock"


def test_a_lock_names_its_holder(lock):
    with exclusive(lock, "a test"):
        record = json.loads(lock.read_text(encoding="utf-8"))
        assert (record["purpose"], record["process"]) == ("a test", os.getpid())
        assert holder_of(lock) == f"a test (process {os.getpid()}, since {record['since']})"


def test_the_same_process_may_enter_again_and_holds_until_it_leaves_for_the_last_time(lock):
    with exclusive(lock, "outer"):
        with exclusive(lock, "inner"):
            pass
        process = subprocess.Popen([sys.executable, "-c", HOLD, str(lock), "0"], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1.5)
    assert process.communicate(timeout=30)[0] == "held\n"


def test_an_error_inside_frees_the_lock(lock):
    with pytest.raises(ValueError, match="inside"), exclusive(lock, "a test"):
        raise ValueError("inside")
    with holder(lock, 0) as process:
        assert process.wait(timeout=30) == 0


def test_the_one_who_waits_is_told_once_for_whom(lock):
    said = []
    with holder(lock, 0.5) as process, exclusive(lock, "the next", said.append):
        assert len(said) == 1
        assert said[0].startswith(f"Waiting for a test run (process {process.pid}, since ")


def test_nobody_is_told_anything_when_the_lock_is_free(lock):
    said = []
    with exclusive(lock, "a test", said.append):
        assert said == []


def test_a_killed_holder_frees_the_lock(lock):
    with holder(lock, 60) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        with exclusive(lock, "the next"):
            assert holder_of(lock).startswith("the next")


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"purpose": "x"}'])
def test_a_lock_file_that_says_nothing_useful_is_another_process(lock, content):
    lock.parent.mkdir()
    lock.write_text(content, encoding="utf-8")
    assert holder_of(lock) == "another process"
    assert holder_of(lock.with_name("absent.lock")) == "another process"


def test_two_locks_are_independent(lock):
    with exclusive(lock, "one"), holder(lock.with_name("other.lock"), 0) as process:
        assert process.wait(timeout=30) == 0


def test_waiting_for_another_process_keeps_no_thread_from_its_own_locks(lock):
    foreign = lock.with_name("other.lock")
    told, entered = threading.Event(), []

    def wait_for_the_other():
        with exclusive(foreign, "the next", lambda _: told.set()):
            entered.append("foreign")

    def enter_own():
        with exclusive(lock, "a thread"):
            entered.append("own")

    with holder(foreign, 60) as process, ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(wait_for_the_other)
        try:
            assert told.wait(timeout=10)
            pool.submit(enter_own).result(timeout=10)
            assert entered == ["own"]
        finally:
            process.kill()
        waiting.result(timeout=10)
    assert entered == ["own", "foreign"]


def test_a_lock_entered_in_one_thread_is_left_in_another(lock):
    entered = exclusive(lock, "a run")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(entered.__enter__).result(timeout=10)
    entered.__exit__(None, None, None)
    with holder(lock, 0) as process:
        assert process.wait(timeout=30) == 0


def test_threads_of_one_process_enter_and_leave_without_losing_the_lock(lock):
    barrier = threading.Barrier(4)

    def enter(_):
        barrier.wait()
        for _ in range(20):
            with exclusive(lock, "a thread"):
                assert lock.exists()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, range(4)))
    with holder(lock, 0) as process:
        assert process.wait(timeout=30) == 0
