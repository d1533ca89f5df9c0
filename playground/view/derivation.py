"""Who came from whom: parents and children in the derivation list, decided as seL4 decides it.

The list holds capabilities parents before children; that one is the ancestor of another is never stored but found by
comparing neighbours (seL4's isMDBParentOf and sameRegionAs).
"""

from __future__ import annotations

from collections.abc import Iterator

from kernel.abi import ObjectType
from playground.view.model import CapView, View

_NOT_IN_MEMORY = frozenset({ObjectType.IRQ_CONTROL, ObjectType.IRQ_HANDLER, ObjectType.SCHED_CONTROL})
_BADGED = (ObjectType.ENDPOINT, ObjectType.NOTIFICATION)


def same_region(view: View, left: CapView, right: CapView) -> bool:
    """Whether `right` lies inside what `left` names."""
    if left.kind == ObjectType.UNTYPED:
        if right.kind in _NOT_IN_MEMORY:
            return False
        outer, inner = view.objects[left.object], view.objects[right.object]
        end = outer.address + (1 << outer.size_bits)
        return outer.address <= inner.address and inner.address + (1 << inner.size_bits) <= end
    if left.kind == ObjectType.IRQ_CONTROL:
        return right.kind in (ObjectType.IRQ_CONTROL, ObjectType.IRQ_HANDLER)
    return left.kind == right.kind and left.object == right.object and left.kind != ObjectType.ZOMBIE


def is_parent(view: View, left: CapView, right: CapView) -> bool:
    """Whether `left` is an ancestor of `right`, given that everything between them in the list is too."""
    if not left.revocable or not same_region(view, left, right):
        return False
    if left.kind in _BADGED:
        return left.badge == 0 or (left.badge == right.badge and not right.first_badged)
    return True


def descendants(view: View, cap: CapView) -> list[CapView]:
    """Everything that Revoke of this capability deletes, in list order: parents before their children."""
    found: list[CapView] = []
    following = cap.next
    while following is not None and is_parent(view, cap, following):
        found.append(following)
        following = following.next
    return found


def has_children(view: View, cap: CapView) -> bool:
    """Whether anything was derived from it that still exists."""
    return cap.next is not None and is_parent(view, cap, cap.next)


def tree(view: View, cap: CapView) -> list[tuple[int, CapView]]:
    """The capability and its descendants in list order, each with its depth below it (0 for itself)."""
    rows = [(0, cap)]
    ancestors = [cap]
    for descendant in descendants(view, cap):
        while len(ancestors) > 1 and not is_parent(view, ancestors[-1], descendant):
            ancestors.pop()
        rows.append((len(ancestors), descendant))
        ancestors.append(descendant)
    return rows


def children(view: View, cap: CapView) -> list[CapView]:
    """The descendants that have nobody between them and this capability."""
    return [child for depth, child in tree(view, cap) if depth == 1]


def ancestors(view: View, cap: CapView) -> list[CapView]:
    """The capability's parent, the parent of that, and so on."""
    found: list[CapView] = []
    between: list[CapView] = [cap]
    candidate = cap.previous
    while candidate is not None:
        if is_parent(view, candidate, cap) and all(is_parent(view, candidate, each) for each in between):
            found.append(candidate)
        between.append(candidate)
        candidate = candidate.previous
    return found


def parent(view: View, cap: CapView) -> CapView | None:
    """The nearest capability whose Revoke would delete this one, or None."""
    between: list[CapView] = []
    candidate = cap.previous
    while candidate is not None:
        if is_parent(view, candidate, cap) and all(is_parent(view, candidate, each) for each in between):
            return candidate
        between.append(candidate)
        candidate = candidate.previous
    return None


def capabilities_to(view: View, object_id: int) -> list[CapView]:
    """Every capability to an object, in the order in which they were made."""
    found = [cap for cap in view.slots.values() if cap.object == object_id]
    found.sort(key=lambda cap: cap.born)
    return found


def roots(view: View) -> Iterator[CapView]:
    """The heads of all derivation lists."""
    return (cap for cap in view.slots.values() if cap.previous is None)
