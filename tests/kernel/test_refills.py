"""Refills on their own: what is used comes back one period later, and no time is made or lost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from kernel import refills
from kernel.costs import MIN_BUDGET
from kernel.objects import SchedContext

PERIOD = 10_000_000
MOST = 5


def context_with(*entries: tuple[int, int], period: int = PERIOD, refill_max: int = MOST) -> SchedContext:
    context = SchedContext(1, 0, 9)
    context.period = period
    context.refill_max = refill_max
    context.refills = [list(entry) for entry in entries]
    context.budget = sum(amount for _, amount in entries)
    return context


def clock(now: int) -> Any:
    return SimpleNamespace(now=now, emit=lambda event: None)


def test_a_single_refill_that_is_used_up_comes_back_a_period_later() -> None:
    context = context_with((1_000, 100_000))
    refills.charge(clock(200_000), context, 100_000)
    assert context.refills == [[1_000 + PERIOD, 100_000]]


def test_a_partly_used_head_shrinks_and_what_was_used_comes_back_a_period_after_its_start() -> None:
    context = context_with((1_000, 100_000))
    refills.charge(clock(200_000), context, 30_000)
    assert context.refills == [[31_000, 70_000], [1_000 + PERIOD, 30_000]]


def test_usage_that_spans_several_refills_takes_them_in_order() -> None:
    context = context_with((0, 50_000), (200_000, 50_000), (400_000, 50_000))
    refills.charge(clock(500_000), context, 110_000)
    assert context.refills == [
        [410_000, 40_000], [PERIOD, 50_000], [200_000 + PERIOD, 50_000], [400_000 + PERIOD, 10_000],
    ]  # fmt: skip


def test_adjacent_refills_at_the_tail_become_one() -> None:
    context = context_with((0, 50_000), (50_000, 50_000), (90_000, 50_000))
    refills.charge(clock(500_000), context, 100_000)
    assert context.refills == [[90_000, 50_000], [PERIOD, 100_000]]


def test_a_full_list_delays_its_tail_so_that_both_end_together() -> None:
    context = context_with((0, 100_000), (5_000_000, 40_000), refill_max=2)
    refills.charge(clock(200_000), context, 30_000)
    assert context.refills == [[30_000, 70_000], [PERIOD - 40_000, 70_000]]


def test_a_head_too_small_to_be_useful_joins_the_next() -> None:
    context = context_with((0, 50_000), (200_000, 50_000))
    refills.charge(clock(60_000), context, 50_000 - MIN_BUDGET + 1)
    small = MIN_BUDGET - 1
    assert context.refills[0] == [200_000 - small, 50_000 + small]


def test_round_robin_parks_what_was_used_in_its_tail() -> None:
    context = context_with((0, 5_000_000), (0, 0), period=0, refill_max=2)
    refills.charge(clock(0), context, 1_000_000)
    assert context.refills == [[0, 4_000_000], [0, 1_000_000]]


def test_waking_merges_what_is_ready_and_overlaps() -> None:
    context = context_with((0, 50_000), (100_000, 50_000), (900_000, 50_000))
    refills.unblock(clock(500_000), context)
    assert context.refills == [[500_000, 100_000], [900_000, 50_000]]


def test_waking_before_the_head_is_ready_changes_nothing() -> None:
    context = context_with((600_000, 50_000), (700_000, 50_000))
    refills.unblock(clock(500_000), context)
    assert context.refills == [[600_000, 50_000], [700_000, 50_000]]


@pytest.mark.parametrize("refill_max", [2, 3, MOST])
@given(usages=st.lists(st.integers(1, 400_000), max_size=12))
def test_time_is_neither_made_nor_lost_and_stays_in_order(refill_max: int, usages: list[int]) -> None:
    context = context_with((0, 300_000), refill_max=refill_max)
    for usage in usages:
        refills.charge(clock(0), context, usage)
        assert sum(amount for _, amount in context.refills) == 300_000
        assert len(context.refills) <= refill_max
        times = [at for at, _ in context.refills]
        assert times == sorted(times)
        assert len(context.refills) == 1 or context.refills[0][1] >= MIN_BUDGET
