/**
 * Words that start sentences and are country codes too. `word.So`, with exactly this capital and without
 * a path, is a missing space after a full stop; `word.so` stays a link.
 */
export const functionWords: ReadonlySet<string> = new Set([
  "Am",
  "As",
  "At",
  "Be",
  "By",
  "Do",
  "Eg",
  "He",
  "In",
  "Is",
  "It",
  "La",
  "Me",
  "My",
  "No",
  "So",
  "To",
  "Us"
])
