"""The panes of the screens, and what they share.

Textual paints at most 60 times a second and lets a change that just missed a frame wait for the next but one. We draw
no more often than the machine is looked at and keys are pressed, so it may paint at once; it reads that from its
environment when it is first imported, which is after this.
"""

import os

os.environ.setdefault("TEXTUAL_FPS", "1000")
