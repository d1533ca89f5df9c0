"""Queues of threads that wait: intrusive, priority-ordered, constant time for equal priorities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kernel.objects import TCB


class ThreadQueue:
    """Highest priority first, first come first served within a priority (seL4 MCS: tcbEPAppend)."""

    __slots__ = ("head", "tail")

    def __init__(self) -> None:
        self.head: TCB | None = None
        self.tail: TCB | None = None

    def __iter__(self) -> Iterator[TCB]:
        thread = self.head
        while thread is not None:
            following = thread.wait_next
            yield thread
            thread = following

    def enqueue(self, thread: TCB) -> None:
        """Behind all of its priority and above."""
        before = self.tail
        priority = thread.priority
        while before is not None and before.priority < priority:
            before = before.wait_prev
        thread.wait_prev = before
        if before is None:
            after = self.head
            self.head = thread
        else:
            after = before.wait_next
            before.wait_next = thread
        thread.wait_next = after
        if after is None:
            self.tail = thread
        else:
            after.wait_prev = thread

    def remove(self, thread: TCB) -> None:
        """Out of the queue; it has to stand in it."""
        before, after = thread.wait_prev, thread.wait_next
        if before is None:
            self.head = after
        else:
            before.wait_next = after
        if after is None:
            self.tail = before
        else:
            after.wait_prev = before
        thread.wait_prev = thread.wait_next = None

    def requeue(self, thread: TCB) -> None:
        """After a change of priority: behind the others of the new one."""
        self.remove(thread)
        self.enqueue(thread)


class ReadyQueues:
    """One queue per priority and a word that says which are not empty (seL4: ksReadyQueues)."""

    __slots__ = ("bits", "heads", "tails")

    def __init__(self) -> None:
        self.bits = 0
        self.heads: list[TCB | None] = [None] * 256
        self.tails: list[TCB | None] = [None] * 256

    def highest_priority(self) -> int:
        """-1 if nobody is ready."""
        return self.bits.bit_length() - 1

    def enqueue(self, thread: TCB) -> None:
        """At the head of its priority (seL4: tcbSchedEnqueue)."""
        if thread.queued:
            return
        priority = thread.priority
        head = self.heads[priority]
        thread.ready_prev = None
        thread.ready_next = head
        if head is None:
            self.tails[priority] = thread
            self.bits |= 1 << priority
        else:
            head.ready_prev = thread
        self.heads[priority] = thread
        thread.queued = True

    def append(self, thread: TCB) -> None:
        """At the tail of its priority (seL4: tcbSchedAppend)."""
        if thread.queued:
            return
        priority = thread.priority
        tail = self.tails[priority]
        thread.ready_next = None
        thread.ready_prev = tail
        if tail is None:
            self.heads[priority] = thread
            self.bits |= 1 << priority
        else:
            tail.ready_next = thread
        self.tails[priority] = thread
        thread.queued = True

    def remove(self, thread: TCB) -> None:
        """Out of its queue, if it stands in one."""
        if not thread.queued:
            return
        priority = thread.priority
        before, after = thread.ready_prev, thread.ready_next
        if before is None:
            self.heads[priority] = after
        else:
            before.ready_next = after
        if after is None:
            self.tails[priority] = before
        else:
            after.ready_prev = before
        if self.heads[priority] is None:
            self.bits &= ~(1 << priority)
        thread.ready_prev = thread.ready_next = None
        thread.queued = False
