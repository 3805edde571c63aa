"""Whether this machine slept: a connection does not outlive that for long."""

import time


def slept() -> float:
    """Return how many seconds it has been suspended since some moment.

    Only differences mean something. The monotonic clock stands still meanwhile;
    CLOCK_BOOTTIME does not. Where there is none, the wall clock stands in, and
    setting it looks like sleep.
    """
    running = getattr(time, "CLOCK_BOOTTIME", None)
    since = time.time() if running is None else time.clock_gettime(running)
    return since - time.monotonic()
