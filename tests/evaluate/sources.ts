/**
 * The public collections that labelled URLs are taken from, and how each is read. None of them is in this repository:
 * whoever wants to fit weights or to measure clones them side by side, `owner+name`.
 */

/** A URL as a collection has it, with the day on which it was collected, where that is known (`2026-08-22`). */
export interface Collected {
  readonly url: string
  readonly date?: string
}

export interface Source {
  readonly name: string
  readonly label: "phish" | "benign"
  /** `owner/name` of the repository. */
  readonly repository: string
  /** Which of its files. */
  readonly files: RegExp
  readonly read: (text: string, path: string) => ReadonlyArray<Collected>
  /** Read one version in so many of the file, each dated by its commit; else the newest alone. */
  readonly everyVersion?: number
}

const byLine =
  (read: (line: string) => Collected | undefined) =>
  (text: string): ReadonlyArray<Collected> =>
    text.split(/\r?\n/).flatMap((line) => read(line) ?? [])

const asUrl = (line: string): Collected | undefined =>
  /^https?:\/\//i.test(line) ? { url: line.trim() } : undefined

const asHost = (host: string): Collected | undefined =>
  /^[^\s/#]+\.[^\s/#]+$/.test(host) ? { url: `https://${host}/` } : undefined

const linksIn = (text: string): ReadonlyArray<Collected> =>
  [...text.matchAll(/https?:\/\/[^\s<>"'`()[\]{}|\\]+/g)].map(([url]) => ({
    url: url.replace(/[.,;:!?*_]+$/, "")
  }))

const linksOf =
  (date?: (path: string) => string | undefined) =>
  (text: string, path: string): ReadonlyArray<Collected> => {
    const day = date?.(path)
    return linksIn(text).map(({ url }) => (day === undefined ? { url } : { url, date: day }))
  }

const stringsOf = (text: string): ReadonlyArray<string> => {
  const parsed: unknown = JSON.parse(text)
  const found: Array<string> = []
  const walk = (value: unknown): void => {
    if (typeof value === "string") found.push(value)
    else if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) walk(inner)
  }
  walk(parsed)
  return found
}

const hostsOfJson = (text: string): ReadonlyArray<Collected> =>
  stringsOf(text).flatMap((host) => (/^https?:/.test(host) ? { url: host } : (asHost(host) ?? [])))

const urlsOfJson = (text: string): ReadonlyArray<Collected> =>
  stringsOf(text).flatMap((url) => asUrl(url) ?? [])

// `2025/10/01 10:25:00,https://…,brand`
const reported = byLine((line) => {
  const [, year, month, day, url] = /^(\d{4})\/(\d{2})\/(\d{2})[^,]*,(https?:\/\/[^,]+)/.exec(line) ?? []
  return url === undefined ? undefined : { url, date: `${year}-${month}-${day}` }
})

// `[{"date": "2025-01-03", "url": ["a.example", …]}]`, as days or as hosts alone.
const monthly = (text: string, path: string): ReadonlyArray<Collected> => {
  const month = /(\d{4}-\d{2})\.json$/.exec(path)?.[1] ?? ""
  return hostsOfJson(text).map(({ url }) => ({ url, date: `${month}-01` }))
}

const weekly = (path: string): string | undefined => /(\d{4}-\d{2}-\d{2})/.exec(path)?.[1]

const markdown = /\.md$/i

export const sources: ReadonlyArray<Source> = [
  {
    name: "openphish",
    label: "phish",
    repository: "openphish/public_feed",
    files: /^feed\.txt$/,
    read: byLine(asUrl),
    everyVersion: 60
  },
  { name: "jpcert", label: "phish", repository: "JPCERTCC/phishurl-list", files: /\.csv$/, read: reported },
  {
    name: "polkadot",
    label: "phish",
    repository: "polkadot-js/phishing",
    files: /^meta\/\d{4}-\d{2}\.json$/,
    read: monthly
  },
  {
    name: "phishing-database",
    label: "phish",
    repository: "Phishing-Database/Phishing.Database",
    files: /^phishing-links-INACTIVE\/.*\d\.txt$/,
    read: byLine(asUrl)
  },
  {
    name: "discord",
    label: "phish",
    repository: "nikolaischunk/discord-phishing-links",
    files: /^txt\/domain-list\.txt$/,
    read: byLine(asHost)
  },
  {
    name: "ether-address",
    label: "phish",
    repository: "409H/EtherAddressLookup",
    files: /^blacklists\/(uri|domains)\.json$/,
    read: hostsOfJson
  },
  {
    name: "rust-weekly",
    label: "benign",
    repository: "rust-lang/this-week-in-rust",
    files: /^content\/\d{4}-\d{2}-\d{2}.*\.md$/,
    read: linksOf(weekly)
  },
  {
    name: "portfolios",
    label: "benign",
    repository: "emmabostian/developer-portfolios",
    files: /^README\.md$/,
    read: linksOf()
  },
  {
    name: "remote-jobs",
    label: "benign",
    repository: "remoteintech/remote-jobs",
    files: markdown,
    read: linksOf()
  },
  {
    name: "programming-books",
    label: "benign",
    repository: "EbookFoundation/free-programming-books",
    files: /^(books|courses|casts)\/.*\.md$/,
    read: linksOf()
  },
  {
    name: "self-hosted",
    label: "benign",
    repository: "awesome-selfhosted/awesome-selfhosted-data",
    files: /^software\/.*\.yml$/,
    read: linksOf()
  },
  {
    name: "kubernetes",
    label: "benign",
    repository: "kubernetes/community",
    files: markdown,
    read: linksOf()
  },
  { name: "cncf", label: "benign", repository: "cncf/toc", files: markdown, read: linksOf() },
  {
    name: "public-apis",
    label: "benign",
    repository: "public-apis/public-apis",
    files: /^README\.md$/,
    read: linksOf()
  },
  {
    name: "delete-me",
    label: "benign",
    repository: "jdm-contrib/jdm",
    files: /^_data\/sites\.json$/,
    read: urlsOfJson
  },
  {
    name: "second-factor",
    label: "benign",
    repository: "2factorauth/twofactorauth",
    files: /^entries\/.*\.json$/,
    read: urlsOfJson
  },
  {
    name: "change-password",
    label: "benign",
    repository: "apple/password-manager-resources",
    files: /^quirks\/(change-password-URLs|shared-credentials)\.json$/,
    read: hostsOfJson
  }
]
