/** What belongs to the product, but not to this version: refused by name, so that nobody takes it for a misspelling. */
export const LATER_FLAGS: ReadonlySet<string> = new Set(['--check']);
