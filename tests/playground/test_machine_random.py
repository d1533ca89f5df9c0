"""Whatever a person does to the machine, and whenever: no invariant breaks, and the same inputs do the same again."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from playground.machine.core import Core
from playground.machine.probe import ProbeError
from playground.trace import first_difference
from servers.runtime.sabotage import ENDLESS_LOOP, KINDS
from tests.playground.machines import machine, read_file

ROOT = Path(__file__).parents[2]
QUICK_KINDS = [kind for kind in KINDS if kind != ENDLESS_LOOP]
"""The others need no processor time of the host."""


def act(core: Core, choice: random.Random) -> None:
    """One input of any kind."""
    names = list(core.manifest.servers)
    server = choice.choice(names)
    action = choice.choice(("crash", "crash", "pause", "resume", "read", "write", "revoke", "supervise", "key"))
    if action == "crash":
        core.crash(server, choice.choice(QUICK_KINDS))
    elif action == "pause":
        core.pause_server(server)
    elif action == "resume":
        core.resume_server(server)
    elif action == "read":
        core.request(read_file(choice.choice(("/etc/motd", "/nope", "/docs"))))
    elif action == "write":
        text = "x" * choice.randint(0, 900)
        arguments = {"path": "/a.txt", "data": text, "append": True}
        core.request({"operation": "call", "target": "fs", "name": "write", "arguments": arguments})
    elif action == "revoke":
        core.request({"operation": "revoke", "server": server, "slot": choice.randint(0, 200)})
    elif action == "supervise":
        name = choice.choice(("restart", "stop", "start"))
        core.request({"operation": "call", "target": "supervisor", "name": name, "arguments": {"server": server}})
    else:
        core.key(choice.choice(("ls /\n", "ps\n", "cat /etc/motd\n", "\x03", "no such command\n")))


def ordeal(seed: int) -> Core:
    """A machine after 25 random inputs at random moments, checked after each."""
    choice = random.Random(seed)
    core = machine(seed=seed)
    core.advance(1500)
    for _ in range(25):
        with suppress(ProbeError):
            act(core, choice)
        core.advance(choice.randint(1, 400))
        core.kernel.check()
    core.close()
    return core


@pytest.mark.parametrize("seed", range(5))
def test_random_inputs_break_no_invariant_and_can_be_replayed(seed: int) -> None:
    core = ordeal(seed)
    again = machine(seed=seed)
    again.replay(core.trace.inputs, core.steps)
    again.close()
    assert first_difference(core.kernel.events, again.kernel.events) is None
    assert core.trace.digest() == again.trace.digest()


def test_the_order_in_which_python_hashes_does_not_matter() -> None:
    program = "from tests.playground.test_machine_random import ordeal; print(ordeal(3).trace.digest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
