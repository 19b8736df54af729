import { transitionLine } from '../presentation/progress.ts';
import { notice } from '../presentation/notice.ts';
import type { Services } from './services.ts';
import type { Viewer, Watched } from './watched.ts';

const NOBODY: Viewer = {
  isPerson: false,
  onEvent: () => undefined,
  advise: () => undefined,
  end: async () => undefined,
};

/** A picture on a terminal, and everywhere else one plain line for each transition, on stderr. */
export async function createViewer(services: Services, watched: Watched): Promise<Viewer> {
  if (watched.silent) return NOBODY;
  const screen = await services.terminal.live();
  if (screen === undefined) return lines(services, watched);
  const { pictureOn } = await import('./live-viewer.ts');
  return (await pictureOn(screen, services, watched)) ?? lines(services, watched);
}

function lines({ terminal }: Services, { colourless, after = 0 }: Watched): Viewer {
  const style = terminal.style('note', colourless);
  let said: string | undefined;
  return {
    ...NOBODY,
    onEvent: (event) => {
      const line = event.seq > after ? transitionLine(event, style) : undefined;
      if (line !== undefined) terminal.note(`${line}\n`);
    },
    advise: (text) => {
      if (text !== undefined && text !== said) terminal.note(notice(text));
      said = text;
    },
  };
}
