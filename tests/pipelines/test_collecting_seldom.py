"""Garbage collection during a run: seldom while it lasts, as it was before afterwards, whatever happens."""

import gc

import pytest

from pipelines.commands.run import COLLECT_AFTER, collecting_seldom


def test_garbage_is_collected_seldom_in_a_run_and_as_before_after_it():
    usual = gc.get_threshold()
    with collecting_seldom():
        assert gc.get_threshold() == (COLLECT_AFTER, *usual[1:])
    assert gc.get_threshold() == usual


def test_a_run_that_fails_leaves_garbage_collection_as_it_was():
    usual = gc.get_threshold()
    with pytest.raises(RuntimeError), collecting_seldom():
        raise RuntimeError
    assert gc.get_threshold() == usual
