import headless from '@xterm/headless';

/** A terminal as xterm.js makes one (the terminal of VS Code): what stands on it is what a person would see. */
export interface Screen {
  write(text: string): void;
  /** Of the window; without blanks at their ends. */
  lines(): Promise<readonly string[]>;
  /** What has left it at the top and can be scrolled back to, and then what stands in the window, to the last line. */
  history(): Promise<readonly string[]>;
  /** How many rows have left the window at the top so far. */
  scrolled(): Promise<number>;
  /** Whether some character on it has a colour. */
  isColoured(): Promise<boolean>;
}

/** As `on-terminal.py` says it: at this place in what is shown, the window got another size. */
const RESIZED = new RegExp(String.raw`\u001b\]size;(\d+);(\d+)\u0007`);
/** A beginning of that waits for its end. */
const BEGUN = new RegExp(String.raw`\u001b(?:\]s[^\u0007]*|\])?$`);

export function createScreen(columns: number, rows: number): Screen {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  let turn = Promise.resolve();
  let scrolled = 0;
  terminal.onScroll(() => (scrolled += 1));
  let rest = '';
  const write = (text: string): void => {
    const before = turn;
    turn = (async () => {
      await before;
      await new Promise<void>((resolve) => {
        terminal.write(text, resolve);
      });
    })();
  };
  const resize = (wide: number, high: number): void => {
    const before = turn;
    turn = (async () => {
      await before;
      terminal.resize(wide, high);
    })();
  };
  const all = (): readonly string[] => {
    const { active } = terminal.buffer;
    return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  };
  return {
    write(text) {
      rest += text;
      for (let found = RESIZED.exec(rest); found !== null; found = RESIZED.exec(rest)) {
        write(rest.slice(0, found.index));
        resize(Number(found[1]), Number(found[2]));
        rest = rest.slice(found.index + found[0].length);
      }
      const begun = BEGUN.exec(rest)?.index ?? rest.length;
      write(rest.slice(0, begun));
      rest = rest.slice(begun);
    },
    async lines() {
      await turn;
      const { baseY } = terminal.buffer.active;
      return withoutEnd(all().slice(baseY));
    },
    async history() {
      await turn;
      return withoutEnd(all());
    },
    async scrolled() {
      await turn;
      return scrolled;
    },
    async isColoured() {
      await turn;
      const { active } = terminal.buffer;
      const cells = Array.from({ length: active.length }, (_, row) => active.getLine(row)).flatMap((line) =>
        Array.from({ length: terminal.cols }, (_, column) => line?.getCell(column)),
      );
      return cells.some((cell) => cell !== undefined && !cell.isFgDefault());
    },
  };
}

const withoutEnd = (lines: readonly string[]): readonly string[] =>
  lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
