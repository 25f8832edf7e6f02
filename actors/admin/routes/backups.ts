/** How places for backups stand, and what they are asked to do. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { BackupStatus, KeepBackup, PruneBackup } from "../../../contracts/backup.ts"
import { api } from "../../../contracts/http/api.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import type { BackupRow } from "../../../projections/backups.ts"
import { askedMoment } from "../as-of.ts"
import { ask, askNoted, modelsAfter } from "./answering.ts"

/** How long whoever ships may take to say how far it is; without it, the log is believed. */
const statusSecondsMax = 2

/** What is known this moment, where the actor that ships runs. */
const live = CommandBus.use((bus) => bus.request(BackupStatus, {})).pipe(
  Effect.timeout(`${statusSecondsMax} seconds`),
  Effect.map(({ keep, places }) => new Map(places.map((place) => [place.place, { ...place, keep }]))),
  Effect.orElseSucceed(() => undefined)
)

/** A place of the settings of which the log says nothing yet. */
const unheardOf = (place: string): BackupRow => ({
  place,
  state: null,
  reason: null,
  generation: null,
  upTo: null,
  shippedAt: null,
  verifiedAt: null,
  verifiedUpTo: null,
  opened: null,
  seconds: null,
  goodAt: null,
  scrubbedAt: null,
  mended: null,
  problems: [],
  failing: [],
  points: 0,
  newestPointAt: null,
  firstPointAt: null,
  begunAt: null
})

/** Every place by its name: those that the log speaks of, and those that are new in the settings. */
const together = (rows: ReadonlyArray<BackupRow>, configured: Iterable<string>) => {
  const heardOf = new Set(rows.map(({ place }) => place))
  const others = [...configured].filter((place) => !heardOf.has(place)).map(unheardOf)
  return [...rows, ...others].toSorted((one, other) => (one.place < other.place ? -1 : 1))
}

export const backups = HttpApiBuilder.group(api, "backups", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const rows = (yield* modelsAfter(query.after)).backups()
      const isPast = (yield* askedMoment) !== undefined
      const now = isPast ? undefined : yield* live
      return {
        items: together(rows, now?.keys() ?? []).map(({ failing, ...row }) => {
          const known = now?.get(row.place)
          return {
            ...row,
            address: known?.address ?? null,
            everyMillis: known?.everyMillis ?? null,
            keep: known?.keep ?? null,
            fenced: known?.fenced ?? null,
            upTo: known?.upTo ?? row.upTo,
            unshippedSince: known?.unshippedSince ?? null,
            problems: [
              ...row.problems,
              // What was tried since it began is newer than what the log says.
              ...(known === undefined || known.keeping === null ? failing : [known.keeping])
            ]
          }
        })
      }
    }),
    keep: Effect.fnUntraced(function* ({ params }) {
      return yield* askNoted(KeepBackup, params, params.place)
    }),
    prune: Effect.fnUntraced(function* ({ params, payload }) {
      const asked = { ...params, ...payload }
      return yield* asked.dryRun ? ask(PruneBackup, asked) : askNoted(PruneBackup, asked, params.place)
    })
  })
)
