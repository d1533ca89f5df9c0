"""A small system with a program of one's own in a folder of its own, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.images import virtual_disk
from playground.machine.core import Core
from scenarios.library import read_system
from scenarios.own_programs import allow

MANIFEST = """\
[system]
name = "hello"

[servers.supervisor]
shelf = "servers"
priority = 250
memory = "256K"
provides = { supervisor = "supervisor" }
device = { timer = { from = "timer", writable = false } }

[servers.greeter]
program = "./greeter.py"
shelf = "applications"
priority = 120
provides = { greeter = "greeter" }

[servers.you]
shelf = "applications"
priority = 100
own = ["cspace"]
irq = { irq = 2 }
device = { registers = "operator" }
uses = { greeter = "greeter.greeter", supervisor = "supervisor.supervisor" }
"""
PROGRAM = """\
from servers.interfaces import Argument, Interface, Operation

INTERFACE = Interface(
    "greeter", 100, 1, "Greetings.",
    (Operation("greet", 1, "Greet.", (Argument("who", "text", "whom"),), (Argument("greeting", "text", "what"),)),),
)
greeted = []


class Greeter:
    async def greet(self, request, who):
        greeted.append(who)
        return f"Hello, {who}, number {len(greeted)}"


async def main(env):
    await env.serve(INTERFACE, Greeter())
"""


def written(folder: Path, program: str = PROGRAM, manifest: str = MANIFEST) -> Path:
    """The files of the system; the manifest's."""
    (folder / "greeter.py").write_text(program, encoding="utf-8")
    path = folder / "hello.toml"
    path.write_text(manifest, encoding="utf-8")
    return path


def machine(folder: Path, program: str = PROGRAM) -> Core:
    """The system on a machine that is ready; its program may run."""
    path = written(folder, program)
    allow(folder)
    core = Core(read_system(str(path)), disk=virtual_disk())
    core.advance(3000)
    return core


def greet(who: str = "Ada") -> dict[str, Any]:
    """What to ask of `you`."""
    return {"operation": "call", "target": "greeter", "name": "greet", "arguments": {"who": who}}
