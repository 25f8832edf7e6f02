/** Whole lists of overrides: setting what a file says, in pieces, and gathering what is in force. */
import { Clock, Effect, Schema } from "effect"
import { ImportOverrides, importedOverridesMax } from "../../contracts/commands.ts"
import { OverrideId } from "../../contracts/ids.ts"
import {
  type ListedOverride,
  type ListedRow,
  type OverrideListFormat,
  readOverrideList,
  writeOverrideList
} from "../../contracts/override-list.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { ReadModels, type ReadModelsService } from "../../projections/reader.ts"
import { uuid7 } from "./uuid7.ts"

/** A list that could not be taken as it is. What stands before the line at fault, in pieces, may be set already. */
export class ListRefused extends Schema.TaggedError<ListRefused>()("ListRefused", {
  message: Schema.String
}) {}

/** Names the line of the file in place of the number within a piece. */
const atLine = (message: string, lines: ReadonlyArray<number>, set: number): string => {
  const named = message.replace(/^override (\d+)/u, (_, number) => `line ${lines[Number(number) - 1]}`)
  return set === 0 ? named : `${named}; the ${set} overrides before it are set`
}

/** The first line that is about a chat which is not there: a mistyped one must not be taken for one of its own. */
const strangerIn = ({ chats }: Pick<ReadModelsService, "chats">, rows: ReadonlyArray<ListedRow>) =>
  rows.find(({ override: { chat } }) => chat !== undefined && chats.get(chat) === undefined)

/** Sets what a list says. Answers how many were set anew, were there as they are, or are over by now. */
export const importOverrideList = Effect.fn("importOverrideList")(function* (
  format: OverrideListFormat,
  text: string,
  by: string
) {
  const read = readOverrideList(format, text)
  if ("problem" in read) return yield* new ListRefused({ message: read.problem })
  const stranger = strangerIn(yield* ReadModels, read.rows)
  if (stranger !== undefined)
    return yield* new ListRefused({
      message: `line ${stranger.line}: there is no chat ${stranger.override.chat}`
    })
  const bus = yield* CommandBus
  const now = yield* Clock.currentTimeMillis
  let placed = { generation: "", sequence: 0 }
  let [set, unchanged, expired, done] = [0, 0, 0, 0]
  // An empty list is asked for as well, so that the answer says in which log nothing changed.
  do {
    const piece = read.rows.slice(done, done + importedOverridesMax)
    const overrides = piece.map(({ override }) => ({
      ...override,
      override: OverrideId.make(uuid7(now))
    }))
    const answer = yield* bus.request(ImportOverrides, { overrides, by }).pipe(
      Effect.mapError((error) =>
        error._tag === "Refused" && error.reason === "invalid"
          ? new ListRefused({
              message: atLine(
                error.message,
                piece.map(({ line }) => line),
                set
              )
            })
          : error
      )
    )
    if (answer.sequence > 0 || placed.generation === "")
      placed = { generation: answer.generation, sequence: answer.sequence }
    set += answer.set
    unchanged += answer.unchanged
    expired += answer.expired
    done += piece.length
  } while (done < read.rows.length)
  return { ...placed, set, unchanged, expired }
})

/** What is in force as a list, the oldest first. What was forgotten has no pattern any more, and is left out. */
export const exportOverrideList = (
  { overrides }: Pick<ReadModelsService, "overrides">,
  format: OverrideListFormat
): string =>
  writeOverrideList(
    format,
    overrides
      .active()
      .flatMap(({ chat, effect, expiresAt, match, pattern, reason }): ReadonlyArray<ListedOverride> =>
        pattern === null
          ? []
          : [
              {
                match,
                pattern,
                effect,
                ...(chat === null ? {} : { chat }),
                ...(expiresAt === null ? {} : { expiresAt }),
                ...(reason === null ? {} : { reason })
              }
            ]
      )
      .toReversed()
  )
