/** The control plane of the older scanner, for clients of it: each route asks what its successor asks. */
import { Clock, Effect, Option, Schema } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { IngestMessages, MuteChat, SetOverride, UnmuteChat } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { recentDefault, recentMax, WantedOverride } from "../../../contracts/http/older-scanner.ts"
import { sandboxAuthor, sandboxChatName } from "../../../contracts/http/sandbox.ts"
import { ChatId, OverrideId } from "../../../contracts/ids.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { everyRow } from "../../../projections/paging.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { byOf, mayReadWords } from "../authorize.ts"
import { orTold, toldByScanner } from "../older/told.ts"
import { olderHash, olderUrl } from "../older/url-hash.ts"
import { uuid7 } from "../uuid7.ts"
import { ask } from "./answering.ts"

const mutedMillis = 60 * 60_000
const overridesMax = 100
/** A hash is looked for among so many of the newest scans: nobody can tell a URL from it. */
const hashedMax = 10_000

const asked = orTold(toldByScanner)

const wrong = <const Code extends "invalid_request" | "invalid_after_cursor" | "invalid_url">(
  error: Code,
  detail: string
) => Effect.fail({ error, detail })

/** A chat by our own id of it, or by the one that WhatsApp gave it. */
const chatOf = Effect.fnUntraced(function* (id: string) {
  const models = yield* ReadModels
  const keyring = yield* Keyring
  const own = Option.getOrUndefined(Schema.decodeUnknownOption(ChatId)(id))
  if (own !== undefined && models.chats.get(own) !== undefined) return own
  const found = everyRow((place) => models.chats.list(place)).find(({ chat }) =>
    keyring.formsOf(chat).includes(id)
  )
  return found === undefined
    ? yield* Effect.fail(toldByScanner.NotFound(`There is no chat ${id}.`))
    : found.chat
})

const Cursor = Schema.fromJsonString(
  Schema.Struct({ ts: Schema.Union([Schema.Number, Schema.String]), id: Schema.Int })
)

const behindCursor = (after: string) => {
  const text = Buffer.from(after, "base64url").toString("utf8")
  const cursor = Option.getOrUndefined(Schema.decodeUnknownOption(Cursor)(text))
  return cursor === undefined
    ? wrong("invalid_after_cursor", 'Expected the base64url of {"ts": …, "id": …}.')
    : Effect.succeed(cursor.id)
}

const limitOf = (text: string | undefined) => {
  const limit = text === undefined ? recentDefault : Number(text)
  return Number.isInteger(limit) && limit >= 1 && limit <= recentMax
    ? Effect.succeed(limit)
    : wrong("invalid_request", `Expected a limit from 1 to ${recentMax}, found ${String(text).slice(0, 40)}.`)
}

const decodeOverride = Schema.decodeUnknownEffect(WantedOverride)
const decodeUrl = Schema.decodeUnknownOption(Schema.Struct({ url: Schema.String }))

/** A pattern of the older scanner as ours: a URL, everything under a domain, or a host. */
const matchOf = (pattern: string) => {
  if (/^https?:/iu.test(pattern)) return { match: "url", pattern } as const
  return pattern.startsWith("*.")
    ? ({ match: "domain", pattern: pattern.slice(2) } as const)
    : ({ match: "host", pattern } as const)
}

/** What is meant: a pattern, or the URL of a scan with this hash. */
const meant = Effect.fnUntraced(function* (wanted: typeof WantedOverride.Type) {
  const { pattern, url_hash: hash } = wanted
  if (pattern !== undefined && pattern !== null && pattern !== "") return matchOf(pattern)
  if (hash === undefined || hash === null)
    return yield* wrong("invalid_request", "Expected a url_hash or a pattern, found none.")
  const models = yield* ReadModels
  const found = models.scans
    .recent({ limit: hashedMax })
    .find(({ url }) => url !== null && olderHash(url) === hash)
  return found?.url === undefined || found.url === null
    ? yield* Effect.fail(
        toldByScanner.NotFound(`No scan of a URL with the hash ${hash.slice(0, 64)} is known.`)
      )
    : ({ match: "url", pattern: found.url } as const)
})

const by = Effect.map(CurrentKey, byOf)

