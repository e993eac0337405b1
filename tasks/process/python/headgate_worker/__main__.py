"""Entry: ``python -m headgate_worker``."""

import os
import signal
import sys

from headgate_worker.channel import Channel
from headgate_worker.server import Server
from headgate_worker.switches import offline


def main() -> None:
    """Serves until standard input ends."""
    # A group of its own: Ctrl-C at the terminal reaches Headgate, which decides what to cancel.
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The pipe is ours alone: whatever a library prints goes to standard error.
    answers = os.dup(1)
    os.dup2(2, 1)
    requests = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for descriptor in (answers, requests):
        os.set_inheritable(descriptor, False)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    offline()
    Server(Channel(requests, answers)).serve()


if __name__ == "__main__":
    main()
