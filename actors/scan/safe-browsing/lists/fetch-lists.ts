/** Asking the service for lists, or for what has changed in them. */
import { Effect, Redacted, Schema } from "effect"
import type { GuardedClientService } from "../../../../infra/guarded-client/client.ts"
import { type ListUpdate, readListAnswer } from "./list-answer.ts"
import type { ListName } from "./list-names.ts"

/** All lists for the first time: some ten million hashes, and a list of sites that are likely to be harmless. */
const answerBytesMax = 128 * 1024 * 1024
const answerMillis = 300_000

export class ListsUnfetched extends Schema.TaggedError<ListsUnfetched>()("ListsUnfetched", {
  /** Whether the service answered, if not with what was asked for: then it is left alone for longer. */
  answered: Schema.Boolean,
  message: Schema.String
}) {}

/** A list that is wanted, with the version that is already here. */
export interface WantedList {
  readonly name: ListName
  /** In Base64. */
  readonly version: string | undefined
}

const refusing = new Set([400, 401, 403])

const statusProblem = (status: number): string =>
  refusing.has(status)
    ? `it does not accept the key (status ${status})`
    : `expected status 200, found ${status}`

/** Asks for several lists in one request, as the service would rather be asked. */
export const fetchLists = Effect.fn("fetchLists")(function* (
  client: GuardedClientService,
  key: Redacted.Redacted,
  base: string,
  wanted: ReadonlyArray<WantedList>
) {
  const parameters = new URLSearchParams({ key: Redacted.value(key), alt: "proto" })
  for (const { name, version } of wanted) {
    parameters.append("names", name)
    if (version !== undefined) parameters.append("version", version)
  }
  const answer = yield* client
    .ask({
      url: `${base}/v5/hashLists:batchGet?${parameters}`,
      method: "GET",
      headers: { accept: "application/x-protobuf" },
      bytesMax: answerBytesMax,
      limitMillis: answerMillis
    })
    .pipe(
      Effect.mapError(
        ({ fault, message }) => new ListsUnfetched({ answered: false, message: `${fault}: ${message}` })
      )
    )
  if (answer.status !== 200)
    return yield* new ListsUnfetched({ answered: true, message: statusProblem(answer.status) })
  const unreadable = (why: string) =>
    new ListsUnfetched({ answered: true, message: `its answer cannot be read: ${why}` })
  if (answer.cut) return yield* unreadable("it is longer than any list")
  const updates = yield* Effect.try({
    try: (): ReadonlyArray<ListUpdate> => readListAnswer(answer.bytes),
    catch: (cause) => unreadable(cause instanceof Error ? cause.message : "for no reason that is known")
  })
  for (const { name } of wanted)
    if (!updates.some((update) => update.name === name)) return yield* unreadable(`${name} is not in it`)
  return updates
})
