import type { EventDocument } from '../api/documents.ts';
import type { Reads } from '../ports/reads.ts';
import { heldUpText } from '../presentation/why.ts';
import type { Viewer } from './watched.ts';

/** Who waits for less than that need not know. */
const PATIENCE_MS = 1000;

/**
 * Says, once for each wait, who has what a run waits for while nothing of it runs: the lock of a resource, a mutex, the
 * slots, the places of a pool. Nobody else would say anything then.
 */
export function tellHeldUp(reads: Pick<Reads, 'why'>, { id, advise }: { id: string } & Pick<Viewer, 'advise'>) {
  const running = new Set<string>();
  let news = 0;
  let told = false;
  let isAsking = false;
  let isOver = false;
  const look = async (): Promise<void> => {
    if (told || isAsking || running.size > 0) return;
    isAsking = true;
    const before = news;
    const why = await reads.why(id);
    isAsking = false;
    if (!why.ok || news !== before || isOver) return;
    const text = heldUpText(why.value);
    told = text !== undefined;
    if (told) advise(text);
  };
  const timer = setInterval(() => void look(), PATIENCE_MS);
  return {
    onEvent({ type, task }: EventDocument): void {
      if (task === undefined) return;
      if (BEGINS.has(type)) running.add(task);
      else if (type !== 'task.progress') running.delete(task);
      news += 1;
      if (told) advise(undefined);
      told = false;
    },
    end: (): void => {
      clearInterval(timer);
      isOver = true;
    },
  };
}

const BEGINS: ReadonlySet<string> = new Set(['task.started', 'task.resumed', 'task.waiting']);
