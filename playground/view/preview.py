"""What would happen if a capability were revoked, before anything happens.

The rules are the kernel's (seL4's finaliseCap): a descendant dies with Revoke; an object dies with its last
capability; a dead CNode or thread takes with it what only it held; whoever waits at a dead object wakes with an error
or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kernel.abi import ObjectType, ThreadState
from playground.view import decode, derivation
from playground.view.capability_words import cap_words
from playground.view.model import View
from playground.view.objects import CapView, ThreadView
from playground.view.servers import holder_of

_CONTAINERS: Final = (ObjectType.CNODE, ObjectType.TCB, ObjectType.IRQ_HANDLER)

_ENDLESS: Final = (ObjectType.UNTYPED, ObjectType.IRQ_CONTROL, ObjectType.SCHED_CONTROL)
"""Kinds without an object that could be destroyed."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the derivation tree."""

    depth: int
    """0 for the capability itself, 1 for what was derived from it, and so on."""
    cap: CapView
    dies: bool
    holder: str
    """The server whose capability space (or thread) holds it, or ''."""
    text: str
    """"Endpoint disk.block (send; badge fs)"."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What one server would lose."""

    server: str
    capabilities: tuple[str, ...]
    """In words, in the order of its slots."""
    everything: bool
    """Its thread or its whole capability space dies."""
    text: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Wake:
    """A thread that waits and would not go on waiting."""

    thread: int
    server: str
    """Its server, or the thread's name."""
    error: str
    """"InvalidCapability", "CapFault", or '' if it stops without being told."""
    text: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that would happen."""

    tree: tuple[Branch, ...]
    """The capability and its descendants, parents before children; empty if the slot is empty."""
    also: tuple[Branch, ...]
    """Capabilities outside of the tree that die because what holds them dies."""
    dying: tuple[CapView, ...]
    """All that die, leaves first."""
    objects: tuple[str, ...]
    """Names of the objects whose last capability goes."""
    losses: tuple[Loss, ...]
    """Server by server, in the order of the manifest."""
    wakes: tuple[Wake, ...]
    sentences: tuple[str, ...]
    """All of it in short sentences."""


def revoke_preview(view: View, cnode: int, index: int) -> Preview:
    """What CNode_Revoke of this slot would do: everything derived from it goes, the capability stays."""
    cap = view.slots.get((cnode, index))
    if cap is None:
        return Preview((), (), (), (), (), (), ("The slot is empty: nothing happens.",))
    dying, dead = _consequences(view, derivation.descendants(view, cap))
    doomed = {id(each) for each in dying}
    rows = derivation.tree(view, cap)
    tree = tuple(_branch(view, depth, each, id(each) in doomed) for depth, each in rows)
    inside = {id(each) for _, each in rows}
    also = tuple(_branch(view, 0, each, True) for each in dying if id(each) not in inside)
    losses = _losses(view, dying, dead)
    wakes = tuple(wake for object_id in dead for wake in _wakes(view, object_id, dead))
    names = tuple(view.name_of(each) for each in dead)
    alive = {loss.server for loss in losses if not loss.everything}
    sentences = _sentences(dying, names, losses, _deaf(view, dying, alive), wakes)
    return Preview(tree, also, tuple(reversed(dying)), names, losses, wakes, sentences)


def _branch(view: View, depth: int, cap: CapView, dies: bool) -> Branch:
    return Branch(depth, cap, dies, holder_of(view, cap.cnode), cap_words(view, cap))


def _consequences(view: View, first: list[CapView]) -> tuple[list[CapView], list[int]]:
    """All capabilities that die, in the order in which they are found, and the objects that die with them."""
    left: dict[int, int] = {}
    for cap in view.slots.values():
        left[cap.object] = left.get(cap.object, 0) + 1
    dying: list[CapView] = []
    dead: list[int] = []
    doomed: set[int] = set()
    waiting = list(first)
    while waiting:
        cap = waiting.pop(0)
        if id(cap) in doomed:
            continue
        doomed.add(id(cap))
        dying.append(cap)
        left[cap.object] -= 1
        if left[cap.object] == 0 and view.types.get(cap.object) not in _ENDLESS:
            dead.append(cap.object)
            if view.types.get(cap.object) in _CONTAINERS:
                waiting.extend(view.held.get(cap.object, {}).values())
    return dying, dead


def _losses(view: View, dying: list[CapView], dead: list[int]) -> tuple[Loss, ...]:
    lost: dict[str, list[CapView]] = {}
    for cap in dying:
        holder = holder_of(view, cap.cnode)
        if holder:
            lost.setdefault(holder, []).append(cap)
    gone = set(dead)
    found: list[Loss] = []
    for name, record in view.records.items():
        dies = record.thread in gone
        if name not in lost and not dies:
            continue
        caps = sorted(lost.get(name, []), key=lambda cap: (cap.cnode, cap.index))
        words = tuple(cap_words(view, cap) for cap in caps)
        found.append(Loss(name, words, dies, _loss_text(name, words, dies)))
    return tuple(found)


def _loss_text(name: str, words: tuple[str, ...], dies: bool) -> str:
    if dies:
        return f"{name} dies: its thread is deleted with everything that only it held."
    if len(words) == 1:
        return f"{name} loses {words[0]}."
    return f"{name} loses {len(words)} capabilities: {'; '.join(words[:4])}{'; ...' if len(words) > 4 else ''}."


def _deaf(view: View, dying: list[CapView], alive: set[str]) -> tuple[str, ...]:
    """Who goes on living without being able to acknowledge its interrupt."""
    said: list[str] = []
    for cap in dying:
        holder, known = holder_of(view, cap.cnode), view.objects.get(cap.object)
        if cap.kind == ObjectType.IRQ_HANDLER and holder in alive and known is not None:
            said.append(f"{holder} cannot acknowledge irq {known.address} any more: it hears it once more at most.")
    return tuple(said)


def _wakes(view: View, object_id: int, dead: list[int]) -> list[Wake]:
    kind = view.types.get(object_id)
    name = view.name_of(object_id)
    found: list[Wake] = []
    if kind == ObjectType.ENDPOINT:
        found.extend(_at_endpoint(view, view.threads[thread], name) for thread in view.endpoints[object_id].queue)
    elif kind == ObjectType.NOTIFICATION:
        for thread in view.notifications[object_id].queue:
            who = decode.who(view, thread)
            found.append(Wake(thread, who, "CapFault", f"{who} wakes from {name} and faults: nothing is there."))
    elif kind == ObjectType.REPLY:
        found.extend(_at_reply(view, object_id, name))
    elif kind == ObjectType.SCHED_CONTEXT:
        thread = view.sched_contexts[object_id].thread
        if thread:
            who = decode.who(view, thread)
            found.append(Wake(thread, who, "", f"{who} stops: it has no processor time any more."))
    return [wake for wake in found if wake.thread not in dead]


def _at_endpoint(view: View, thread: ThreadView, name: str) -> Wake:
    who = decode.who(view, thread.id)
    if thread.fault is not None:
        return Wake(thread.id, who, "", f"{who} stays stopped: its fault will never be received on {name}.")
    if thread.state == ThreadState.BLOCKED_ON_SEND:
        return Wake(thread.id, who, "InvalidCapability", f"{who} wakes and its call on {name} is refused.")
    return Wake(thread.id, who, "CapFault", f"{who} wakes and faults: it cannot receive on {name} any more.")


def _at_reply(view: View, object_id: int, name: str) -> list[Wake]:
    reply = view.replies[object_id]
    thread = view.threads.get(reply.thread)
    if thread is None:
        return []
    who = decode.who(view, thread.id)
    if thread.state == ThreadState.BLOCKED_ON_REPLY:
        text = f"{who} stops for good: nobody can answer its call without {name}."
    else:
        text = f"{who} stops waiting for requests: it waited with {name}."
    return [Wake(thread.id, who, "", text)]


def _sentences(
    dying: list[CapView],
    objects: tuple[str, ...],
    losses: tuple[Loss, ...],
    deaf: tuple[str, ...],
    wakes: tuple[Wake, ...],
) -> tuple[str, ...]:
    if not dying:
        return ("Nothing was derived from this capability: nothing dies.",)
    count = "1 capability dies" if len(dying) == 1 else f"{len(dying)} capabilities die"
    said = [f"{count}; the capability itself stays."]
    if objects:
        shown = ", ".join(objects[:6]) + (", ..." if len(objects) > 6 else "")
        what = "object goes with its last capability" if len(objects) == 1 else "objects go with their last capability"
        said.append(f"{len(objects)} {what}: {shown}.")
    said.extend(loss.text for loss in losses)
    said.extend(deaf)
    said.extend(wake.text for wake in wakes)
    return tuple(said)
