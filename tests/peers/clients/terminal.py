"""Types at a console in a terminal: PROGRAM ARGUMENTS... ; prints what the terminal shows."""

import os
import pty
import select
import sys
import time

process, terminal = pty.fork()
if process == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], sys.argv[1:])

shown = b""


def wait(text):
    """Waits until the terminal has shown a text since the last one."""
    global shown
    end = time.monotonic() + 30
    while text not in shown:
        ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
        if not ready:
            sys.exit(f"{text!r} did not come: {shown!r}")
        shown += os.read(terminal, 65536)
    shown = shown.split(text, 1)[1]


wait(b"*CLI> ")
# A whole line in one burst, as a paste or another program gives it.
os.write(terminal, b"core show uptime seconds\r")
wait(b"System uptime: ")
wait(b"*CLI> ")
# Words are completed with Tab.
os.write(terminal, b"core sho\tupt\tsec\t\r")
wait(b"core show uptime seconds")
wait(b"System uptime: ")
wait(b"*CLI> ")
# The last line comes back.
os.write(terminal, b"\x1b[A\r")
wait(b"core show uptime seconds")
wait(b"System uptime: ")
wait(b"*CLI> ")
os.write(terminal, b"exit\r")
_, status = os.waitpid(process, 0)
print("left with", os.waitstatus_to_exitcode(status))
