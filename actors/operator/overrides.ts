/** `wadjet overrides`: what is held to be harmless or dangerous, whatever a scan says. */
import { readFileSync } from "node:fs"
import { text as textOf } from "node:stream/consumers"
import { Clock, Effect, Option, Schema } from "effect"
import { ImportOverrides, RemoveOverride } from "../../contracts/commands.ts"
import { ChatId, OverrideId } from "../../contracts/ids.ts"
import { defang } from "../../contracts/link/defang.ts"
import { type OverrideListFormat, readMoment } from "../../contracts/override-list.ts"
import type { OverrideEffect, OverrideMatch } from "../../contracts/policy.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import type { OverrideRow } from "../../projections/overrides.ts"
import { pageRowsMax } from "../../projections/paging.ts"
import { ReadModels } from "../../projections/reader.ts"
import { exportOverrideList, importOverrideList } from "../admin/override-lists.ts"
import { uuid7 } from "../admin/uuid7.ts"
import { withModels } from "./as-of.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { knownChat } from "./known-chat.ts"
import { Output } from "./output.ts"
import { withSystem } from "./with-system.ts"
import { counted, printable } from "./words.ts"

const usage = (what: string, why: string) =>
  new OperatorFailed({ what, why, next: "`wadjet overrides --help` shows how.", exit: "usage" })

const chatOf = Effect.fnUntraced(function* (chat: Option.Option<string>) {
  if (Option.isNone(chat)) return undefined
  const id = Option.getOrUndefined(Schema.decodeUnknownOption(ChatId)(chat.value))
  return (
    id ??
    (yield* usage(`"${chat.value}" is no chat`, "expected a chat's id: c and 6 to 31 letters and digits"))
  )
})

const second = (millis: number) => new Date(millis).toISOString().replace(/\.\d{3}Z$/u, "Z")

const stateOf = ({ endedAt, expiresAt, status }: OverrideRow): string => {
  if (status !== "active") return `${status}${endedAt === null ? "" : ` ${second(endedAt)}`}`
  return expiresAt === null ? "in force" : `until ${second(expiresAt)}`
}

const lineOf = (row: OverrideRow): string =>
  [
    row.override,
    row.effect.padEnd(5),
    row.match.padEnd(6),
    row.pattern === null ? "(forgotten)" : defang(printable(row.pattern)),
    row.chat ?? "all chats",
    stateOf(row),
    ...(row.reason === null ? [] : [printable(row.reason)])
  ].join("  ")

const jsonOf = ({
  chat,
  effect,
  expiresAt,
  match,
  override,
  pattern,
  reason,
  setAt,
  setBy,
  status
}: OverrideRow) => ({
  override,
  effect,
  match,
  pattern,
  chat,
  expiresAt,
  reason,
  status,
  setBy,
  setAt
})

export interface ListInput {
  readonly chat: Option.Option<string>
  readonly text: Option.Option<string>
  readonly all: boolean
  readonly asOf: Option.Option<string>
  readonly json: boolean
}

/** Every row that is asked for, page by page. */
const rowsOf = Effect.fnUntraced(function* ({ all, text }: ListInput, chat: ChatId | undefined) {
  const { overrides } = yield* ReadModels
  const rows: Array<OverrideRow> = []
  let before: number | undefined
  do {
    const found = overrides.search({
      chat,
      status: all ? undefined : "active",
      text: Option.getOrUndefined(text),
      limit: pageRowsMax,
      before
    })
    rows.push(...found.items)
    before = found.next ?? undefined
  } while (before !== undefined)
  return rows
})

/** Lists overrides, set last first. */
export const listOverrides = Effect.fn("listOverrides")(function* (input: ListInput) {
  const output = yield* Output
  const chat = yield* chatOf(input.chat)
  const rows = yield* withModels(input.asOf, rowsOf(input, chat))
  if (input.json) return yield* Effect.forEach(rows.map(jsonOf), output.json, { discard: true })
  if (rows.length === 0) return yield* output.line("There are no such overrides.")
  return yield* Effect.forEach(rows.map(lineOf), output.line, { discard: true })
})

export interface SetInput {
  readonly effect: OverrideEffect
  readonly match: OverrideMatch
  readonly pattern: string
  readonly chat: Option.Option<string>
  readonly until: Option.Option<string>
  readonly reason: Option.Option<string>
  readonly json: boolean
}

