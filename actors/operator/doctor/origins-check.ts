/** Lists and services: whether they answered when they were last asked. */
import { existsSync } from "node:fs"
import { Effect } from "effect"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { locationIn } from "../../../projections/location.ts"
import { type OriginRow, originsQuery } from "../../../projections/origins.ts"
import { counted, printable } from "../words.ts"
import { check, type Check, ok, warn } from "./finding.ts"

const isWell = ({ state }: OriginRow): boolean => state === "fetched" || state === "answering"

const wordsOf = ({ name, reason, state }: OriginRow): string =>
  `${name} is ${state.replaceAll("-", " ")}${reason === null ? "" : ` (${printable(reason)})`}`

export const origins: Check = check(
  "answers",
  ({ dataFolder }) => {
    const { database } = locationIn(dataFolder)
    if (!existsSync(database)) return Effect.succeed(ok("nobody was asked yet"))
    return Effect.scoped(
      Effect.gen(function* () {
        const known = originsQuery(yield* openSqliteReadOnly(database))().filter(
          ({ state }) => state !== "withdrawn"
        )
        const ill = known.filter((origin) => !isWell(origin))
        if (known.length === 0) return ok("nobody was asked yet")
        if (ill.length === 0)
          return ok(`${counted(known.length, "list or service", "lists and services")} answer`)
        return warn(
          ill.map(wordsOf).join("; "),
          "What they do not say is missing evidence. They are asked again by themselves; a key is to be mended in the settings."
        )
      })
    )
  },
  "Run `wadjet rebuild`: the log brings the read models back."
)
