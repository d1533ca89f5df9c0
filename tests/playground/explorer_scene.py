"""A scene for the kernel explorer: something of every kind of object, in states that are worth drawing."""

from __future__ import annotations

from kernel import events as ev
from kernel.abi import ObjectType, Rights, TcbSlot, ThreadState
from servers.interfaces import INTERFACES
from servers.interfaces.codec import encode_request
from tests.playground.scene import Scene, reading

POOL = 0x5000_0000
"""Where the pool's memory begins."""
POOL_BITS = 14


class ExplorerScene:
    """`reading`, and a pool of memory with a helper thread of its own."""

    def __init__(self) -> None:
        self.scene: Scene = reading()
        self._pool()
        self._helper()
        self._budget()
        self._queue()
        self._signals()
        self._controls()

    def _made(self, kind: ObjectType, name: str, bits: int, address: int, untyped: int) -> int:
        scene = self.scene
        number, scene._next = scene._next, scene._next + 1
        scene.emit(ev.OBJECT_CREATED, number, int(kind), bits, address, untyped)
        scene.emit(ev.NAMED, number, name)
        return number

    def _pool(self) -> None:
        """An Untyped with objects, a lost gap, and one object that is gone."""
        scene = self.scene
        holder = scene.cspaces["supervisor"]
        self.pool = self._made(ObjectType.UNTYPED, "pool", POOL_BITS, POOL, 0)
        place = scene.give(holder, ObjectType.UNTYPED, self.pool, 0, 0)
        shapes = [("thread", ObjectType.TCB, 11, 0), ("table", ObjectType.CNODE, 9, 0x800),
                  ("time", ObjectType.SCHED_CONTEXT, 8, 0xA00), ("old", ObjectType.FRAME, 12, 0x1000),
                  ("space", ObjectType.VSPACE, 12, 0x2000), ("answer", ObjectType.REPLY, 5, 0x3000),
                  ("bell", ObjectType.NOTIFICATION, 6, 0x3040)]  # fmt: skip
        self.made = {name: self._made(kind, f"pool.{name}", bits, POOL + offset, self.pool)
                     for name, kind, bits, offset in shapes}  # fmt: skip
        for thing in self.made.values():
            kind = scene.view.types[thing]
            scene.emit(ev.CAP_INSERTED, holder, scene._free[holder], int(kind), thing, int(Rights.ALL), 0, 1, 1, *place)
            scene._free[holder] += 1
        scene.emit(ev.CAP_CHANGED, *place, int(ObjectType.UNTYPED), self.pool, 0, 0x3080, 1, 1)
        last = scene.view.held[holder]
        slot = next(index for index, cap in last.items() if cap.object == self.made["old"])
        scene.emit(ev.CAP_REMOVED, holder, slot, self.made["old"])
        scene.emit(ev.OBJECT_DESTROYED, self.made["old"])

    def _helper(self) -> None:
        """The helper's slots, with a guard, and its life so far."""
        scene, made = self.scene, self.made
        thread = made["thread"]
        table = (thread, int(TcbSlot.CSPACE), int(ObjectType.CNODE), made["table"], 15, 5 << 6 | 20, 1, 1, 0, 0)
        scene.emit(ev.CAP_INSERTED, *table)
        scene.give(made["table"], ObjectType.CNODE, made["table"], 15, 7 << 6 | 8)
        scene.give(made["table"], ObjectType.ENDPOINT, scene.endpoints["fs.files"], 15, 0)
        scene.emit(ev.PRIORITY, thread, 90, 40)
        scene.emit(ev.STARTED, thread, 3)
        scene.emit(ev.THREAD_STATE, thread, int(ThreadState.RESTART), 0, 0)
        scene.emit(ev.THREAD_STATE, thread, int(ThreadState.RUNNING), 0, 0)

    def _budget(self) -> None:
        """1 ms of every 10 ms, used three times."""
        scene, made = self.scene, self.made
        thread, context = made["thread"], made["time"]
        scene.emit(ev.SC_CONFIGURED, context, 1_000_000, 10_000_000, 0, 4, 1)
        scene.emit(ev.SC_BOUND, context, thread)
        scene.emit(ev.REFILLS, context, ((scene.cycle, 1_000_000),))
        for used in (300_000, 400_000, 300_000):
            start = scene.cycle
            scene.emit(ev.SCHEDULED, thread, context)
            refills = scene.view.sched_contexts[context].refills
            rest = refills[0][1] - used
            later = (*refills[1:], (start + 10_000_000, used))
            kept = ((start + used, rest), *later) if rest else later
            scene.emit(ev.REFILLS, context, kept, after=used)
            scene.emit(ev.SCHEDULED, 0, 0)
            scene.emit(ev.NOTE, thread, "pause", (), after=1_500_000)
        self.broke = self._made(ObjectType.TCB, "pool.broke", 11, 0x6000_0000, 0)
        scene.emit(ev.THREAD_STATE, self.broke, int(ThreadState.RESTART), 0, 0)
        scene.emit(ev.RELEASED, self.broke, 1)

    def _queue(self) -> None:
        """Two wait to send to the disk driver, which is at work; the helper has lent its time to fs."""
        scene = self.scene
        endpoint = scene.endpoints["disk.block"]
        for name, badge in (("shell", 9), ("counter", 8)):
            scene.emit(ev.THREAD_STATE, scene.threads[name], int(ThreadState.BLOCKED_ON_SEND), endpoint, badge)
        row = INTERFACES["files"].operation("stat")
        words = encode_request(row, {"path": "/etc"})
        label = INTERFACES["files"].label(row)
        helper, log, through = self.made["thread"], scene.threads["log"], scene.endpoints["log.log"]
        reply, time = self.made["answer"], self.made["time"]
        scene.emit(ev.MESSAGE, helper, log, through, 0, label, words, (), 1, reply, time)

    def _signals(self) -> None:
        """Two bits are set, and somebody waits elsewhere."""
        scene = self.scene
        for badge, word in ((1, 1), (1 << 40, 1 | 1 << 40)):
            scene.emit(ev.SIGNALLED, self.made["thread"], self.made["bell"], badge, word, 0)
        scene.emit(ev.IRQ_RAISED, 14, scene.signals["disk"])

    def _controls(self) -> None:
        """The two powers of which there is only one."""
        scene = self.scene
        for kind, name in ((ObjectType.SCHED_CONTROL, "sched_control"), (ObjectType.IRQ_CONTROL, "irq_control")):
            control = self._made(kind, name, 0, 0, 0)
            scene.give(scene.cspaces["supervisor"], kind, control, 0)


def explored() -> Scene:
    """The scene."""
    return ExplorerScene().scene
