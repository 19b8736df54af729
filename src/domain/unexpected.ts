/** Closes an exhaustive `switch`: the compiler refuses the call while a case is missing. */
export function unexpected(value: never): never {
  throw new Error(`Internal error: unexpected ${JSON.stringify(value)}`);
}
