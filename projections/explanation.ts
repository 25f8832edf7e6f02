/** Everything that the read models know of one link: what was found, decided and said, and what is allowed or denied. */
import type { ChatId, LinkId, OverrideId } from "../contracts/ids.ts"
import type { KeyringService } from "../infra/keyring/keyring.ts"
import type { Sqlite } from "../infra/sqlite/open.ts"
import { type JudgementRow, judgementQueries } from "./judgements.ts"
import { overrideNames } from "./override-match.ts"
import { overrideQueries, type OverrideRow } from "./overrides.ts"
import { type ScanRow, scanQueries } from "./scans.ts"

export interface ExplanationRows {
  readonly link: LinkId
  /** Null once forgotten. */
  readonly url: string | null
  /** In the order of the log, like `judgements`; the last 500 of each where there are more. */
  readonly scans: ReadonlyArray<ScanRow>
  readonly judgements: ReadonlyArray<JudgementRow>
  /** Messages with the link about which nothing needs saying. */
  readonly quiet: number
  /** Messages with the link that have no verdict yet. */
  readonly waiting: number
  /** Those that are in force for the link, and those that once decided about it, the newest first. */
  readonly overrides: ReadonlyArray<OverrideRow>
}

/** Asks for everything about a link; `undefined` where it is not known. */
export const explanationQuery = (db: Sqlite, keyring: Pick<KeyringService, "open">) => {
  const scans = scanQueries(db, keyring)
  const judgements = judgementQueries(db, keyring)
  const overrides = overrideQueries(db, keyring)
  const sightings = db.prepare<
    [LinkId],
    { readonly all: number; readonly quiet: number; readonly waiting: number }
  >(
    `select count(*) as 'all', coalesce(sum(status = 'waiting'), 0) as waiting,
       coalesce(sum(status = 'decided' and action = 'none'), 0) as quiet
     from sightings where link = ?`
  )
  const chatsOf = db.prepare<[LinkId], ChatId>("select distinct chat from sightings where link = ?").pluck()

  const inForce = (url: string, chats: ReadonlySet<ChatId>, now: number) => (it: OverrideRow) =>
    it.status === "active" &&
    (it.expiresAt === null || it.expiresAt > now) &&
    (it.chat === null || chats.has(it.chat)) &&
    it.pattern !== null &&
    overrideNames(it.match, it.pattern, url)

  const overridesOf = (
    link: LinkId,
    url: string | null,
    told: ReadonlyArray<JudgementRow>,
    now: number
  ): ReadonlyArray<OverrideRow> => {
    const found = new Map<OverrideId, OverrideRow>()
    if (url !== null)
      for (const it of overrides.active().filter(inForce(url, new Set(chatsOf.all(link)), now)))
        found.set(it.override, it)
    for (const { override } of told) {
      const it = override === null || found.has(override) ? undefined : overrides.get(override)
      if (it !== undefined) found.set(it.override, it)
    }
    return [...found.values()].toSorted((a, b) => b.cursor - a.cursor)
  }

  /** `now` in milliseconds since the epoch. */
  return (link: LinkId, now: number): ExplanationRows | undefined => {
    const { all, quiet, waiting } = sightings.get(link)!
    const found = scans.explain(link).toReversed()
    if (all === 0 && found.length === 0) return undefined
    const told = judgements.ofLink(link)
    const url = found.findLast((scan) => scan.url !== null)?.url ?? null
    return {
      link,
      url,
      scans: found,
      judgements: told,
      quiet,
      waiting,
      overrides: overridesOf(link, url, told, now)
    }
  }
}
