import { isRecord } from '../domain/json.ts';
import type { EventDocument } from './documents.ts';

/** Server-sent events: how a run's log travels. */

export const EVENT_STREAM_TYPE = 'text/event-stream';
/** A comment, so that a reader can tell silence from death. */
export const HEARTBEAT = ': still here\n\n';
export const HEARTBEAT_MS = 15_000;

/** The last word of a stream whose run has ended; a stream that ends without it was cut. */
export const END = ': the run has ended\n\n';

export const encodeEvent = (event: EventDocument): string =>
  `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** The text of a stream, in pieces cut between characters → its events. `true` once the stream said its last word. */
export function createEventParser(onEvent: (event: EventDocument) => void): (piece: string) => boolean {
  let rest = '';
  let ended = false;
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      ended ||= `${block}\n\n` === END;
      const event = decode(block);
      if (event !== undefined) onEvent(event);
    }
    return ended;
  };
}

function decode(block: string): EventDocument | undefined {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trimStart());
  if (data.length === 0) return undefined;
  const event: unknown = JSON.parse(data.join('\n'));
  return isEvent(event) ? event : undefined;
}

const isEvent = (value: unknown): value is EventDocument =>
  isRecord(value) && typeof value['seq'] === 'number' && typeof value['type'] === 'string' && isRecord(value['data']);
