"""Parts of the servers' library that can be held to their word without a kernel."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, strategies as some

from kernel.abi import PAGE_SIZE, Syscall
from servers.interfaces import FILES, INTERFACES
from servers.interfaces.codec import decode_reply, encode_reply
from servers.programs import NoSuchProgram, Program, add_program, begin
from servers.runtime.boot import BootData, Control, pack_boot_data, unpack_boot_data
from servers.runtime.env import Env
from servers.runtime.errors import OutOfMemory
from servers.runtime.memory import MemoryWindow, SlotAllocator
from servers.runtime.sabotage import KINDS, Sabotage, twist
from servers.runtime.serving import Serving

BOOT = BootData(
    name="x", number=3, life=2, caps={"block": 4, "window": 9}, provides={"block": "block"},
    interfaces={"fs": "files"}, windows={"window": (0x2000_0000, 3 * PAGE_SIZE)}, replies=(5, 6),
    signals={"irq": 1}, free=(12, 32), controls={"disk": Control(11, {"irq": 8})}, manifest="äö",
)  # fmt: skip


class Memory:
    """Carries out the loads and stores of a coroutine, page by page, and remembers them."""

    def __init__(self, size: int) -> None:
        self.data = bytearray(size)
        self.accesses: list[tuple[int, int]] = []

    def run(self, program: Coroutine[Any, Any, Any], base: int) -> Any:
        value: Any = None
        try:
            while True:
                trap = program.send(value)
                at = trap[1] - base
                length = trap[2] if trap[0] == Syscall.LOAD else len(trap[2])
                assert at // PAGE_SIZE == (at + max(length, 1) - 1) // PAGE_SIZE, "an access crosses a page"
                self.accesses.append((at, length))
                if trap[0] == Syscall.LOAD:
                    value = bytes(self.data[at : at + length])
                else:
                    self.data[at : at + length] = trap[2]
                    value = None
        except StopIteration as done:
            return done.value


@given(offset=some.integers(0, 3 * PAGE_SIZE), length=some.integers(0, 3 * PAGE_SIZE))
def test_a_window_is_read_and_written_across_pages_and_never_outside(offset: int, length: int) -> None:
    window = MemoryWindow("w", 0x2000_0000, 3 * PAGE_SIZE, 9)
    memory = Memory(3 * PAGE_SIZE)
    data = bytes(number % 251 for number in range(length))
    if offset + length > window.size:
        with pytest.raises(IndexError, match="window w has 12288 bytes"):
            memory.run(window.store(offset, data), window.address)
        return
    memory.run(window.store(offset, data), window.address)
    assert memory.run(window.load(offset, length), window.address) == data
    assert memory.data[offset : offset + length] == data


def test_boot_data_survives_its_frame() -> None:
    packed = pack_boot_data(BOOT)
    assert unpack_boot_data(packed + bytes(500)) == BOOT


def test_an_unknown_capability_is_refused_with_the_nearest_name() -> None:
    env = Env(BOOT)
    assert env.cap("block") == 4
    with pytest.raises(KeyError, match="x holds no capability called `blok`; did you mean `block`"):
        env.cap("blok")
    with pytest.raises(KeyError, match="x has no memory called `dma`; there is `window`"):
        env.window("dma")


def test_a_stub_has_exactly_the_operations_of_its_interface() -> None:
    stub = Env(BOOT).client("block", FILES)
    with pytest.raises(AttributeError, match="files has no operation `reed`; did you mean `read`"):
        stub.reed  # noqa: B018 - looking it up is what is refused


def test_a_handler_that_lacks_an_operation_is_refused_before_it_serves() -> None:
    with pytest.raises(TypeError, match="object cannot serve block: it has no read"):
        Serving(Env(BOOT), INTERFACES["block"], object())


def test_slots_are_handed_out_once_and_again_when_they_are_empty() -> None:
    slots = SlotAllocator(10, 12)
    assert (slots.take(), slots.take(), slots.left) == (10, 11, 0)
    with pytest.raises(OutOfMemory, match="all capability slots up to 12 are in use"):
        slots.take()
    slots.give_back(10)
    with pytest.raises(ValueError, match="given back twice"):
        slots.give_back(10)
    assert slots.take() == 10


def test_a_lie_has_the_shape_of_the_truth() -> None:
    stat, read = FILES.operation("stat"), FILES.operation("read")
    truth = encode_reply(stat, {"size": 8, "kind": "file"})
    assert decode_reply(stat, twist(stat, truth)) == {"size": 9, "kind": "****"}
    assert decode_reply(read, twist(read, encode_reply(read, {"data": b"0123456789"}))) == {"data": b"*" * 10}
    assert decode_reply(stat, twist(stat, ())) == {"size": 1, "kind": ""}


def test_there_is_no_crash_of_another_kind() -> None:
    assert Sabotage("silence").kind in KINDS
    with pytest.raises(ValueError, match="no crash is called `explosion`; there is null-pointer"):
        Sabotage("explosion")


def test_a_program_has_one_name_and_one_entry() -> None:
    with pytest.raises(NoSuchProgram, match="no program at entry 77777"):
        begin(77777, ()).close()
    with pytest.raises(ValueError, match="the program root already has"):
        add_program(Program("other", 0, "takes the entry of root"))
