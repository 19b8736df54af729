# Runs a program on a terminal of its own: COLUMNSxROWS PROGRAM ARGUMENT… What comes in is typed, what is shown comes
# out; stderr says "pid N" first and "exit N" last. USR1 takes the terminal away, as closing its window does.
# In what comes in, ESC ] size;COLUMNS;ROWS BEL is not typed: the window gets another size, and the same text comes out at
# the place in the stream where it got it. ESC ] stop BEL has it take nothing more (Ctrl-S), ESC ] go BEL go on.
import fcntl, os, pty, re, select, signal, struct, sys, termios

ORDER = re.compile(rb"\x1b\](size;(\d+);(\d+)|stop|go)\x07")


def resize(columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


size = [int(part) for part in sys.argv[1].split("x")]
release, wait = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.close(wait)
    os.read(release, 1)
    os.execvp(sys.argv[2], sys.argv[2:])
resize(*size)
os.close(wait)
print(f"pid {pid}", file=sys.stderr, flush=True)
gone = False
stopped = False


def hang_up(*_):
    global gone
    gone = True


def show():
    shown = os.read(terminal, 65536)
    os.write(1, shown)
    return shown


def drain():
    while select.select([terminal], [], [], 0)[0]:
        show()


def take(typed):
    global stopped
    end = 0
    for order in ORDER.finditer(typed):
        os.write(terminal, typed[end : order.start()])
        end = order.end()
        if order[2]:
            drain()
            resize(int(order[2]), int(order[3]))
            os.write(1, order[0])
        else:
            stopped = order[1] == b"stop"
    os.write(terminal, typed[end:])


signal.signal(signal.SIGUSR1, hang_up)
inputs = [0]
while not gone:
    try:
        ready, _, _ = select.select(inputs + ([] if stopped else [terminal]), [], [], 0.05)
        if 0 in ready:
            typed = os.read(0, 4096)
            if typed:
                take(typed)
            else:
                inputs.remove(0)
        if terminal in ready and not show():
            break
    except OSError:
        break
if gone:
    os.close(terminal)
_, status = os.waitpid(pid, 0)
print(f"exit {os.waitstatus_to_exitcode(status)}", file=sys.stderr, flush=True)
