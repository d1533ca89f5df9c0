"""Frames and address spaces: what a thread can read and write, and when it no longer can."""

from __future__ import annotations

import pytest

from kernel import DeviceRegion
from kernel.abi import USER_TOP, Error, Fault, InitSlot, Label, ObjectType, Rights
from kernel.syscalls import load, nb_recv, send, store
from tests.kernel.bench import Bench, scenario

PLACE = 0x5000_0000
BOTH = int(Rights.READ | Rights.WRITE)
VSPACE = int(InitSlot.VSPACE)


async def map_frame(bench: Bench, frame: int, address: int, rights: int = BOTH, vspace: int = VSPACE) -> object:
    return await bench.error(frame, Label.FRAME_MAP, (address, rights), (vspace,))


@scenario
async def test_a_fresh_frame_is_zero_and_keeps_what_is_written(bench: Bench) -> None:
    """sel4test FRAMEEXPORTS0001."""
    frame = await bench.make(ObjectType.FRAME, count=2)
    for number in range(2):
        assert await map_frame(bench, frame + number, PLACE + number * 4096) == Error.NO_ERROR
    assert await load(PLACE, 8192) == bytes(8192)
    await store(PLACE + 4090, b"across pages")
    assert await load(PLACE + 4090, 12) == b"across pages"
    address = (await bench.invoke(frame, Label.FRAME_GET_ADDRESS)).words[0]
    assert bench.kernel.read_physical(address + 4090, 6) == b"across"


@scenario
async def test_two_capabilities_to_one_frame_are_two_mappings_of_the_same_memory(bench: Bench) -> None:
    """seL4 vspace.c: memory is shared by mapping copies of its capability."""
    frame = await bench.make(ObjectType.FRAME)
    copied = await bench.copy(frame)
    await map_frame(bench, frame, PLACE)
    await map_frame(bench, copied, PLACE + 4096, int(Rights.READ))
    await store(PLACE + 10, b"shared")
    assert await load(PLACE + 4096 + 10, 6) == b"shared"


@scenario
async def test_deleting_the_mapped_copy_unmaps_it_although_the_original_lives(bench: Bench) -> None:
    """sel4test FRAMEDIPC0003, VSPACE0001: the next access faults."""
    endpoint, reply = await bench.endpoint(), await bench.reply()
    frame = await bench.make(ObjectType.FRAME)
    copied = await bench.copy(frame)
    await map_frame(bench, copied, PLACE)

    async def reader() -> None:
        bench.log.append(await load(PLACE, 4))
        await send(await bench.notification())
        bench.log.append(await load(PLACE, 4))

    thread = await bench.thread(reader, 100, fault_handler=endpoint)
    await bench.settle()
    assert bench.log == [bytes(4)] * 2
    await bench.delete(copied)
    await bench.invoke(thread.tcb, Label.TCB_WRITE_REGISTERS, (1, 1, 1))
    await bench.settle()
    assert (await nb_recv(endpoint, reply)).words[1:3] == (PLACE, 0)


@pytest.mark.parametrize(("rights", "can_read", "can_write"), [(3, True, True), (2, True, False), (1, False, False)])
def test_rights_of_a_mapping_are_those_asked_for_and_held(rights: int, can_read: bool, can_write: bool) -> None:
    """seL4 vspace.c: a write-only frame is inaccessible; rights are limited by the capability's."""

    @scenario
    async def access(bench: Bench) -> None:
        endpoint, reply = await bench.endpoint(), await bench.reply()
        frame = await bench.make(ObjectType.FRAME)
        weak = await bench.copy(frame, Rights(rights))
        await map_frame(bench, weak, PLACE)

        async def reader() -> None:
            await load(PLACE, 1)
            bench.log.append("read")

        async def writer() -> None:
            await store(PLACE, b"x")
            bench.log.append("written")

        await bench.thread(reader, 101, fault_handler=endpoint)
        await bench.thread(writer, 100, fault_handler=endpoint)
        await bench.settle()
        assert bench.log == ["read"] * can_read + ["written"] * can_write
        while (message := await nb_recv(endpoint, reply)).label >= 0:
            assert message.label == Fault.VM_FAULT

    access()


