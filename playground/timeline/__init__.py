"""Time travel: what was true at any moment of a run, moments that are looked for, and other ways it could have gone.

`history` gives the View at any event, of a run that goes on or of a recording; `past` adds what only running again can
tell (the source line a thread stood at, the console) and branching; `timelines` keeps the branches; `compare` sets two
runs beside each other; `replayed` lets the screens play a recording as if it were a machine.
"""
