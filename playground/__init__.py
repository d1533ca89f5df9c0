"""The outside world of the microkernel: the machine, recordings, the lesson player, the command line and the screens.

Importing the package alone costs nothing; every part is imported where it is used.
"""

__version__ = "0.1.0"
