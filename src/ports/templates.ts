import type { Failure } from '../domain/failure.ts';
import type { JsonRecord } from '../domain/json.ts';
import type { Result } from '../domain/result.ts';

/** Renders Jinja2 templates and checks what came out. */
export interface Templates {
  /** Names of the shipped templates, sorted: `apps/app.yaml`. */
  names(): Promise<readonly string[]>;
  /** `template` is a shipped name, or the path of a file (absolute, or starting with `./` or `../`). */
  render(template: string, values: JsonRecord): Promise<Result<string, Failure>>;
  /** `render`, then `check` where a schema stands beside the template (`app.yaml.j2`: `app.schema.json`). */
  renderChecked(template: string, values: JsonRecord): Promise<Result<string, readonly Failure[]>>;
  /** Every document in `yaml` against a JSON schema; an empty list means valid. `file` names the text in failures. */
  check(yaml: string, schema: JsonRecord, file: string): Promise<readonly Failure[]>;
}
