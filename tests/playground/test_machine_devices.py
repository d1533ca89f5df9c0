"""Each device does what its data sheet (`servers/hardware.py`) says."""

from __future__ import annotations

import pytest

from kernel.errors import KernelError
from playground.machine import latency
from playground.machine.backing import MemoryBacking
from playground.machine.bus import Bus
from playground.machine.devices.console import SCREEN_BYTES, Console
from playground.machine.devices.disk import Disk
from playground.machine.devices.operator import Operator
from playground.machine.devices.timer import Timer
from servers.hardware import (
    CONSOLE,
    CONSOLE_QUEUE_BYTES,
    DISK,
    DISK_MAX_SECTORS,
    OPERATOR,
    SECTOR_BYTES,
    TIMER,
    ConsoleRegister,
    DiskCommand,
    DiskError,
    DiskRegister,
    DiskStatus,
    OperatorRegister,
    TimerRegister,
)

PAGE = 4096


class Board:
    """A processor that only has memory, a time, and interrupt lines that are written down."""

    def __init__(self) -> None:
        self.now = 0
        self.raised: list[tuple[int, int]] = []
        self.memory = {address: bytearray(PAGE) for address in range(0, 4 * PAGE, PAGE)}
        self.bus = Bus()
        self.bus.attach(self)

    def interrupt(self, irq: int) -> None:
        self.raised.append((self.now, irq))

    def read_physical(self, address: int, size: int) -> bytes:
        return bytes(self._page(address, size)[address % PAGE : address % PAGE + size])

    def write_physical(self, address: int, data: bytes) -> None:
        self._page(address, len(data))[address % PAGE : address % PAGE + len(data)] = data

    def _page(self, address: int, size: int) -> bytearray:
        page = self.memory.get(address - address % PAGE)
        if page is None or address % PAGE + size > PAGE:
            raise KernelError(f"no frame at {address:#x}")
        return page

    def wait_until(self, cycle: int) -> None:
        """Let time pass, and everything happen that is due."""
        while (due := self.bus.next_due()) is not None and due <= cycle:
            self.now = max(self.now, due)
            self.bus.fire()
        self.now = cycle


class DiskBench:
    """A disk with a pattern on it, and its driver's view."""

    def __init__(self, *, sectors: int = 64, read_only: bool = False) -> None:
        self.board = Board()
        contents = b"".join(bytes([number]) * SECTOR_BYTES for number in range(sectors))
        self.medium = MemoryBacking(contents, read_only=read_only)
        self.troubles: list[str] = []
        self.disk = Disk(self.board.bus, self.medium, self.troubles.append)

    def read(self, register: DiskRegister) -> int:
        return int.from_bytes(self.disk.load(register, 8), "little")

    def start(self, command: int, sector: int = 0, count: int = 1, address: int = 0) -> None:
        for register, value in (
            (DiskRegister.SECTOR, sector),
            (DiskRegister.COUNT, count),
            (DiskRegister.ADDRESS, address),
            (DiskRegister.COMMAND, command),
        ):
            self.disk.store(register, value.to_bytes(8, "little"))

    def finish(self) -> tuple[int, int]:
        """Status and error once the command is done."""
        self.board.wait_until(self.board.now + 10_000_000)
        return self.read(DiskRegister.STATUS), self.read(DiskRegister.ERROR)


def test_a_read_is_done_after_its_latency_and_changes_memory_only_then() -> None:
    bench = DiskBench()
    bench.start(DiskCommand.READ, sector=5, count=2, address=0x1000)
    done_at = latency.DISK_READ + 2 * latency.DISK_SECTOR
    bench.board.wait_until(done_at - 1)
    assert bench.read(DiskRegister.STATUS) == DiskStatus.BUSY
    assert bench.board.read_physical(0x1000, SECTOR_BYTES) == bytes(SECTOR_BYTES)
    bench.board.wait_until(done_at)
    assert bench.read(DiskRegister.STATUS) == DiskStatus.DONE
    assert bench.board.read_physical(0x1000, 2 * SECTOR_BYTES) == b"\5" * SECTOR_BYTES + b"\6" * SECTOR_BYTES
    assert bench.board.raised == [(done_at, DISK.irq)]


