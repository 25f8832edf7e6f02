/** Everything outside that is asked about links, as one. */
import { Effect, type Redacted } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { type Evidence, evidenceName } from "../evidence.ts"
import { noReputation, type Outlook, type Outside } from "../outside.ts"
import { type AskSource, askSource } from "./ask-source.ts"
import { dnsFilter, filters } from "./dns-filter.ts"
import { phishTank } from "./phishtank.ts"
import type { QuotaLedger } from "./quota-ledger.ts"
import { rdap } from "./rdap.ts"
import { safeBrowsing } from "./safe-browsing.ts"
import type { Source } from "./source.ts"
import { urlhaus } from "./urlhaus.ts"
import { virusTotal } from "./virustotal.ts"

type Key = Redacted.Redacted | undefined

/** Whom to ask: services with their keys, and those that take none. */
export interface SourceChoice {
  readonly safeBrowsing: Key
  readonly urlhaus: Key
  readonly virusTotal: Key
  readonly phishTank: Key
  /** Whether registries are asked how old a domain is, and public name servers whether they withhold a name. */
  readonly keyless: boolean
}

const keyed: ReadonlyArray<
  readonly [
    key: Exclude<keyof SourceChoice, "keyless">,
    name: string,
    make: (key: Redacted.Redacted) => Source
  ]
> = [
  ["safeBrowsing", "safe-browsing", (key) => safeBrowsing(key)],
  ["urlhaus", "urlhaus", (key) => urlhaus(key)],
  ["virusTotal", "virustotal", (key) => virusTotal(key)],
  ["phishTank", "phishtank", (key) => phishTank(key)]
]

/** The sources that have their keys, and those that need none, if they are wanted. */
export const sourcesOf = (choice: SourceChoice): ReadonlyArray<Source> => [
  ...(choice.keyless ? [rdap(), dnsFilter(filters.cloudflare), dnsFilter(filters.quad9)] : []),
  ...keyed.flatMap(([name, , make]) => {
    const key = choice[name]
    return key === undefined ? [] : [make(key)]
  })
]

const unasked = (sources: ReadonlyArray<Source>): Outside["unasked"] => {
  const names = new Set(sources.map(({ name }) => name))
  const left = keyed.filter(([, name]) => !names.has(name))
  // Without a single list or reputation service one word says it better than many.
  if (left.length === keyed.length) return [noReputation]
  return left.map(([, source]) => ({ source, reason: "it is not asked without a key" }))
}

/** What several say of one link; the same thing said twice is one thing. */
export const joined = (outlooks: ReadonlyArray<Outlook>): Pick<Outlook, "evidence" | "missing"> => {
  const evidence = new Map<string, Evidence>()
  for (const each of outlooks.flatMap((outlook) => outlook.evidence)) {
    const name = evidenceName(each)
    if (!evidence.has(name)) evidence.set(name, each)
  }
  const missing = new Map(outlooks.flatMap((outlook) => outlook.missing).map((it) => [it.source, it]))
  return { evidence: [...evidence.values()], missing: [...missing.values()] }
}

/**
 * What others are told of a link: without a user and a password; nothing where it names no place on the public internet,
 * such as a printer at home.
 */
const toldOf = (client: GuardedClientService, url: string): string | undefined => {
  const told = URL.parse(url)
  if (told === null) return undefined
  told.username = ""
  told.password = ""
  const judged = client.judge(told.href)
  return judged.allowed || judged.rule === "port" ? told.href : undefined
}

/**
 * Asks all sources about a link while it is followed, and about where it leads, if that is somewhere else. Nobody waits
 * for anybody who is not needed.
 */
export const outsideWith = (
  followed: Outside,
  sources: ReadonlyArray<Source>,
  client: GuardedClientService,
  ledger: QuotaLedger
): Outside => {
  const ways: ReadonlyArray<AskSource> = sources.map((source) => askSource(source, client, ledger))
  const untold = sources.map(({ name }) => ({
    source: name,
    reason: "it is not asked about what is not on the public internet"
  }))
  return {
    asks: [...followed.asks, ...sources.map(({ name }) => name)],
    unasked: [
      ...followed.unasked.filter(({ source }) => source !== noReputation.source),
      ...unasked(sources)
    ],
    look: <E>(url: string, heard: (evidence: ReadonlyArray<Evidence>) => Effect.Effect<void, E>) => {
      const askOne = (ask: AskSource, told: string) =>
        Effect.tap(ask(told), ({ evidence }) => (evidence.length > 0 ? heard(evidence) : Effect.void))
      const askAll = (at: string): Effect.Effect<ReadonlyArray<Outlook>, E> => {
        const told = toldOf(client, at)
        return told === undefined
          ? Effect.succeed([{ evidence: [], missing: untold }])
          : Effect.forEach(ways, (ask) => askOne(ask, told), { concurrency: "unbounded" })
      }
      const toTheEnd = Effect.flatMap(followed.look(url, heard), (trail) =>
        Effect.map(
          trail.end === undefined ? Effect.succeed<ReadonlyArray<Outlook>>([]) : askAll(trail.end),
          (ends) => ({
            trail,
            ends
          })
        )
      )
      return Effect.map(
        Effect.all([toTheEnd, askAll(url)], { concurrency: "unbounded" }),
        ([{ ends, trail }, said]): Outlook => ({ ...trail, ...joined([trail, ...said, ...ends]) })
      )
    }
  }
}