const setOverride = Effect.fnUntraced(function* (payload: unknown) {
  const wanted = yield* decodeOverride(payload).pipe(
    Effect.catch(({ message }) => wrong("invalid_request", message.replaceAll(/\s+/gu, " ")))
  )
  const { expires_at: until, reason, scope, scope_id: id, status } = wanted
  const expiresAt = until === undefined || until === null ? undefined : Date.parse(until)
  if (expiresAt !== undefined && Number.isNaN(expiresAt))
    return yield* wrong("invalid_request", "Expected expires_at to be an ISO date.")
  if (scope === "group" && (id === undefined || id === null))
    return yield* wrong("invalid_request", "Expected the scope_id of a group, found none.")
  const chat = scope === "group" ? { chat: yield* chatOf(id ?? "") } : {}
  const override = OverrideId.make(uuid7(yield* Clock.currentTimeMillis))
  yield* ask(SetOverride, {
    override,
    ...chat,
    ...(yield* meant(wanted)),
    effect: status,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(reason === undefined || reason === null || reason === "" ? {} : { reason }),
    by: yield* by
  }).pipe(asked)
  return { ok: true as const }
})

const overrides = Effect.gen(function* () {
  const models = yield* ReadModels
  const may = yield* mayReadWords
  return models.overrides.list({ limit: overridesMax, status: "active" }).map((row) => ({
    id: row.override,
    url_hash: may && row.match === "url" && row.pattern !== null ? (olderHash(row.pattern) ?? null) : null,
    pattern: may ? row.pattern : null,
    status: row.effect,
    scope: row.chat === null ? ("global" as const) : ("group" as const),
    scope_id: row.chat,
    created_by: row.setBy,
    created_at: row.setAt,
    expires_at: row.expiresAt,
    reason: may ? row.reason : null
  }))
})

/** As a member of the sandbox asks for it: the answer stands there, and wherever the link was posted. */
const rescan = Effect.fnUntraced(function* (payload: unknown) {
  const found = Option.getOrUndefined(decodeUrl(payload))
  const url = found === undefined ? undefined : olderUrl(found.url)
  const urlHash = url === undefined ? undefined : olderHash(url)
  if (url === undefined || urlHash === undefined)
    return yield* wrong("invalid_url", "Expected {url} with an http or https URL.")
  const now = yield* Clock.currentTimeMillis
  const jobId = uuid7(now)
  yield* ask(IngestMessages, {
    gateway: "sandbox",
    chatName: sandboxChatName,
    messages: [{ id: jobId, author: sandboxAuthor, sentAt: now, text: `!wadjet rescan ${url}` }]
  }).pipe(asked)
  return { ok: true as const, urlHash, jobId }
})

export const olderScanner = HttpApiBuilder.group(api, "olderScanner", (handlers) =>
  handlers.handleAll({
    status: () =>
      Effect.map(ReadModels, (models) => {
        const { chats, verdicts } = models.overview()
        const { malicious } = verdicts
        return {
          scans: Object.values(verdicts).reduce((sum, count) => sum + count, 0),
          malicious,
          groups: chats
        }
      }),
    recent: Effect.fnUntraced(function* ({ query: { after, limit } }) {
      const most = yield* limitOf(limit)
      const behind = after === undefined ? undefined : yield* behindCursor(after)
      const models = yield* ReadModels
      const may = yield* mayReadWords
      return models.scans.recent({ limit: most, ...(behind === undefined ? {} : { behind }) }).map((row) => ({
        id: row.sequence,
        url_hash: may && row.url !== null ? (olderHash(row.url) ?? null) : null,
        normalized_url: may && row.url !== null ? (olderUrl(row.url) ?? row.url) : null,
        verdict: row.level,
        last_seen_at: row.at
      }))
    }),
    override: ({ payload }) => setOverride(payload),
    overrides: () => overrides,
    mute: Effect.fnUntraced(function* ({ params: { chatId } }) {
      const chat = yield* chatOf(chatId)
      const until = (yield* Clock.currentTimeMillis) + mutedMillis
      yield* ask(MuteChat, { chat, until, by: yield* by }).pipe(asked)
      return { ok: true as const, muted_until: until }
    }),
    unmute: Effect.fnUntraced(function* ({ params: { chatId } }) {
      yield* ask(UnmuteChat, { chat: yield* chatOf(chatId), by: yield* by }).pipe(asked)
      return { ok: true as const }
    }),
    rescan: ({ payload }) => rescan(payload)
  })
)
