import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Order } from './control.ts';

/** A task that says that it has begun, and then does what it is told. Without anybody to tell it, it ends. */
const [, , name = ''] = process.argv;
const socket = connect(process.env['TEST_CONTROL_SOCKET'] ?? '');
socket.write(`${JSON.stringify({ name, pid: process.pid, cwd: process.cwd(), env: process.env })}\n`);
for await (const line of createInterface({ input: socket })) obey(JSON.parse(line) as Order);
process.exit(90);

function obey(order: Order): void {
  if ('print' in order) process.stdout.write(order.print);
  else if ('result' in order)
    writeFileSync(`${process.env['PROVISIONING_TASK_DIR']}/result.json`, JSON.stringify(order.result));
  else if ('fork' in order) spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();
  else process.exit(order.exit);
}
