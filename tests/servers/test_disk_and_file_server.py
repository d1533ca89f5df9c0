"""The disk driver and the file server on the real kernel, with the simulated disk below them."""

from __future__ import annotations

import pytest

from playground import images
from playground.machine import latency
from playground.machine.backing import MemoryBacking
from servers.hardware import DISK
from tests.crash_points.workload import text
from tests.servers.disk_bench import DiskBench


class Refusing(MemoryBacking):
    """A medium that the host can be made to refuse."""

    refuses = False

    def read_sector(self, sector: int) -> bytes:
        """One sector, or an error."""
        if self.refuses:
            raise OSError("the host refuses")
        return super().read_sector(sector)

    def write_sector(self, sector: int, data: bytes) -> None:
        """Write, or an error."""
        if self.refuses:
            raise OSError("the host refuses")
        super().write_sector(sector, data)


@pytest.fixture
def medium() -> Refusing:
    """The virtual disk."""
    return Refusing(images.virtual_disk({"/etc/motd": b"welcome\n", "/long.txt": text(1, 3000)}).contents())


@pytest.fixture
def bench(medium: Refusing) -> DiskBench:
    """A booted system."""
    return DiskBench(medium)


def test_a_file_comes_from_the_disk_through_both_servers(bench: DiskBench) -> None:
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    assert bench.ask("fs.read", path="/long.txt", offset=500, length=30) == str(text(1, 3000)[500:530])


def test_one_answer_holds_as_much_as_a_message_can(bench: DiskBench) -> None:
    assert bench.ask("fs.read", path="/long.txt", length=100_000) == str(text(1, 3000)[:900])


def test_what_is_written_is_on_the_medium_when_it_is_acknowledged(bench: DiskBench, medium: Refusing) -> None:
    assert bench.ask("fs.write", path="/new.txt", data="something new") == "None"
    assert bench.ask("fs.write", path="/new.txt", data=", and more", append=True) == "None"
    again = DiskBench(medium.copy())
    assert again.ask("fs.read", path="/new.txt") == str(b"something new, and more")


def test_a_long_listing_comes_in_parts(bench: DiskBench) -> None:
    names = [f"file number {number:02} with a rather long name" for number in range(30)]
    for name in names:
        assert bench.ask("fs.create", path=f"/{name}") == "None"
    listed: list[str] = []
    while part := bench.ask("fs.list", path="/", skip=len(listed)):
        listed += part.splitlines()
    assert listed == ["etc/", "long.txt 3000", *(f"{name} 0" for name in names)]


def test_size_kind_and_room_are_told(bench: DiskBench) -> None:
    assert bench.ask("fs.stat", path="/long.txt") == "namespace(size=3000, kind='file')"
    assert bench.ask("fs.stat", path="/etc") == "namespace(size=0, kind='folder')"
    before = bench.ask("fs.usage")
    bench.ask("fs.write", path="/x", data="x")
    assert before != bench.ask("fs.usage")
    assert before.startswith("namespace(total=83")


@pytest.mark.parametrize(
    ("operation", "path", "error"),
    [
        ("read", "/nothing", "NOT_FOUND"),
        ("read", "/etc", "IS_A_FOLDER"),
        ("list", "/long.txt", "NOT_A_FOLDER"),
        ("create", "/etc", "EXISTS"),
        ("make_folder", "/long.txt/inner", "NOT_A_FOLDER"),
        ("create", "/what?", "BAD_NAME"),
        ("remove", "/etc", "NOT_EMPTY"),
    ],
)
def test_a_refusal_is_an_error_for_the_client_and_a_sentence_in_the_trace(
    bench: DiskBench, operation: str, path: str, error: str
) -> None:
    assert bench.ask(f"fs.{operation}", path=path) == error
    assert len(bench.noted("refused", server="fs")) == 1


def test_a_driver_that_dies_in_the_middle_of_a_read_is_asked_again(bench: DiskBench) -> None:
    """The client of the file server notices nothing but a delay."""
    number = bench.order("fs.read", path="/etc/motd")
    bench.advance_until(lambda: bench.bus.next_due() is not None)
    bench.crash("disk", "null-pointer")
    bench.advance_until(lambda: bench.answer(number) is not None)
    assert bench.answer(number) == str(b"welcome\n")
    assert bench.noted("retry", operation="block.read", capability="disk")
    assert bench.noted("restarted", server="disk", life=2)


@pytest.mark.parametrize("server", ["disk", "fs"])
def test_a_silent_server_is_noticed_and_replaced(bench: DiskBench, server: str) -> None:
    bench.crash(server, "silence")
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    assert bench.noted("server-died", server=server, cause="silence")


def test_a_medium_that_refuses_is_an_error_and_no_death(bench: DiskBench, medium: Refusing) -> None:
    medium.refuses = True
    assert bench.ask("fs.read", path="/etc/motd") == "IO_ERROR"
    assert bench.ask("fs.write", path="/etc/motd", data="x") == "IO_ERROR"
    medium.refuses = False
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    assert not bench.noted("server-died")
    assert "the host refuses" in bench.trouble