def test_a_transfer_may_cross_pages() -> None:
    bench = DiskBench()
    bench.start(DiskCommand.READ, sector=0, count=16, address=0)
    assert bench.finish() == (DiskStatus.DONE, DiskError.NONE)
    assert bench.board.memory[PAGE][:SECTOR_BYTES] == b"\x08" * SECTOR_BYTES


def test_a_write_takes_the_bytes_at_once_and_is_on_the_medium_when_done() -> None:
    bench = DiskBench()
    bench.board.write_physical(0, b"a" * SECTOR_BYTES)
    bench.start(DiskCommand.WRITE, sector=9)
    bench.board.write_physical(0, b"b" * SECTOR_BYTES)
    assert bench.medium.read_sector(9) == b"\x09" * SECTOR_BYTES
    assert bench.finish() == (DiskStatus.DONE, DiskError.NONE)
    assert bench.medium.read_sector(9) == b"a" * SECTOR_BYTES


def test_a_reset_forgets_the_command_in_progress() -> None:
    bench = DiskBench()
    bench.board.write_physical(0, b"a" * SECTOR_BYTES)
    bench.start(DiskCommand.WRITE, sector=9)
    bench.start(DiskCommand.RESET)
    assert bench.finish() == (DiskStatus.IDLE, DiskError.NONE)
    assert bench.medium.read_sector(9) == b"\x09" * SECTOR_BYTES
    assert bench.board.raised == []


def test_a_busy_disk_ignores_other_commands() -> None:
    bench = DiskBench()
    bench.start(DiskCommand.READ, sector=1, address=0)
    bench.start(DiskCommand.READ, sector=2, address=0)
    assert bench.finish() == (DiskStatus.DONE, DiskError.NONE)
    assert bench.board.memory[0][0] == 1
    assert len(bench.board.raised) == 1


@pytest.mark.parametrize(
    ("command", "sector", "count", "address", "error"),
    [
        (DiskCommand.READ, 64, 1, 0, DiskError.BEYOND_END),
        (DiskCommand.READ, 63, 2, 0, DiskError.BEYOND_END),
        (DiskCommand.READ, 0, 0, 0, DiskError.BEYOND_END),
        (DiskCommand.WRITE, 0, DISK_MAX_SECTORS + 1, 0, DiskError.BEYOND_END),
        (DiskCommand.READ, 0, 1, 0x9000_0000, DiskError.BAD_ADDRESS),
        (DiskCommand.WRITE, 0, 1, 0x9000_0000, DiskError.BAD_ADDRESS),
        (77, 0, 1, 0, DiskError.BAD_COMMAND),
    ],
)
def test_what_cannot_be_done_fails_with_a_reason_and_an_interrupt(
    command: int, sector: int, count: int, address: int, error: DiskError
) -> None:
    bench = DiskBench()
    bench.start(command, sector, count, address)
    assert bench.read(DiskRegister.STATUS) == DiskStatus.BUSY
    assert bench.finish() == (DiskStatus.FAILED, error)
    assert [irq for _, irq in bench.board.raised] == [DISK.irq]
    assert bench.medium.contents() == DiskBench().medium.contents()


def test_a_read_only_disk_says_so_and_refuses_to_write() -> None:
    bench = DiskBench(read_only=True)
    assert bench.read(DiskRegister.FLAGS) == 1
    assert bench.read(DiskRegister.CAPACITY) == 64
    bench.start(DiskCommand.WRITE)
    assert bench.finish() == (DiskStatus.FAILED, DiskError.READ_ONLY)


def test_trouble_of_the_host_is_an_error_of_the_medium_and_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = DiskBench()

    def refuse() -> None:
        raise OSError("no space left on the host")

    monkeypatch.setattr(bench.medium, "flush", refuse)
    bench.start(DiskCommand.FLUSH)
    assert bench.finish() == (DiskStatus.FAILED, DiskError.MEDIUM)
    assert bench.troubles == ["no space left on the host"]


