/**
 * `next` resolves at the first news since it resolved last; none is missed between two calls. It resolves at once when
 * `signal` has fired.
 */
export function news(
  signal: AbortSignal,
  subscribe: (tell: () => void) => readonly (() => void)[],
): { readonly next: () => Promise<void>; readonly stop: () => void } {
  let isFresh = false;
  let wake = (): void => undefined;
  const tell = (): void => {
    isFresh = true;
    wake();
  };
  const stops = subscribe(tell);
  signal.addEventListener('abort', tell);
  return {
    async next() {
      const { promise, resolve } = Promise.withResolvers<null>();
      wake = () => {
        resolve(null);
      };
      if (isFresh || signal.aborted) wake();
      await promise;
      isFresh = false;
    },
    stop: () => {
      for (const stop of stops) stop();
      signal.removeEventListener('abort', tell);
    },
  };
}
