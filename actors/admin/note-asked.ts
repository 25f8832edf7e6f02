/** Who asked for something that leads to facts which name nobody, or to none: noted before it is asked for. */
import { randomUUID } from "node:crypto"
import { Clock, Effect } from "effect"
import { Asked } from "../../contracts/account.ts"
import type { CommandType } from "../../contracts/command.ts"
import { eventId } from "../../contracts/ids.ts"
import { EventLog } from "../../infra/event-log/event-log.ts"
import { teller } from "./accounts/deeds.ts"

/** Who else states something about accounts at the same moment is soon done. */
const conflictRetriesMax = 5

/**
 * States that somebody asked for a command, or for what goes by a name like one. `subject` is what it is about, where it is about one thing.
 *
 * @example
 * yield* noteAsked(UnlinkSession, "owner:0194…")
 */
export const noteAsked = Effect.fn("noteAsked")(function* (
  { command }: Pick<CommandType, "command">,
  by: string,
  subject?: string
) {
  const log = yield* EventLog
  const at = yield* Clock.currentTimeMillis
  const fact = Asked({ what: command, by, at, ...(subject === undefined ? {} : { subject }) })
  const id = eventId(randomUUID(), teller, command)
  const once = Effect.gen(function* () {
    const expected = yield* log.lastOf("account", "main")
    return yield* log.append([{ fact, id, expected }], { actor: teller })
  })
  return yield* once.pipe(
    Effect.retry({ times: conflictRetriesMax, while: (error) => error._tag === "Conflict" })
  )
})
