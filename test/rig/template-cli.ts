/**
 * `template render NAME (--values FILE --output FILE)…` as a program of its own, so that the Nushell library can be
 * tested without the command line. Renders everything before it writes anything; exit 2 and, with `--json`, the failures
 * on stdout as the real one prints them.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { JsonRecord } from '../../src/domain/json.ts';
import { jsonText } from '../../src/presentation/escape.ts';
import { errorDocument, failuresText } from '../../src/presentation/failure.ts';
import { styleOf } from '../../src/presentation/style.ts';
import { shippedTemplates } from './templates.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    values: { type: 'string', multiple: true },
    output: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  },
});
const [noun, verb, template = ''] = positionals;
if (noun !== 'template' || verb !== 'render') throw new Error(`not a command: ${positionals.join(' ')}`);

const templates = shippedTemplates();
const rendered: string[] = [];
for (const file of values.values ?? []) {
  const outcome = await templates.renderChecked(template, JSON.parse(await readFile(file, 'utf8')) as JsonRecord);
  if (outcome.ok) rendered.push(outcome.value);
  else {
    if (values.json) process.stdout.write(jsonText(errorDocument(outcome.error)));
    else process.stderr.write(failuresText(outcome.error, styleOf(false)));
    process.exitCode = 2;
  }
}
if (process.exitCode === undefined)
  for (const [index, file] of (values.output ?? []).entries()) {
    await writeFile(`${file}.tmp`, rendered[index] ?? '');
    await rename(`${file}.tmp`, file);
  }
