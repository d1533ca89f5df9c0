"""Why each file of the kernel cannot be outside of it: the question that a microkernel has to answer for every line."""

from __future__ import annotations

from typing import Final

from playground.line_count import lines_by_file, lines_of

REASONS: Final[dict[str, str]] = {
    "__init__.py": "The package's name. It loads nothing until it is asked.",
    "abi.py": "The numbers that both sides of the boundary must agree on. No behaviour.",
    "arguments.py": "A program may put anything into its registers; only the kernel can refuse it before it is "
    "believed.",
    "boot.py": "The first task cannot be given its capabilities by anybody else, because nobody else exists yet.",
    "bootinfo.py": "The format in which the first task is told what it holds. Shared with it.",
    "cnode.py": "Copying, moving and deleting capabilities changes who may do what. A server that could do this for "
    "others would hold all authority.",
    "costs.py": "Budgets are enforced in cycles, so somebody who cannot be bribed has to count them. One table "
    "of numbers.",
    "cspace.py": "Every use of authority begins with finding the capability. If programs did it, they could forge it.",
    "deletion.py": "When the last capability to an object goes, everybody who waits for it must be told, all at "
    "once or "
    "resumably; a server could die in the middle.",
    "derivation.py": "Revoking needs to know who came from whom, across all programs. No single program can see that.",
    "endpoint.py": "Messages between programs that do not trust each other need somebody whom both trust to move them.",
    "errors.py": "How an operation is refused or interrupted inside the kernel.",
    "events.py": "What the simulation says happened: the debug port. A shipped kernel would leave it out, and "
    "no decision "
    "of the kernel reads it.",
    "fastpath.py": "No function of its own: the two commonest system calls once more, without the special cases. It is "
    "here for speed and could be deleted; the same events would happen.",
    "faults.py": "A thread that cannot go on cannot report it. The kernel only sends the message; the policy is "
    "a server's.",
    "inspection.py": "For tests: the state as plain data. Nothing in the kernel calls it.",
    "invariants.py": "For tests: what must always be true. Nothing in the kernel calls it.",
    "invocation.py": "The one door through which every capability is used.",
    "irq.py": "Interrupts arrive in the kernel because the processor brings them there. They leave as signals at once; "
    "drivers are servers.",
    "kernel.py": "The loop: run a thread to its trap, carry it out, choose who runs next.",
    "memory.py": "Only the owner of the page tables can keep address spaces apart. What to map where is decided "
    "outside.",
    "notification.py": "An interrupt or a signal must be delivered without the receiver's help and without memory.",
    "objects.py": "The nouns: what each object remembers.",
    "probe.py": "The debugger's cable, not a system call; a shipped kernel would leave it out.",
    "queues.py": "Waiting and ready threads in order.",
    "refills.py": "A budget that its own user keeps account of is no budget.",
    "reply.py": "Answering exactly once, and giving lent time back exactly once, must hold even if the server "
    "dies between.",
    "schedcontext.py": "Time is given and taken by capability like memory; whoever could do it without would "
    "own the processor.",
    "scheduler.py": "Somebody has to choose who runs when nobody is running. Fixed priorities and round robin: the "
    "least policy that lets servers build others.",
    "states.py": "One table of what a thread may go through; checked at every step.",
    "syscalls.py": "The user's side of the boundary: traps, no code of the kernel.",
    "tcb.py": "Changing what a thread is (its spaces, priority, registers) is changing the protection itself.",
    "transfer.py": "Copying words and handing over capabilities from one space into another.",
    "traps.py": "The list of everything that can be asked of the kernel.",
    "untyped.py": "Making kernel objects must be charged to somebody, and objects must never overlap. That is memory "
    "safety of the kernel itself; how much whom is given is decided outside.",
    "vehicle.py": "What a thread is made of in this simulation; on hardware this is the processor.",
}
"""File of the kernel -> the reason."""


def table() -> str:
    """The reasons with the lines of code, as a Markdown table."""
    counted = lines_by_file("kernel")
    rows = [f"| `{name}` | {lines} | {REASONS[name]} |" for name, lines in counted.items()]
    total = f"| all of it | {lines_of('kernel'):,} | beside {lines_of('servers'):,} lines of servers |"
    return "\n".join(["| file | lines | why it cannot be outside |", "| --- | ---: | --- |", *rows, total]) + "\n"
