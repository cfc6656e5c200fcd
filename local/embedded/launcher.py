"""Become another user and another program, and ask to be signalled when the parent dies.

Run as a script: ``launcher.py PARENT_PID SIGNAL UID GID PROGRAM ARGUMENT...``; a UID of -1 keeps
the user. It is a program of its own because code between fork and exec must not run Python in a
process that has threads, and because the kernel forgets the wish when a process changes its user.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Drop privileges, tie this process to its parent, and turn into the program."""
    parent, death_signal, uid, gid = (int(argument) for argument in sys.argv[1:5])
    program = sys.argv[5:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main()
