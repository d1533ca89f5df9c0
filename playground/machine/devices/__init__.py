"""The devices of the board, one file each; `servers/hardware.py` is their data sheet.

A device is passive: it answers loads and stores of its registers and puts what it will do into the queue of the bus.
It knows no wall clock, no file and no event loop, so it behaves the same live, in a test and in a replay.
"""