def test_the_timer_rings_at_its_deadline_once() -> None:
    board = Board()
    timer = Timer(board.bus, wall=1_000_000)
    timer.store(TimerRegister.DEADLINE, (5_000).to_bytes(8, "little"))
    board.wait_until(4_999)
    assert board.raised == []
    board.wait_until(20_000)
    assert board.raised == [(5_000, TIMER.irq)]
    assert timer.load(TimerRegister.DEADLINE, 8) == bytes(8)
    assert int.from_bytes(timer.load(TimerRegister.NOW, 8), "little") == 20_000
    assert int.from_bytes(timer.load(TimerRegister.WALL, 8), "little") == 1_000_020


def test_another_deadline_replaces_the_first_and_zero_is_off() -> None:
    board = Board()
    timer = Timer(board.bus, wall=0)
    for deadline in (5_000, 9_000):
        timer.store(TimerRegister.DEADLINE, deadline.to_bytes(8, "little"))
    board.wait_until(10_000)
    assert board.raised == [(9_000, TIMER.irq)]
    timer.store(TimerRegister.DEADLINE, (20_000).to_bytes(8, "little"))
    timer.store(TimerRegister.DEADLINE, bytes(8))
    board.wait_until(30_000)
    assert len(board.raised) == 1


def test_a_deadline_in_the_past_rings_at_once() -> None:
    board = Board()
    timer = Timer(board.bus, wall=0)
    board.wait_until(10_000)
    timer.store(TimerRegister.DEADLINE, (3).to_bytes(8, "little"))
    board.wait_until(10_000)
    assert board.raised == [(10_000, TIMER.irq)]


def test_the_keyboard_gives_its_bytes_in_order_and_says_when_it_lost_some() -> None:
    board = Board()
    console = Console(board.bus)
    console.type("grün")
    board.wait_until(1)
    assert board.raised == [(0, CONSOLE.irq)]
    assert int.from_bytes(console.load(ConsoleRegister.COUNT, 8), "little") == 5
    assert console.load(ConsoleRegister.DATA, 2) == b"gr"
    assert console.load(ConsoleRegister.DATA, 8) == "ün".encode().ljust(8, b"\0")
    console.type("x" * (CONSOLE_QUEUE_BYTES + 3))
    assert console.lost == 3


def test_the_screen_keeps_the_newest() -> None:
    console = Console(Board().bus)
    console.store(ConsoleRegister.TRANSMIT, b"old")
    console.store(ConsoleRegister.TRANSMIT, b"y" * SCREEN_BYTES)
    assert console.screen == "y" * SCREEN_BYTES
    assert console.written == SCREEN_BYTES + 3


def test_the_operator_gives_requests_one_after_the_other() -> None:
    board = Board()
    operator = Operator(board.bus)
    assert operator.load(OperatorRegister.LENGTH, 8) == bytes(8)
    assert [operator.submit(text) for text in (b"first", b"second one")] == [1, 2]
    board.wait_until(1)
    assert [irq for _, irq in board.raised] == [OPERATOR.irq] * 2
    assert operator.load(OperatorRegister.LENGTH, 8)[0] == 5
    operator.store(OperatorRegister.NEXT, b"\1")
    assert operator.load(OperatorRegister.NUMBER, 8)[0] == 2
    assert operator.load(OperatorRegister.DATA, 8) + operator.load(OperatorRegister.DATA + 8, 8) == (
        b"second one".ljust(16, b"\0")
    )
    operator.store(OperatorRegister.NEXT, b"\1")
    operator.store(OperatorRegister.NEXT, b"\1")
    assert operator.waiting == 0


def test_what_is_due_at_the_same_time_happens_in_the_order_it_was_asked_for() -> None:
    board = Board()
    happened: list[str] = []
    board.bus.at(50, lambda: happened.append("second"))
    board.bus.at(10, lambda: happened.append("first"))
    board.bus.at(50, lambda: happened.append("third"))
    board.bus.at(20, lambda: happened.append("never")).cancel()
    board.wait_until(100)
    assert happened == ["first", "second", "third"]
