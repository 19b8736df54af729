import type { Failure } from '../domain/failure.ts';
import type { Json } from '../domain/json.ts';
import type { Result } from '../domain/result.ts';

/** The function that carries out an operation: found, and its names checked, but not yet parsed by Nushell. */
export interface OperationModule {
  /** Below its library folder, with `/`: `servers/create.nu`. */
  readonly module: string;
  /** `create-server` */
  readonly function: string;
  /** Absolute path of the file, for messages. */
  readonly file: string;
  readonly origin: 'shipped' | 'workspace';
  /** What the function gets: the whole request, or (`nushell.run`) only the record `params.args`. */
  readonly argument: 'request' | 'args';
  /** `probe`: it only tells whether the operation took effect: exit code 0 with a result, or 3. */
  readonly role: 'operation' | 'probe';
  /** The module says `export const idempotent = true`. */
  readonly idempotent: boolean;
  /** The function `probe-VERB-NOUN` of the same module, where there is one. */
  readonly probe: string | undefined;
  /** For operations on taskservs: the one that `params.name` means. */
  readonly service?: ServiceModule | undefined;
}

/** A taskserv as a folder: `manifest.toml` and `taskserv.nu`. */
export interface ServiceModule {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Which of `check install exchange configure health remove` it defines. */
  readonly functions: readonly string[];
}

/** What a taskserv's manifest says of a parameter: the words of JSON Schema that manifests use. */
export interface ParameterSchema extends ServiceParameters {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly pattern?: string | undefined;
  /** `credential`: the name of one of the operation's credentials. */
  readonly format?: string | undefined;
  readonly enum?: readonly Json[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** Bytes. */
  readonly maxLength?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly items?: ParameterSchema | undefined;
}

export interface ServiceParameters {
  readonly properties?: Readonly<Record<string, ParameterSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | ParameterSchema | undefined;
}

/** How to start an operation. `env` is laid over the environment that the engine chose. */
export interface TaskCommand {
  /** A script for `sh`, which gets `argv` as its arguments; without it `argv` begins with a program. */
  readonly script?: string | undefined;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Must be kept: Nushell looks for modules in the current folder first. The task itself starts in the workspace. */
  readonly cwd: string;
}

/** The operations that are written in Nushell: the shipped library and the workspace's own `nulib/`. */
export interface Library {
  /** `type` is noun.verb. `not_found` comes with a suggestion, `definition_invalid` names the files at fault. */
  find(type: string): Promise<Result<OperationModule, Failure>>;
  /** A function for `nushell.run`; `module` is a path inside the workspace's `nulib/`. */
  named(module: string, functionName: string): Promise<Result<OperationModule, Failure>>;
  /**
   * The taskserv of this name, shipped or from the workspace's `taskservs/`; nothing for one that the library itself
   * carries out. `not_found` comes with a suggestion.
   */
  service(name: string): Promise<Result<ServiceModule | undefined, Failure>>;
  /** The parameters of every taskserv that has a manifest, by its name. One that cannot be read is left out. */
  parameters(): Promise<ReadonlyMap<string, ServiceParameters>>;
  /** Every type that `find` would know, sorted. */
  types(): Promise<readonly string[]>;
  /** Arguments are no part of it: they travel as `request.json` in `PROVISIONING_TASK_DIR`. */
  command(module: OperationModule): Promise<Result<TaskCommand, Failure>>;
}
