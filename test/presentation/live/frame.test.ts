import { describe, expect, test } from 'vitest';
import { erase, redraw } from '../../../src/presentation/live/frame.ts';
import type { Line } from '../../../src/presentation/live/line.ts';
import { randomOf } from '../../rig/random.ts';
import { createScreen } from '../../rig/screen.ts';

const lines = (...texts: readonly string[]): readonly Line[] => texts.map((text) => ({ text, width: text.length }));

const SIZE = { columns: 20, rows: 10 };

/** A screen with two rows of somebody else's, and a picture below. */
function drawn(columns = SIZE.columns, rows = SIZE.rows) {
  const screen = createScreen(columns, rows);
  let size = { columns, rows };
  let before: readonly Line[] = [];
  screen.write('first\r\nsecond\r\n');
  return {
    screen,
    resize: (wide: number, high: number): void => {
      size = { columns: wide, rows: high };
      screen.write(`\u001b]size;${wide};${high}\u0007`);
    },
    draw: (next: readonly Line[], notes = ''): string => {
      const text = redraw(before, next, { size, notes });
      before = next;
      screen.write(text);
      return text;
    },
    end: (): void => {
      screen.write(erase(before, size));
    },
  };
}

describe('one picture takes the place of another', () => {
  const PAIRS: readonly (readonly [what: string, before: readonly string[], next: readonly string[]])[] = [
    ['the first one', [], ['a', 'b']],
    ['a row changes', ['a', 'b', 'c'], ['a', 'x', 'c']],
    ['a row becomes shorter', ['a long one', 'b'], ['a', 'b']],
    ['rows are added', ['a'], ['a', 'b', 'c']],
    ['rows go', ['a', 'b', 'c'], ['a']],
    ['all go', ['a', 'b'], []],
    ['rows change and go', ['a', 'b', 'c'], ['x', 'b']],
    ['one is put in', ['a', 'c'], ['a', 'b', 'c']],
  ];

  test.each(PAIRS)('%s', async (_what, before, next) => {
    const { screen, draw } = drawn();
    draw(lines(...before));
    draw(lines(...next));
    expect(await screen.history()).toEqual(['first', 'second', ...next]);
  });

  test('what is the same is not sent again', () => {
    const { draw } = drawn();
    draw(lines('heading', 'a', 'b'));
    expect(draw(lines('heading', 'a', 'b'))).toBe('');
    const text = draw(lines('heading', 'x', 'b'));
    expect(text).toContain('x');
    expect(text).not.toContain('heading');
    expect(text).not.toContain('b\u001b');
  });

  test('it comes in one piece, for terminals that can show it so', () => {
    const text = drawn().draw(lines('a'));
    expect(text.startsWith('\u001b[?2026h')).toBe(true);
    expect(text.endsWith('\u001b[?2026l')).toBe(true);
  });

  test('at the bottom of the window what is above moves up, and no row of a picture is left', async () => {
    const { screen, draw } = drawn(20, 6);
    for (const count of [2, 5, 1, 5, 3]) draw(lines(...Array.from({ length: count }, (_, row) => `row ${row}`)));
    expect(await screen.history()).toEqual(['first', 'second', 'row 0', 'row 1', 'row 2']);
  });

  test('notes stay above it, long ones too', async () => {
    const { screen, draw } = drawn();
    draw(lines('a', 'b'));
    draw(lines('a', 'b'), 'note: something that takes two rows\n');
    draw(lines('a', 'c'));
    expect(await screen.history()).toEqual(['first', 'second', 'note: something that', ' takes two rows', 'a', 'c']);
  });

  test('in the end nothing of it is left, and the cursor is back', async () => {
    const { screen, draw, end } = drawn();
    draw(lines('a', 'b'));
    end();
    expect(await screen.history()).toEqual(['first', 'second']);
    expect(erase(lines('a'), SIZE)).toContain('\u001b[?25h');
  });
});

test('whatever sizes the window takes in the middle, only the newest picture is there', async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const next = randomOf(seed);
    const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
    const { screen, draw, resize, end } = drawn(80, 24);
    for (let step = 0; step < 12; step += 1) {
      const columns = between(50, 120);
      if (step > 0) resize(columns, 24);
      const width = step === 0 ? 79 : columns - 1;
      const rows = Array.from({ length: between(1, 10) }, (_, row) => `${row} ${'x'.repeat(between(0, width - 3))}`);
      draw(lines(...rows));
      expect(await screen.history(), `seed ${seed}, step ${step}`).toEqual(['first', 'second', ...rows]);
    }
    end();
    expect(await screen.history(), `seed ${seed}`).toEqual(['first', 'second']);
  }
});
