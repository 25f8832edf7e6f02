/** Everything outside that is asked about links, as one. */
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { Followed } from "../expand/expand.ts"
import { noReputation, type Outside } from "../outside.ts"
import type { OutsideCount } from "../outside-counts.ts"
import { askSource, type SourceNews } from "./ask-source.ts"
import { knownSources } from "./known-sources.ts"
import { lookWith, type Way } from "./look-outside.ts"
import type { QuotaLedger } from "./quota-ledger.ts"
import type { Source } from "./source.ts"

/** Each by its own name, with the setting that would turn it on. */
const unasked = (sources: ReadonlyArray<Source>): Outside["unasked"] => {
  const names = new Set(sources.map(({ name }) => name))
  return knownSources
    .filter(({ name }) => !names.has(name))
    .map(({ name, off }) => ({ source: name, reason: off }))
}

/**
 * What others are told of a link: without a user and a password; nothing where it names no place on the public internet,
 * such as a printer at home.
 */
const toldOf = (client: Pick<GuardedClientService, "judge">, url: string): string | undefined => {
  const told = URL.parse(url)
  if (told === null) return undefined
  told.username = ""
  told.password = ""
  const judged = client.judge(told.href)
  return judged.allowed || judged.rule === "port" ? told.href : undefined
}

/** Whom there is to ask, and what they say without being asked. */
export const whoIsAsked = (
  followed: Pick<Followed, "asks" | "unasked">,
  sources: ReadonlyArray<Source>,
  client: Pick<GuardedClientService, "judge">
): Omit<Outside, "look"> => ({
  asks: [...followed.asks, ...sources.map(({ name }) => name)],
  unasked: [...followed.unasked.filter(({ source }) => source !== noReputation.source), ...unasked(sources)],
  known: (url, now) => {
    const told = toldOf(client, url)
    if (told === undefined) return []
    return sources.flatMap(({ known, name }) => {
      const said = known?.(told, now)
      return said === undefined || said.unknown !== undefined
        ? []
        : [{ source: name, evidence: said.evidence }]
    })
  }
})

/**
 * Asks all sources about a link while it is followed, and about where it leads, if that is somewhere else. Nobody waits
 * for anybody who is not needed.
 */
export const outsideWith = (
  followed: Followed,
  sources: ReadonlyArray<Source>,
  client: GuardedClientService,
  ledger: QuotaLedger,
  tell?: (news: SourceNews) => void,
  count?: (it: OutsideCount) => void
): Outside => {
  const ways = sources.map((source): Way => ({
    name: source.name,
    counts: source.quotas.length > 0,
    ask: askSource(source, client, ledger, undefined, tell, count)
  }))
  return {
    ...whoIsAsked(followed, sources, client),
    look: lookWith({ followed, ways, toldOf: (url) => toldOf(client, url) })
  }
}
