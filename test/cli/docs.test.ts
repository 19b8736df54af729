import { describe, expect, test as plain } from 'vitest';
import { test } from '../rig/cli-test.ts';
import { bash, blocksOf, linesOf, pages } from '../rig/pages.ts';
import { run } from '../rig/program.ts';

/** Blocks that are the content of a file. */
const FILES = new Set(['nickel', 'toml', 'json', 'yaml', 'nushell']);
/** They want a real host: hosts/taskservs.test.ts. */
const ON_HOSTS = new Set(['taskservs.md']);
const READABLE = [...pages].filter(([name, text]) => blocksOf(text).length > 0 && !ON_HOSTS.has(name));

describe('a page for users', () => {
  for (const [name, text] of READABLE)
    test(`works as printed, from top to bottom: ${name}`, { timeout: 480_000 }, async ({ home }) => {
      for (const block of blocksOf(text)) {
        if (FILES.has(block.language)) home.write(block.file, block.body);
        else if (block.language === 'bash')
          expect([block.body, await bash(home, block.body)]).toEqual([
            block.body,
            expect.objectContaining({ code: 0 }),
          ]);
        else {
          expect(block.language).toBe('sh');
          for (const { command, exit } of linesOf(block)) {
            const { code, output } = await bash(home, command);
            expect({ command, code, output }).toMatchObject({ command, code: exit });
          }
        }
      }
    });

  plain('every fenced block that is a file says which', () => {
    for (const [name, text] of pages)
      for (const { language, file } of blocksOf(text))
        expect({ name, language, named: file !== '' }).toEqual({ name, language, named: FILES.has(language) });
  });
});

/** The fields in the table below a heading. */
function fieldsBelow(heading: string): string[] {
  const page = pages.get('workflows.md') ?? '';
  const [, section = ''] = page.split(`## ${heading}\n`);
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` /gm)].map(([, field = '']) => field);
}

describe('the page about workflows', () => {
  const known = async (home: Parameters<typeof run>[0], definition: object): Promise<string[]> => {
    home.write('bad.json', JSON.stringify({ workflow: definition }));
    const { stderr } = await run(home, ['workflow', 'validate', 'bad.json']);
    return (/Known here: (.*)\./.exec(stderr)?.[1] ?? '').split(', ').toSorted();
  };
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }];

  test('lists the fields of a workflow, and no other', async ({ home }) => {
    const listed = await known(home, { name: 'w', qqqqqqqqqqqqqqq: 1, operations });
    expect(fieldsBelow('Fields of the workflow').toSorted()).toEqual(listed);
  });

  test('lists the fields of an operation, and no other', async ({ home }) => {
    const listed = await known(home, { name: 'w', operations: [{ ...operations[0], qqqqqqqqqqqqqqq: 1 }] });
    expect(fieldsBelow('Fields of an operation').toSorted()).toEqual(listed);
  });
});
