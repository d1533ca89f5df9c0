"""A client for tests: does what the test's operator device tells it, and says how it went in a note."""

from __future__ import annotations

import json

from servers.hardware import OPERATOR_MAX_BYTES, OperatorRegister
from servers.interfaces import COUNTER, INTERFACES
from servers.runtime.env import Env
from servers.runtime.errors import ServerError
from servers.runtime.invocations import Place, revoke


async def main(env: Env) -> None:
    registers = env.window("registers")
    await env.note("actor-ready", life=env.life)
    await env.acknowledge("irq")
    while True:
        await env.wait()
        while length := await registers.load_word(OperatorRegister.LENGTH):
            command = json.loads((await registers.load(OperatorRegister.DATA, OPERATOR_MAX_BYTES))[:length])
            await registers.store_word(OperatorRegister.NEXT, 1)
            await act(env, **command)
        await env.acknowledge("irq")


async def act(env: Env, number: int, do: str, **how: str) -> None:
    try:
        if do == "revoke":
            control = env.controls[how["server"]]
            await revoke(Place(control.slot, control.slots[how["capability"]]))
            said = "revoked"
        elif do == "found":
            slot = await env.client("names", INTERFACES["names"]).lookup(how["name"])
            said = str(await env.client_of_slot(slot, "found", COUNTER).value())
            await env.delete(slot)
        elif do == "publish":
            await env.client("names", INTERFACES["names"]).register(how["name"], env.cap(how["capability"]))
            said = "published"
        else:
            target, _, name = do.partition(".")
            client = env.client(target, INTERFACES[env.interfaces[target]])
            said = str(await getattr(client, name)(**how))
    except ServerError as error:
        said = error.name
    await env.note("actor-done", number=number, said=said)
