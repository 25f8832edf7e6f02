import { isAscii } from "./characters.ts"

/** A way to write the scheme of a link, what it stands for, and whether writing it so defangs the link. */
export interface SchemeSpelling {
  readonly spelling: string
  readonly scheme: string
  readonly defanged: boolean
}

/**
 * The schemes that are extracted, in every spelling, longest first so that a scheme glued to a
 * word before it (`seehttps:`) is still found. Other schemes (`ssh:`, `bitcoin:`, `tg:`) open no web page and
 * are left alone, with the host behind them.
 */
export const schemeSpellings: ReadonlyArray<SchemeSpelling> = [
  { spelling: "https", scheme: "https", defanged: false },
  { spelling: "hxxps", scheme: "https", defanged: true },
  { spelling: "hxtps", scheme: "https", defanged: true },
  { spelling: "htxps", scheme: "https", defanged: true },
  { spelling: "h__ps", scheme: "https", defanged: true },
  { spelling: "http", scheme: "http", defanged: false },
  { spelling: "hxxp", scheme: "http", defanged: true },
  { spelling: "hxtp", scheme: "http", defanged: true },
  { spelling: "htxp", scheme: "http", defanged: true },
  { spelling: "h__p", scheme: "http", defanged: true }
]

// Spellings that are also the tail of another word (`sftp`) are only schemes when they are the whole word.
const wholeWordSpellings: ReadonlyMap<string, SchemeSpelling> = new Map([
  ["intent", { spelling: "intent", scheme: "intent", defanged: false }],
  ["ftp", { spelling: "ftp", scheme: "ftp", defanged: false }],
  ["ttps", { spelling: "ttps", scheme: "https", defanged: true }],
  ["ttp", { spelling: "ttp", scheme: "http", defanged: true }]
])

// Spellings whose asterisks no host name may hold; they are looked for backwards from the colon.
const starred: ReadonlyArray<SchemeSpelling> = [
  { spelling: "h**ps", scheme: "https", defanged: true },
  { spelling: "h**p", scheme: "http", defanged: true }
]

/** What stands between scheme and host, at `at`: its length, or 0 when there is nothing of the kind. */
export function separatorAt(
  text: string,
  at: number
): { readonly length: number; readonly defanged: boolean } {
  const first = text.charCodeAt(at)
  if (first !== 0x3a && first !== 0x5b && first !== 0xff1a) return { length: 0, defanged: false }
  separator.lastIndex = at
  const found = separator.exec(text)?.[0] ?? ""
  return { length: found.length, defanged: found.startsWith("[") || found.includes("[") }
}

const separator = /(?::|：|\[:\])(?:\/\/|\\\\|／／|\[\/\/\]|\[\/\]\[\/\])|\[:\/\/\]/y

/** The scheme that ends `word` (cooked, any case), or undefined. */
export function schemeEnding(word: string): SchemeSpelling | undefined {
  const written = word.slice(-spellingLengthMax)
  const tail = (isAscii(written) ? written : written.normalize("NFKC")).toLowerCase()
  const whole = word.length === tail.length ? wholeWordSpellings.get(tail) : undefined
  return whole ?? schemeSpellings.find(({ spelling }) => tail.endsWith(spelling))
}

/** The asterisked scheme (`h**ps`) that ends at `end`, where the colon stands, or undefined. */
export function starredSchemeEnding(text: string, end: number): SchemeSpelling | undefined {
  const tail = text.slice(Math.max(0, end - spellingLengthMax), end).toLowerCase()
  return starred.find(({ spelling }) => tail.endsWith(spelling))
}

const spellingLengthMax = 6
