# Runs a program on a terminal of its own. What comes in is typed, what is shown comes out; stderr says "pid N" first
# and "exit N" last. USR1 takes the terminal away, as closing its window does.
import os, pty, select, signal, sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
print(f"pid {pid}", file=sys.stderr, flush=True)
gone = False


def hang_up(*_):
    global gone
    gone = True


signal.signal(signal.SIGUSR1, hang_up)
inputs = [0, terminal]
while not gone:
    try:
        ready, _, _ = select.select(inputs, [], [], 0.05)
        if 0 in ready:
            typed = os.read(0, 4096)
            if typed:
                os.write(terminal, typed)
            else:
                inputs.remove(0)
        if terminal in ready:
            shown = os.read(terminal, 65536)
            if not shown:
                break
            os.write(1, shown)
    except OSError:
        break
if gone:
    os.close(terminal)
_, status = os.waitpid(pid, 0)
print(f"exit {os.waitstatus_to_exitcode(status)}", file=sys.stderr, flush=True)
