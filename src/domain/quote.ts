/** One word for any POSIX shell, in which nothing of it means anything; as `quote-word` in `src/nulib/providers/ssh/quote.nu`. */
export const quoteWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

export const quoteWords = (words: readonly string[]): string => words.map(quoteWord).join(' ');
