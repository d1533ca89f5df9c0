"""The machine boots, serves, survives crashes, and does the same whoever drives it."""

import pytest

import playground.trace
from kernel.events import FAULTED, INPUT, IRQ_RAISED
from playground.machine.core import Core
from playground.machine.devices.operator import OperatorBusy, RequestTooLong
from playground.machine.probe import ProbeError
from playground.trace import describe, first_difference
from servers.hardware import OPERATOR_MAX_BYTES
from servers.runtime.sabotage import KINDS
from tests.playground.machines import ask, machine, notes, read_file


def story(slice_size: int) -> Core:
    """A run with every source of input, driven in slices of one size."""
    core = machine(seed=7)

    def drive(steps: int) -> None:
        left = steps
        while left:
            left -= core.advance(min(slice_size, left))

    drive(1500)
    core.request(read_file())
    drive(100)
    core.key("ls /\n")
    drive(211)
    core.crash("disk", "null-pointer")
    drive(900)
    core.pause_server("counter")
    core.set_wall_clock(1_800_000_000_000_000)
    drive(300)
    core.resume_server("counter")
    core.request({"operation": "call", "target": "counter", "name": "increment", "arguments": {"by": 3}})
    drive(700)
    core.close()
    core.kernel.check()
    return core


def test_the_workshop_boots_and_you_read_a_file() -> None:
    core = machine()
    core.advance(2000)
    assert notes(core, "system-ready")
    answer = ask(core, read_file())
    assert answer["ok"] == 1
    assert "welcome" in answer["data"]
    core.kernel.check()
    core.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_disk_driver_crashes_and_files_are_readable_again(kind: str) -> None:
    core = machine()
    core.advance(2000)
    core.crash("disk", kind)
    if kind == "wrong-answer":
        answer = ask(core, read_file())
        assert "welcome" not in answer.get("data", ""), "nobody notices a lie by itself"
        core.request({"operation": "call", "target": "supervisor", "name": "restart", "arguments": {"server": "disk"}})
    core.advance(2000)
    assert [note["server"] for note in notes(core, "restarted")] == ["disk"]
    assert "welcome" in ask(core, read_file())["data"]
    core.kernel.check()
    core.close()


def test_a_server_that_loops_for_ever_does_not_hold_the_others() -> None:
    core = machine()
    core.advance(2000)
    core.crash("counter", "endless-loop")
    answer = ask(core, read_file())
    assert "welcome" in answer["data"]
    assert [note["cause"] for note in notes(core, "server-died")] == ["runaway"]
    core.close()


@pytest.mark.parametrize("slice_size", [1, 7])
def test_the_size_of_slices_changes_nothing(slice_size: int) -> None:
    one, other = story(slice_size), story(1000)
    number = first_difference(one.kernel.events, other.kernel.events)
    assert number is None, describe(one.kernel.events[number]) + " / " + describe(other.kernel.events[number])
    assert one.trace.digest() == other.trace.digest()


def test_the_recorded_inputs_do_the_same_again() -> None:
    first = story(50)
    again = machine(seed=7)
    again.replay(first.trace.inputs, first.steps)
    assert first_difference(first.kernel.events, again.kernel.events) is None
    assert again.trace.inputs == first.trace.inputs
    again.close()


def test_another_seed_is_another_run() -> None:
    one, other = machine(seed=1), machine(seed=2)
    assert first_difference(one.kernel.events, other.kernel.events) is not None


def test_every_input_is_an_event_at_the_place_that_the_trace_says() -> None:
    core = story(100)
    recorded = [(number, event[2], event[3]) for number, event in enumerate(core.kernel.events) if event[0] == INPUT]
    assert recorded == [(one.event, one.source, one.data) for one in core.trace.inputs]
    assert [source for _, source, _ in recorded] == [
        "machine", "operator", "keyboard", "probe", "probe", "wall", "probe", "operator",
    ]  # fmt: skip


def test_a_disk_read_takes_the_published_time_whatever_the_host_does() -> None:
    core = machine()
    core.advance(2000)
    ask(core, read_file())
    core.request(read_file())
    start = len(core.kernel.events)
    core.advance(400)
    events = core.kernel.events[start:]
    arrivals = [event[1] for event in events if event[0] == IRQ_RAISED and event[2] == 14]
    assert arrivals, "the file's contents are never cached"
    assert 80_000 < arrivals[0] - events[0][1] < 200_000


def test_a_machine_without_timers_is_exhausted_when_everybody_waits() -> None:
    core = machine()
    assert not core.exhausted
    core.advance(2000)
    assert not core.exhausted, "heartbeats go on for ever"
    assert core.advance(10_000) == 10_000


def test_a_machine_with_a_full_trace_stops_and_is_exhausted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground.trace, "MAX_EVENTS", 2500)
    core = machine()
    assert core.advance(100_000) < 2000
    assert core.exhausted
    assert len(core.kernel.events) < 2600
    core.close()


def test_a_request_that_is_too_long_is_refused_and_leaves_no_trace() -> None:
    core = machine()
    before = len(core.kernel.events)
    with pytest.raises(RequestTooLong, match=f"at most {OPERATOR_MAX_BYTES} bytes"):
        core.request(read_file("x" * OPERATOR_MAX_BYTES))
    assert len(core.kernel.events) == before
    assert len(core.trace.inputs) == 1


def test_requests_that_nobody_takes_are_refused_when_there_are_too_many() -> None:
    core = machine()
    core.advance(2000)
    core.pause_server("you")
    for _ in range(256):
        core.request(read_file())
    with pytest.raises(OperatorBusy, match="256 requests waiting"):
        core.request(read_file())
    core.resume_server("you")
    core.advance(60_000)
    assert len(notes(core, "you-reply")) == 256
    core.close()


def test_the_probe_names_the_nearest_server_and_kind() -> None:
    core = machine()
    with pytest.raises(ProbeError, match=r"no server is called `dsk`.*`disk`"):
        core.crash("dsk", "exception")
    with pytest.raises(ProbeError, match="disk has no thread now"):
        core.crash("disk", "exception")
    core.advance(2000)
    with pytest.raises(ProbeError, match=r"no crash is called `null-ponter`.*`null-pointer`"):
        core.crash("disk", "null-ponter")
    core.crash("disk", "exception")
    core.advance(20)
    assert len(core.trace.inputs) == 2, "what was refused is no input"


def test_the_words_of_an_exception_are_not_in_the_digest() -> None:
    core = machine()
    core.advance(2000)
    core.crash("log", "exception")
    core.advance(200)
    events = core.kernel.events
    number = next(index for index, event in enumerate(events) if event[0] == FAULTED)
    altered = [*events[:number], (*events[number][:-1], "other words"), *events[number + 1 :]]
    assert first_difference(events, altered) is None
    core.close()


def test_what_is_typed_reaches_the_shell_and_its_answer_the_screen() -> None:
    core = machine()
    core.advance(2000)
    core.key("cat /etc/motd\n")
    core.advance(3000)
    assert "$ cat /etc/motd" in core.console.screen
    assert "welcome" in core.console.screen
    core.close()
