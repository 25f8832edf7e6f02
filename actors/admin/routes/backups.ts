/** How places for backups stand, and what they are asked to do. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { BackupStatus, KeepBackup, PruneBackup } from "../../../contracts/backup.ts"
import { api } from "../../../contracts/http/api.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
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

export const backups = HttpApiBuilder.group(api, "backups", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const rows = (yield* modelsAfter(query.after)).backups()
      const isPast = (yield* askedMoment) !== undefined
      const now = rows.length === 0 || isPast ? undefined : yield* live
      return {
        items: rows.map((row) => {
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
              ...(known === undefined || known.keeping === null ? [] : [known.keeping])
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
