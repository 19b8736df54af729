import type { Life } from './life.ts';

/**
 * An answer that grows. Texts are made only as fast as the reader takes them. Counts as a request in progress until
 * its end; `signal` fires when the reader has gone or the orchestrator leaves.
 */
export function streamOf(
  life: Life,
  textsOf: (signal: AbortSignal) => AsyncGenerator<string>,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const leave = life.enter();
  const texts = textsOf(AbortSignal.any([gone.signal, life.draining]));
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await texts.next();
        if (done !== true) return controller.enqueue(encoder.encode(value));
        leave();
        return gone.signal.aborted ? undefined : controller.close();
      },
      async cancel() {
        gone.abort();
        await texts.return(undefined);
        leave();
      },
    },
    { highWaterMark: 0 },
  );
}
