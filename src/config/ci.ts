/** `CI` is set, to something else than `false` or `0`. */
export const isCi = (value: string | undefined): boolean =>
  value !== undefined && !['', 'false', '0'].includes(value.toLowerCase());