@scenario
async def test_mapping_errors_come_in_sel4s_order(bench: Bench) -> None:
    """seL4 vspace.c: each frame capability maps at most once; remapping at the same address changes the rights."""
    frame, other = await bench.make(ObjectType.FRAME), await bench.make(ObjectType.FRAME)
    space = await bench.make(ObjectType.VSPACE)
    assert await map_frame(bench, frame, PLACE, vspace=int(InitSlot.TCB)) == (Error.INVALID_CAPABILITY, 1)
    assert await map_frame(bench, frame, PLACE + 1) == Error.ALIGNMENT_ERROR
    assert await map_frame(bench, frame, USER_TOP) == (Error.INVALID_ARGUMENT, 0)
    assert await map_frame(bench, frame, PLACE) == Error.NO_ERROR
    assert await map_frame(bench, frame, PLACE, int(Rights.READ)) == Error.NO_ERROR
    assert await map_frame(bench, frame, PLACE + 4096) == (Error.INVALID_ARGUMENT, 0)
    assert await map_frame(bench, frame, PLACE, vspace=space) == (Error.INVALID_CAPABILITY, 1)
    assert await map_frame(bench, other, PLACE) == Error.DELETE_FIRST
    assert await bench.error(frame, Label.FRAME_UNMAP) == Error.NO_ERROR
    assert await bench.error(frame, Label.FRAME_UNMAP) == Error.NO_ERROR
    assert await map_frame(bench, frame, PLACE, vspace=space) == Error.NO_ERROR


@scenario
async def test_a_deleted_address_space_forgets_its_mappings(bench: Bench) -> None:
    """sel4test VSPACE0001: unmapping afterwards still succeeds, and the frame can be mapped elsewhere."""
    frame, space = await bench.make(ObjectType.FRAME), await bench.make(ObjectType.VSPACE)
    assert await map_frame(bench, frame, PLACE, vspace=space) == Error.NO_ERROR
    await bench.delete(space)
    assert await bench.error(frame, Label.FRAME_UNMAP) == Error.NO_ERROR
    assert await map_frame(bench, frame, PLACE) == Error.NO_ERROR


@scenario
async def test_reused_memory_is_zero(bench: Bench) -> None:
    """seL4 untyped.c: memory is cleared when the Untyped is reset."""
    memory = await bench.untyped(12)
    frame = await bench.make(ObjectType.FRAME, untyped=memory)
    await map_frame(bench, frame, PLACE)
    await store(PLACE, b"secret")
    await bench.revoke(memory)
    again = await bench.make(ObjectType.FRAME, untyped=memory)
    await map_frame(bench, again, PLACE)
    assert await load(PLACE, 6) == bytes(6)


class Registers:
    """A device with 16 bytes of registers that remembers what was done to it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int, bytes | int]] = []

    def load(self, offset: int, size: int) -> bytes:
        self.done.append(("load", offset, size))
        return bytes(range(offset, offset + size))

    def store(self, offset: int, data: bytes) -> None:
        self.done.append(("store", offset, data))


def test_loads_and_stores_to_a_device_frame_reach_the_device() -> None:
    """sel4test FRAMEDIPC0001, FRAMEDIPC0002: device memory makes frames and untypeds only, and is no IPC buffer."""
    device = Registers()

    async def driver(bench: Bench) -> None:
        region = next(found for found in bench.information.untyped if found.device)
        assert region.address == 0x8000_0000
        words = (int(ObjectType.ENDPOINT), 0, 0, 0, bench.empty_slots(), 1)
        retype = await bench.error(region.slot, Label.UNTYPED_RETYPE, words, (InitSlot.CNODE,))
        assert retype == (Error.INVALID_ARGUMENT, 1)
        frame = await bench.make(ObjectType.FRAME, untyped=region.slot)
        await map_frame(bench, frame, PLACE)
        await store(PLACE + 8, b"go")
        assert await load(PLACE + 4, 4) == bytes([4, 5, 6, 7])
        tcb = await bench.make(ObjectType.TCB)
        assert await bench.error(tcb, Label.TCB_SET_IPC_BUFFER, (PLACE,), (frame,)) == Error.ILLEGAL_OPERATION

    Bench(driver, devices=(DeviceRegion("registers", 0x8000_0000, 12, device),)).run()
    assert device.done == [("store", 8, b"go"), ("load", 4, 4)]


@scenario
async def test_writing_and_reading_more_memory_takes_longer(bench: Bench) -> None:
    """kernel/costs.py: an access has a price, and so has every few bytes of it."""
    await map_frame(bench, await bench.make(ObjectType.FRAME), PLACE)
    times = []
    for size in (8, 4096):
        before = bench.kernel.now
        await store(PLACE, bytes(size))
        written = bench.kernel.now
        await load(PLACE, size)
        times.append((written - before, bench.kernel.now - written))
    (write_little, read_little), (write_much, read_much) = times
    assert 0 < write_little < write_much
    assert 0 < read_little < read_much