def test_a_change_that_the_medium_broke_off_is_finished_before_the_next_request(
    bench: DiskBench, medium: Refusing
) -> None:
    number = bench.order("fs.write", path="/etc/motd", data="y" * 800)
    bench.advance_until(lambda: medium.read_sector(0)[37] & 1)
    medium.refuses = True
    bench.advance_until(lambda: bench.answer(number) is not None)
    assert bench.answer(number) == "IO_ERROR"
    medium.refuses = False
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    assert not medium.read_sector(0)[37] & 1
    assert bench.ask("fs.write", path="/etc/motd", data="z") == "None"


def test_a_read_only_disk_is_read_and_refuses_writes(medium: Refusing) -> None:
    bench = DiskBench(medium.copy(read_only=True))
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    for operation in ("create", "make_folder"):
        assert bench.ask(f"fs.{operation}", path="/new") == "READ_ONLY"
    assert bench.ask("fs.write", path="/etc/motd", data="x") == "READ_ONLY"
    assert bench.ask("disk.write", sector=0) == "READ_ONLY"


@pytest.mark.parametrize(
    ("contents", "words"),
    [(bytes(1 << 20), "its first sector is blank"), (b"no disk, but a letter. " * 1000, "signature 55 AA")],
)
def test_a_disk_without_a_volume_is_a_sentence_and_no_death(contents: bytes, words: str) -> None:
    bench = DiskBench(MemoryBacking(contents))
    assert bench.ask("fs.read", path="/etc/motd") == "DAMAGED"
    assert words in bench.noted("file-system")[0]["text"]
    assert not bench.noted("server-died")


@pytest.mark.parametrize(
    ("sector", "count", "offset"), [(16384, 1, 0), (0, 0, 0), (0, 65, 0), (0, 1, 32700), (0, 129, 0)]
)
def test_sectors_beyond_the_disk_or_the_window_are_refused(
    bench: DiskBench, sector: int, count: int, offset: int
) -> None:
    assert bench.ask("disk.read", sector=sector, count=count, offset=offset) == "OUT_OF_RANGE"


def test_a_lying_driver_is_found_out_before_anything_is_written(bench: DiskBench, medium: Refusing) -> None:
    before = medium.contents()
    bench.crash("disk", "wrong-answer")
    assert bench.ask("fs.write", path="/etc/motd", data="x") == "DAMAGED"
    assert bench.ask("fs.list", path="/") == "DAMAGED"
    assert medium.contents() == before
    assert bench.ask("supervisor.restart", server="disk") == "None"
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")


def test_lies_about_the_contents_of_a_file_are_believed(bench: DiskBench) -> None:
    """Nothing in a FAT volume says what a file should hold, and what the file server knows already it does not ask."""
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    bench.crash("disk", "wrong-answer")
    assert bench.ask("fs.read", path="/etc/motd") == str(b"********")


def test_without_its_interrupt_the_driver_says_so_until_it_is_built_anew(bench: DiskBench) -> None:
    """Losing authority is no crash: nobody restarts the driver by itself."""
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    assert bench.ask("revoke", server="supervisor", capability="disk_irq") == "revoked"
    assert bench.ask("fs.read", path="/etc/motd") == "UNAVAILABLE"
    assert bench.ask("fs.read", path="/etc/motd") == "UNAVAILABLE"
    assert bench.noted("interrupt-lost", server="disk")
    assert not bench.noted("server-died")
    assert bench.ask("supervisor.restart", server="disk") == "None"
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")


def test_an_interrupt_before_the_device_is_done_is_not_taken_for_the_end(bench: DiskBench) -> None:
    assert bench.ask("fs.stat", path="/etc/motd") == "namespace(size=8, kind='file')"
    number = bench.order("fs.read", path="/etc/motd")
    bench.advance_until(lambda: bench.bus.next_due() is not None)
    bench.kernel.interrupt(DISK.irq)
    bench.advance_until(lambda: bench.answer(number) is not None)
    assert bench.answer(number) == str(b"welcome\n")


def test_a_new_driver_makes_the_device_forget_what_the_old_one_asked_for(
    medium: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would take the end of the old command for that of its own first one."""
    slow = 1_000_000_000
    monkeypatch.setattr(latency, "DISK_WRITE", slow)
    bench = DiskBench(medium)
    bench.order("disk.write", sector=1000, count=1, offset=0)
    bench.advance_until(lambda: (bench.bus.next_due() or 0) > slow)
    bench.crash("actor", "exception")
    bench.crash("disk", "exception")
    bench.advance_until(lambda: len(bench.noted("actor-ready")) == 2)
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
    assert bench.kernel.now < slow // 2


def test_an_interrupt_that_nobody_waits_for_does_no_harm(bench: DiskBench) -> None:
    for _ in range(3):
        bench.kernel.interrupt(DISK.irq)
        bench.pass_time(1000)
    assert bench.ask("fs.read", path="/etc/motd") == str(b"welcome\n")
