/** What the thread that asks the outside is given, what it hears, and what it says. */
import { Redacted } from "effect"
import type { Brand } from "../../../contracts/brand-list.ts"
import { brandsOfOperator } from "../brand-index.ts"
import type { Asking } from "../compose-outside.ts"
import type { Evidence } from "../evidence.ts"
import type { OutsideCount } from "../outside-counts.ts"
import type { Outlook } from "../outside.ts"
import type { SharedLists } from "../safe-browsing/lists/look-up-lists.ts"
import type { LocalLists } from "../safe-browsing/mode.ts"
import type { SourceNews } from "../sources/ask-source.ts"
import type { SourceChoice } from "../sources/known-sources.ts"

/** Settings that are secret, which no thread is handed as they are. */
const secrets = ["safeBrowsing", "urlhaus", "virusTotal", "phishTank", "urlscan"] as const
type Secret = (typeof secrets)[number]

type Handed = Omit<SourceChoice, Secret> & { readonly keys: Readonly<Partial<Record<Secret, string>>> }

/** What of Safe Browsing is on this machine. */
export interface HandedLists {
  readonly mode: LocalLists["mode"]
  readonly lists: SharedLists
}

/** The `workerData` of the thread. */
export interface ThreadInput {
  /** Where the quotas are kept. */
  readonly dataFolder: string
  readonly expand: boolean
  readonly icons: ReadonlyMap<string, string>
  /** The operator's own: the thread makes its own index. */
  readonly brands: ReadonlyArray<Brand>
  readonly sources: Handed
  readonly local?: HandedLists | undefined
}

/** One look is one number, and what is said of it comes in its order. */
export type ThreadHears =
  | {
      readonly hear: "look"
      readonly look: number
      readonly url: string
      readonly asking: "sparingly" | undefined
      readonly wantsSoFar: boolean
    }
  | { readonly hear: "leave"; readonly look: number }
  | { readonly hear: "lists"; readonly local: HandedLists }
  | { readonly hear: "stop" }

/** What Safe Browsing answered about prefixes of hashes. */
export interface Remembered {
  readonly asked: ReadonlyArray<string>
  readonly dangerous: ReadonlyMap<string, string>
  readonly seconds: number | undefined
  readonly at: number
}

/** What happened in the thread that counts outside of it. */
export interface Noted {
  readonly counts: ReadonlyArray<OutsideCount>
  /** Of each service the newest. */
  readonly news: ReadonlyArray<SourceNews>
  readonly remembered: ReadonlyArray<Remembered>
}

export interface LogLine {
  readonly level: "Trace" | "Debug" | "Info" | "Warn" | "Error" | "Fatal"
  readonly words: string
  readonly facts: Readonly<Record<string, unknown>>
}

export type ThreadSays =
  | { readonly say: "heard"; readonly look: number; readonly evidence: ReadonlyArray<Evidence> }
  | { readonly say: "so-far"; readonly look: number; readonly outlook: Outlook }
  | { readonly say: "looked"; readonly look: number; readonly outlook: Outlook; readonly noted: Noted }
  | { readonly say: "noted"; readonly noted: Noted }
  | { readonly say: "log"; readonly line: LogLine }
  | { readonly say: "failed"; readonly message: string }

const handedOf = (choice: SourceChoice): Handed => {
  const { phishTank, safeBrowsing, urlhaus, urlscan, virusTotal, ...open } = choice
  const all = { phishTank, safeBrowsing, urlhaus, urlscan, virusTotal }
  const keys = secrets.flatMap((name) => {
    const key = all[name]
    return key === undefined ? [] : [[name, Redacted.value(key)] as const]
  })
  return { ...open, keys: Object.fromEntries(keys) }
}

const choiceOf = ({ keys, ...open }: Handed): SourceChoice => {
  const keyOf = (name: Secret) => {
    const key = keys[name]
    return key === undefined ? undefined : Redacted.make(key)
  }
  return {
    ...open,
    safeBrowsing: keyOf("safeBrowsing"),
    urlhaus: keyOf("urlhaus"),
    virusTotal: keyOf("virusTotal"),
    phishTank: keyOf("phishTank"),
    urlscan: keyOf("urlscan")
  }
}

export const inputOf = (
  dataFolder: string,
  { brands, expand, icons, sources }: Asking,
  local: HandedLists | undefined
): ThreadInput => ({
  dataFolder,
  expand,
  icons,
  brands: brands.own,
  sources: handedOf(sources),
  local
})

export const askingOf = ({ brands, expand, icons, sources }: ThreadInput): Asking => ({
  expand,
  icons,
  brands: brandsOfOperator(brands),
  sources: choiceOf(sources)
})