const momentOf = Effect.fnUntraced(function* (until: Option.Option<string>) {
  if (Option.isNone(until)) return undefined
  const moment = readMoment(until.value)
  if (moment === undefined)
    return yield* usage(
      `"${until.value}" is no moment`,
      "expected one such as 2026-01-31T22:00:00Z or 2026-01-31"
    )
  if (moment <= (yield* Clock.currentTimeMillis))
    return yield* usage(`"${until.value}" has passed`, "expected a moment that is to come")
  return moment
})

/** Allows or denies something. Said again, it changes what is there. */
export const setOverride = Effect.fn("setOverride")(function* (input: SetInput) {
  const output = yield* Output
  const { effect, json, match, pattern } = input
  const [chat, expiresAt] = [yield* chatOf(input.chat), yield* momentOf(input.until)]
  const reason = Option.getOrUndefined(input.reason)
  const wanted = {
    override: OverrideId.make(uuid7(yield* Clock.currentTimeMillis)),
    match,
    pattern,
    effect,
    ...(chat === undefined ? {} : { chat }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(reason === undefined ? {} : { reason })
  }
  const answer = yield* withSystem(
    Effect.gen(function* () {
      if (chat !== undefined) yield* knownChat(yield* ReadModels, chat)
      return yield* (yield* CommandBus).request(ImportOverrides, { overrides: [wanted], by: "operator" })
    })
  )
  if (json) return yield* output.json(answer)
  const what = `${match} ${defang(printable(pattern))}`
  return yield* output.line(
    answer.set === 0
      ? `It is so already: ${effect} ${what}.`
      : `From now on: ${effect} ${what} (event ${answer.sequence}).`
  )
})

/** Takes one back. */
export const removeOverride = Effect.fn("removeOverride")(function* ({
  id,
  json
}: {
  readonly id: string
  readonly json: boolean
}) {
  const output = yield* Output
  const override = Option.getOrUndefined(Schema.decodeUnknownOption(OverrideId)(id))
  if (override === undefined)
    return yield* usage(`"${id}" is no override`, "expected an id, as `wadjet overrides list` shows them")
  const placed = yield* withSystem(
    Effect.flatMap(CommandBus, (bus) => bus.request(RemoveOverride, { override, by: "operator" }))
  )
  if (json) return yield* output.json({ override, ...placed })
  return yield* output.line(`The override ${override} holds no more (event ${placed.sequence}).`)
})

const contentOf = Effect.fnUntraced(function* (file: string) {
  const { stdin } = yield* Host
  const unreadable = (cause: unknown) =>
    new OperatorFailed({
      what: `The list ${file} could not be read`,
      why: cause instanceof Error ? cause.message : String(cause),
      next: "Name a file that is there, or - for standard input."
    })
  return file === "-"
    ? yield* Effect.tryPromise({ try: () => textOf(stdin), catch: unreadable })
    : yield* Effect.try({ try: () => readFileSync(file, "utf8"), catch: unreadable })
})

export interface ImportInput {
  readonly file: string
  readonly format: OverrideListFormat
  readonly json: boolean
}

/** Sets what a list says. */
export const importOverrides = Effect.fn("importOverrides")(function* ({ file, format, json }: ImportInput) {
  const output = yield* Output
  const text = yield* contentOf(file)
  const answer = yield* withSystem(importOverrideList(format, text, "operator")).pipe(
    Effect.catchTag("ListRefused", ({ message }) =>
      Effect.fail(
        new OperatorFailed({
          what: `The list ${file} was not taken whole`,
          why: message,
          next: "Mend that line and import it again: what is set already stays as it is."
        })
      )
    )
  )
  if (json) return yield* output.json(answer)
  const over = answer.expired === 0 ? "" : ` ${counted(answer.expired, "override")} left out: over by now.`
  return yield* output.line(
    `${counted(answer.set, "override")} set, ${counted(answer.unchanged, "override")} there already.${over}`
  )
})

/** Prints what is in force as a list. */
export const exportOverrides = Effect.fn("exportOverrides")(function* ({
  format
}: {
  readonly format: OverrideListFormat
}) {
  const output = yield* Output
  const text = yield* withSystem(Effect.map(ReadModels, (models) => exportOverrideList(models, format)))
  for (const line of text.split(/\r?\n/u).slice(0, -1)) yield* output.line(line)
})
