"""The part of the fold about capabilities: slots, the derivation list, and what is mapped through them.

A `CapView` keeps its identity while it moves: its place in the derivation list moves with it, so moving and swapping
change only where it is found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from kernel import events as ev
from kernel.abi import ObjectType
from kernel.events import Event
from playground.view.derivation import has_children
from playground.view.model import View
from playground.view.objects import REMAINS_KEPT, CapView, ObjectView

_KINDS: Final = tuple(ObjectType(number) for number in range(len(ObjectType)))
_UNTYPED: Final = ObjectType.UNTYPED
_CONTROLS: Final = (ObjectType.IRQ_CONTROL, ObjectType.SCHED_CONTROL)
"""Like an Untyped these are nothing but their capabilities: the kernel has no object that it could destroy."""


def _place(view: View, cap: CapView, cnode: int, index: int) -> None:
    cap.cnode = cnode
    cap.index = index
    view.slots[cnode, index] = cap
    held = view.held.get(cnode)
    if held is None:
        held = view.held[cnode] = {}
    held[index] = cap


def _lift(view: View, cnode: int, index: int) -> CapView | None:
    cap = view.slots.pop((cnode, index), None)
    if cap is not None:
        del view.held[cnode][index]
    return cap


def _inserted(view: View, number: int, event: Event) -> None:
    _, _, cnode, index, kind, object_id, rights, badge, revocable, first_badged, after_cnode, after_index = event
    cap = CapView(
        cnode, index, _KINDS[kind], object_id, rights, badge, bool(revocable), bool(first_badged), born=number
    )
    if after_cnode:
        before = view.slots[after_cnode, after_index]
        after = before.next
        cap.previous, cap.next = before, after
        before.next = cap
        if after is not None:
            after.previous = cap
    _place(view, cap, cnode, index)
    if cap.kind is _UNTYPED:
        view.untyped_caps.setdefault(object_id, []).append(cap)


def remember(view: View, gone: ObjectView) -> None:
    """An object is gone, but the memory it took cannot be used before all its siblings are gone too."""
    if gone.untyped in view.objects:
        view.remains.setdefault(gone.untyped, deque(maxlen=REMAINS_KEPT)).append(gone)


def _moved(view: View, number: int, event: Event) -> None:
    cap = _lift(view, event[2], event[3])
    if cap is None:
        raise KeyError(f"event {number} moves a capability out of an empty slot")
    _place(view, cap, event[4], event[5])


def _removed(view: View, number: int, event: Event) -> None:
    cap = _lift(view, event[2], event[3])
    if cap is None:
        raise KeyError(f"event {number} removes a capability from an empty slot")
    before, after = cap.previous, cap.next
    if before is not None:
        before.next = after
    if after is not None:
        after.previous = before
        after.first_badged = after.first_badged or cap.first_badged
    cap.previous = cap.next = None
    if cap.kind is _UNTYPED:
        same = view.untyped_caps[cap.object]
        same.remove(cap)
        if not same:
            del view.untyped_caps[cap.object]
            view.remains.pop(cap.object, None)
            gone = view.objects.pop(cap.object, None)
            if gone is not None:
                remember(view, gone)
    elif cap.kind in _CONTROLS and all(other.object != cap.object for other in view.slots.values()):
        view.objects.pop(cap.object, None)


def _changed(view: View, number: int, event: Event) -> None:
    _, _, cnode, index, kind, object_id, rights, badge, revocable, first_badged = event
    cap = view.slots[cnode, index]
    if cap.kind is _UNTYPED and object_id in view.remains and not has_children(view, cap):
        del view.remains[object_id]
    cap.kind = _KINDS[kind]
    cap.object = object_id
    cap.rights = rights
    cap.badge = badge
    cap.revocable = bool(revocable)
    cap.first_badged = bool(first_badged)


def _swapped(view: View, number: int, event: Event) -> None:
    _, _, cnode, index, with_cnode, with_index = event
    one = _lift(view, cnode, index)
    other = _lift(view, with_cnode, with_index)
    if one is not None:
        _place(view, one, with_cnode, with_index)
    if other is not None:
        _place(view, other, cnode, index)


def _mapped(view: View, number: int, event: Event) -> None:
    _, _, cnode, index, _, vspace, vaddr, rights = event
    cap = view.slots[cnode, index]
    _forget_mapping(view, cap)
    cap.vspace, cap.vaddr, cap.map_rights = vspace, vaddr, rights
    view.mappings.setdefault(vspace, {})[vaddr] = cap


def _unmapped(view: View, number: int, event: Event) -> None:
    cap = view.mappings.get(event[5], {}).get(event[6])
    if cap is not None:
        _forget_mapping(view, cap)


def _forget_mapping(view: View, cap: CapView) -> None:
    if cap.vspace:
        del view.mappings[cap.vspace][cap.vaddr]
        cap.vspace = cap.vaddr = cap.map_rights = 0


STEPS: Final[dict[int, Callable[[View, int, Event], None]]] = {
    ev.CAP_INSERTED: _inserted,
    ev.CAP_MOVED: _moved,
    ev.CAP_REMOVED: _removed,
    ev.CAP_CHANGED: _changed,
    ev.CAPS_SWAPPED: _swapped,
    ev.MAPPED: _mapped,
    ev.UNMAPPED: _unmapped,
}
