/** Seconds: the longest time that a definition may ask for. */
export const YEAR = 31_536_000;
