"""Recordings: a run in a file, written while it happens, read back from any moment, and run again to see if it is true.

`frames` is the container, `blocks` what is in it, `recorder` writes, `reader` reads, `origin` boots the same machine
again, and `rerun` holds a recording against what such a machine does.
"""
