import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { kill, statusOf } from './processes.ts';

/** Named in the environment of a task: where it gets its orders. */
const CONTROL_VARIABLE = 'TEST_CONTROL_SOCKET';

/** What a task says when it begins. */
export interface Hello {
  readonly name: string;
  readonly pid: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What it may be told. */
export type Order =
  | { readonly print: string }
  | { readonly result: Readonly<Record<string, unknown>> }
  /** A process in a session of its own, which the task leaves behind. */
  | { readonly fork: true }
  | { readonly exit: number };

export interface Task extends Hello {
  tell(order: Order): void;
  /** Resolves when its process has let go of everything, however that happened; its shim may need a moment more. */
  readonly gone: Promise<void>;
}

export interface Control {
  /** An operation, as a workflow has it: a task that begins, and then does what it is told. */
  operation(id: string, more?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** Resolves with the next task of this name that begins, or began and was not asked for yet. */
  began(id: string): Promise<Task>;
  /** Names of those that run now, sorted. */
  running(): readonly string[];
  close(): Promise<void>;
}

const PROGRAM = join(import.meta.dirname, 'task-program.ts');

/** Concurrency without sleeps: the test decides when each task goes on. */
export async function control(folder: string): Promise<Control> {
  const socket = join(folder, 'control.sock');
  const running = new Set<Task>();
  const waiting = new Map<string, Mailbox>();
  let isClosing = false;
  const mailbox = (name: string): Mailbox => {
    const box = waiting.get(name) ?? { tasks: [], takers: [] };
    waiting.set(name, box);
    return box;
  };
  const receive = async (connection: Socket): Promise<void> => {
    const task = await greet(connection, running);
    if (isClosing) return task.tell({ exit: 0 });
    const box = mailbox(task.name);
    const taker = box.takers.shift();
    if (taker === undefined) box.tasks.push(task);
    else taker(task);
  };
  const server = createServer((connection) => void receive(connection));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    operation: (id, more = {}) => ({
      id,
      type: 'command.run',
      params: { argv: [process.execPath, PROGRAM, id], env: { [CONTROL_VARIABLE]: socket } },
      ...more,
    }),
    began(id) {
      const box = mailbox(id);
      const task = box.tasks.shift();
      return task === undefined ? new Promise((resolve) => box.takers.push(resolve)) : Promise.resolve(task);
    },
    running: () => [...running].map(({ name }) => name).toSorted(),
    async close() {
      isClosing = true;
      for (const task of running) task.tell({ exit: 0 });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Mailbox {
  readonly tasks: Task[];
  readonly takers: ((task: Task) => void)[];
}

async function greet(connection: Socket, running: Set<Task>): Promise<Task> {
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  connection.on('error', () => undefined);
  const lines = createInterface({ input: connection });
  // It hands on the connection's errors: a task that was killed resets it.
  lines.on('error', () => undefined);
  const first = await new Promise<string>((resolve) => lines.once('line', resolve));
  const tell = (order: Order): void => void connection.write(`${JSON.stringify(order)}\n`);
  const task: Task = { ...(JSON.parse(first) as Hello), tell, gone };
  running.add(task);
  const end = (): void => {
    running.delete(task);
    leave();
  };
  // Its end comes in the turn in which it is read, before what was caused by it; its close comes turns later.
  connection.once('end', end).once('close', end);
  return task;
}

/** `kill -9` of a task and of the shell that would have written down how it ended. */
export function vanish({ pid }: Pick<Task, 'pid'>): void {
  kill(Number(statusOf(pid, 'PPid')));
  kill(pid);
}
