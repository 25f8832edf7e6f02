/** How places for backups stand, and what they are asked to do. */
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { BackupStatus, KeepBackup, PruneBackup } from "../../../contracts/backup.ts"
import { api } from "../../../contracts/http/api.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { ask, modelsAfter } from "./answering.ts"

/** How long whoever ships may take to say how far it is; without it, the log is believed. */
const statusSecondsMax = 2

/** What is known this moment, where the actor that ships runs. */
const live = CommandBus.use((bus) => bus.request(BackupStatus, {})).pipe(
  Effect.timeout(`${statusSecondsMax} seconds`),
  Effect.map(({ places }) => new Map(places.map((place) => [place.place, place]))),
  Effect.orElseSucceed(() => undefined)
)

export const backups = HttpApiBuilder.group(api, "backups", (handlers) =>
  handlers.handleAll({
    list: Effect.fnUntraced(function* ({ query }) {
      const rows = (yield* modelsAfter(query.after)).backups()
      const now = rows.length === 0 ? undefined : yield* live
      return {
        items: rows.map((row) => {
          const known = now?.get(row.place)
          return {
            ...row,
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
      return yield* ask(KeepBackup, params)
    }),
    prune: Effect.fnUntraced(function* ({ params, payload }) {
      return yield* ask(PruneBackup, { ...params, ...payload })
    })
  })
)
