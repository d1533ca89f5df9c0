"""`you`: the person at the playground as a process, with its own capabilities and nothing else.

The operator device brings one request at a time: a JSON object.

* ``{"operation": "call", "target": capability, "name": operation, "arguments": {name: value}}`` calls the server
  behind one of the capabilities that the manifest lists under `uses`.
* ``{"operation": "revoke", "server": server, "capability": name}`` (or ``"slot": index``) revokes the capability in
  that server's CSpace: everything derived from it dies. Needs the CNode under `controls`; `"server": "you"` is one's
  own CSpace. ``"delete"`` instead of ``"revoke"`` deletes the capability itself.

Every request is answered by one note "you-reply": request (its number), ok (0 or 1), operation, text, then either the
results by name or `error` (the name of the error).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from kernel.abi import ERROR_NAMES, Error
from servers.hardware import OperatorRegister
from servers.interfaces import INTERFACES
from servers.interfaces.base import Operation, Value
from servers.interfaces.codec import CodecError
from servers.nearest import nearest
from servers.runtime import invocations
from servers.runtime.env import Env
from servers.runtime.errors import KernelRefusal, OutOfMemory, ServerError
from servers.runtime.invocations import Place

MAX_SHOWN: Final = 960
"""Characters of a text in a note."""
TAKING: Final = {"revoke": invocations.revoke, "delete": invocations.delete}


class Mistake(Exception):
    """A request that cannot even be tried; the text says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request."""

    operation: str
    text: str
    error: str = ""
    """Name of the error, or ''."""
    results: dict[str, int | str] = field(default_factory=dict)


class You:
    """Carries out requests with the capabilities of this process."""

    def __init__(self, env: Env) -> None:
        self._env = env

    async def carry_out(self, request: dict[str, Any]) -> Outcome:
        """One request; whatever happens, there is an outcome."""
        kind = request.get("operation")
        try:
            if kind == "call":
                return await self._call(request)
            if kind in TAKING:
                return await self._take_away(str(kind), request)
            raise Mistake(f"you can call, revoke or delete, not {kind!r}")
        except Mistake as mistake:
            return Outcome(str(kind), str(mistake), "MISTAKE")
        except CodecError as error:
            return Outcome(str(kind), str(error), "BAD_REQUEST")
        except ServerError as error:
            return Outcome(f"{error.interface}.{error.operation}", str(error), error.name)
        except KernelRefusal as refusal:
            return Outcome(str(kind), str(refusal), ERROR_NAMES[Error(refusal.error)])
        except OutOfMemory as error:
            return Outcome(str(kind), str(error), "NO_MEMORY")

    async def _call(self, request: dict[str, Any]) -> Outcome:
        target = str(request.get("target", ""))
        known = sorted(self._env.interfaces)
        if target not in self._env.interfaces:
            raise Mistake(f"you hold no capability called `{target}`{nearest(target, known)}")
        interface = INTERFACES[self._env.interfaces[target]]
        try:
            operation = interface.operation(str(request.get("name", "")))
        except KeyError as error:
            raise Mistake(str(error.args[0])) from None
        arguments = self._arguments(operation, request.get("arguments") or {})
        results = await self._env.client(target, interface).request(operation, arguments)
        slots = [argument.name for argument in operation.results if argument.type == "capability"]
        shown = {name: _shown(value) for name, value in results.items()}
        text = ", ".join(f"{name} = {value!r}" for name, value in shown.items()) or "done"
        if "text" in shown:
            # A result that is called text is what the note's text says, as it is.
            text = str(shown["text"])
        for name in slots:
            text = f"a capability, now in your slot {results[name]!r}"
        return Outcome(f"{target}.{operation.name}", text, results=shown)

    def _arguments(self, operation: Operation, given: dict[str, Any]) -> dict[str, Value]:
        """What a person typed, as the interface wants it; a capability is named."""
        kinds = {argument.name: argument.type for argument in operation.arguments}
        arguments: dict[str, Value] = {}
        for name, value in given.items():
            kind = kinds.get(name)
            if kind == "bytes" and isinstance(value, str):
                arguments[name] = value.encode()
            elif kind == "capability" and isinstance(value, str):
                if value not in self._env.caps:
                    known = sorted(self._env.caps)
                    raise Mistake(f"you hold no capability called `{value}`{nearest(value, known)}")
                arguments[name] = self._env.caps[value]
            else:
                arguments[name] = value
        return arguments

    async def _take_away(self, kind: str, request: dict[str, Any]) -> Outcome:
        server = str(request.get("server", ""))
        control = self._env.controls.get(server)
        if control is None:
            known = sorted(self._env.controls)
            raise Mistake(f"you hold no capability to the CNode of `{server}`{nearest(server, known)}")
        index = request.get("slot")
        name = str(request.get("capability", f"slot {index}"))
        if not isinstance(index, int):
            if name not in control.slots:
                raise Mistake(f"`{server}` holds no capability called `{name}`{nearest(name, sorted(control.slots))}")
            index = control.slots[name]
        await TAKING[kind](Place(control.slot, index))
        what = "all that was derived from it is gone; it stays" if kind == "revoke" else "it is gone"
        return Outcome(kind, f"{kind}d {server}.{name}: {what}")


def _shown(value: Value) -> int | str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")[:MAX_SHOWN]
    return value[:MAX_SHOWN] if isinstance(value, str) else int(value)


def parse(data: bytes) -> dict[str, Any]:
    """The JSON object in a request. Raises Mistake."""
    try:
        request = json.loads(data)
    except ValueError as error:
        raise Mistake(f"the request is not JSON: {error}") from None
    if not isinstance(request, dict):
        raise Mistake("the request is not a JSON object")
    return request


async def main(env: Env) -> None:
    """Carry out what the operator asks, one request after the other, for ever."""
    you = You(env)
    registers = env.window("registers")
    await env.acknowledge("irq")
    while True:
        length = await registers.load_word(OperatorRegister.LENGTH)
        if not length:
            await env.wait()
            await env.acknowledge("irq")
            continue
        number = await registers.load_word(OperatorRegister.NUMBER)
        data = await registers.load(OperatorRegister.DATA, length)
        # Dropped before it is tried: a request that is the death of this process must not kill the next one too.
        await registers.store_word(OperatorRegister.NEXT, 1)
        try:
            outcome = await you.carry_out(parse(data))
        except Mistake as mistake:
            outcome = Outcome("request", str(mistake), "MISTAKE")
        fields: dict[str, int | str] = {"request": number, "ok": int(not outcome.error), "operation": outcome.operation,
                                        "text": outcome.text[:MAX_SHOWN]}  # fmt: skip
        if outcome.error:
            fields["error"] = outcome.error
        await env.note("you-reply", **{**outcome.results, **fields})
