import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import type { JsonRecord } from '../../domain/json.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';

export type Rendered = (file: string, source: string, values: JsonRecord) => Result<string, Failure>;

/** Instructions a template may spend: a loop without end is refused instead of hanging (a second or so). */
const FUEL = 20_000_000;

/**
 * Compiles the WASM module (6 ms), once per process. The package's `web` build is used because its Node build
 * reads a file beside itself, which a single executable does not have.
 */
export async function loadEngine(wasm: () => Promise<Uint8Array>): Promise<Rendered> {
  const { Environment, initSync } = await import('minijinja-js/dist/web/minijinja_js.js');
  initSync({ module: (await wasm()) as Uint8Array<ArrayBuffer> });
  return (file, source, values) => {
    const environment = new Environment();
    environment.undefinedBehavior = 'strict';
    environment.keepTrailingNewline = true;
    environment.trimBlocks = true;
    environment.lstripBlocks = true;
    environment.fuel = FUEL;
    const escaped = /\.(ya?ml|json)(\.j2)?$/.test(file);
    try {
      const text = environment.renderNamedStr(escaped ? 'template.json' : 'template', source, values);
      return ok(escaped ? printable(text) : text);
    } catch (error) {
      return err(explain(file, error));
    } finally {
      environment.free();
    }
  };
}

/**
 * `tojson` leaves these as they are, but YAML 1.1 takes some for line breaks and refuses others. In YAML and JSON
 * they can only have come from data inside quotes. (A filter of our own cannot do it: an absent value would look
 * like null to it, and strictness would be lost.)
 */
const printable = (text: string): string =>
  text.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * `undefined value (in template:3)`: the only form in which the package tells the place. The file's own name is kept
 * out of it, because names may look like places.
 */
function explain(file: string, error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  const found = /^([^]*?) \(in template(?:\.json)?:(\d+)\)/.exec(text);
  const message = `template: ${(found?.[1] ?? text).trim()}`;
  const line = found?.[2] === undefined ? undefined : Number(found[2]);
  return failure('definition_invalid', message, {
    place: { file, ...(line === undefined ? {} : { line }) },
    ...(message.includes('undefined value') ? { hint: 'Give this value, or write {{ name | default("…") }}.' } : {}),
  });
}
