"""Garbage collection during a run: seldom while it lasts, as it was before afterwards, whatever happens."""

import gc

import pytest

from pipelines.definitions import COLLECT_AFTER, collecting_after


def test_garbage_is_collected_seldom_in_a_run_and_as_before_after_it():
    usual = gc.get_threshold()
    with collecting_after(COLLECT_AFTER):
        assert gc.get_threshold() == (COLLECT_AFTER, *usual[1:])
    assert gc.get_threshold() == usual


def test_a_run_that_fails_leaves_garbage_collection_as_it_was():
    usual = gc.get_threshold()
    with pytest.raises(RuntimeError), collecting_after(COLLECT_AFTER):
        raise RuntimeError
    assert gc.get_threshold() == usual
