/** Everything outside that is asked about links, as one. */
import { Effect, type Redacted } from "effect"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { type Evidence, evidenceName } from "../evidence.ts"
import { noReputation, type Outlook, type Outside } from "../outside.ts"
import { type AskSource, askSource } from "./ask-source.ts"
import { phishTank } from "./phishtank.ts"
import type { QuotaLedger } from "./quota-ledger.ts"
import { safeBrowsing } from "./safe-browsing.ts"
import type { Source } from "./source.ts"
import { urlhaus } from "./urlhaus.ts"
import { virusTotal } from "./virustotal.ts"

type Key = Redacted.Redacted | undefined

/** The keys of services that are asked only with one. */
export interface SourceKeys {
  readonly safeBrowsing: Key
  readonly urlhaus: Key
  readonly virusTotal: Key
  readonly phishTank: Key
}

const keyed: ReadonlyArray<
  readonly [key: keyof SourceKeys, name: string, make: (key: Redacted.Redacted) => Source]
> = [
  ["safeBrowsing", "safe-browsing", (key) => safeBrowsing(key)],
  ["urlhaus", "urlhaus", (key) => urlhaus(key)],
  ["virusTotal", "virustotal", (key) => virusTotal(key)],
  ["phishTank", "phishtank", (key) => phishTank(key)]
]

/** The sources that have their keys. */
export const sourcesOf = (keys: SourceKeys): ReadonlyArray<Source> =>
  keyed.flatMap(([name, , make]) => {
    const key = keys[name]
    return key === undefined ? [] : [make(key)]
  })

const unasked = (sources: ReadonlyArray<Source>): Outside["unasked"] => {
  if (sources.length === 0) return [noReputation]
  const names = new Set(sources.map(({ name }) => name))
  return keyed
    .filter(([, name]) => !names.has(name))
    .map(([, source]) => ({ source, reason: "it is not asked without a key" }))
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
  const askAll = (url: string) => Effect.forEach(ways, (ask) => ask(url), { concurrency: "unbounded" })
  return {
    asks: [...followed.asks, ...sources.map(({ name }) => name)],
    unasked: [
      ...followed.unasked.filter(({ source }) => source !== noReputation.source),
      ...unasked(sources)
    ],
    look: Effect.fn("Outside.look")(function* (url: string) {
      const followedToEnd = Effect.flatMap(followed.look(url), (trail) =>
        Effect.map(trail.end === undefined ? Effect.succeed([]) : askAll(trail.end), (ends) => ({
          trail,
          ends
        }))
      )
      const [{ ends, trail }, said] = yield* Effect.all([followedToEnd, askAll(url)], {
        concurrency: "unbounded"
      })
      return { ...trail, ...joined([trail, ...said, ...ends]) }
    })
  }
}
