"""A capability microkernel after seL4 (MCS): pure, deterministic, standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.errors import KernelError
    from kernel.kernel import DeviceRegion, Kernel
    from kernel.objects import KernelBug
    from kernel.vehicle import CoroutineVehicle, Runaway

__all__ = ["CoroutineVehicle", "DeviceRegion", "Kernel", "KernelBug", "KernelError", "Runaway"]

_HOMES = {
    "CoroutineVehicle": "kernel.vehicle",
    "DeviceRegion": "kernel.kernel",
    "Kernel": "kernel.kernel",
    "KernelBug": "kernel.objects",
    "KernelError": "kernel.errors",
    "Runaway": "kernel.vehicle",
}


def __getattr__(name: str) -> Any:
    """Load the kernel only when it is used: servers need nothing but `kernel.abi` and `kernel.syscalls`."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'kernel' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
