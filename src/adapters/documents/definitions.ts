import { basename, extname } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { STDIN } from '../../ports/definitions.ts';
import type { Definitions, Document } from '../../ports/definitions.ts';
import type { Evaluator } from '../../ports/evaluator.ts';
import { documentOf } from '../../workflow/document.ts';
import { readStream, readText } from './text.ts';

/** Reads definition files by extension. `nickel` is called, and each parser loaded, when a file needs it. */
export function createDefinitions(nickel: () => Promise<Result<Evaluator, Failure>>): Definitions {
  return {
    async read(file) {
      if (file === STDIN) return readStandardInput();
      const text = await readText(file);
      if (!text.ok) return text;
      const reader = READERS.get(extname(file).toLowerCase());
      if (reader !== undefined) return reader({ file, text: text.value, nickel });
      const hint = `Definitions are ${[...READERS.keys()].join(', ')} files.`;
      const extension = extname(file) === '' ? 'no extension' : `an unknown extension`;
      return err([failure('definition_invalid', `${basename(file)} has ${extension}`, { place: { file }, hint })]);
    },
  };
}

/** Its reader cannot tell languages apart by a name. */
async function readStandardInput(): Promise<Result<Document, readonly Failure[]>> {
  const name = 'standard input';
  const text = await readStream(process.stdin, name);
  return text.ok ? (await import('./json.ts')).readJson(name, text.value) : text;
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly nickel: () => Promise<Result<Evaluator, Failure>>;
}

type Reader = (source: Source) => Promise<Result<Document, readonly Failure[]>>;

const readYaml: Reader = async ({ file, text }) => (await import('./yaml.ts')).readYaml(file, text);

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['.ncl', readNickel],
  ['.toml', async ({ file, text }) => (await import('./toml.ts')).readToml(file, text)],
  ['.yaml', readYaml],
  ['.yml', readYaml],
  ['.json', async ({ file, text }) => (await import('./json.ts')).readJson(file, text)],
]);

async function readNickel({ file, nickel }: Source): Promise<Result<Document, readonly Failure[]>> {
  const evaluator = await nickel();
  if (!evaluator.ok) return err([evaluator.error]);
  const exported = await evaluator.value.evaluate(file);
  return exported.ok ? ok(documentOf(file, exported.value)) : exported;
}
