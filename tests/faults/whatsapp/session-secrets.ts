/** What must be readable nowhere: every secret that a session has, and the ways in which it might be written. */
import * as baileys from "@whiskeysockets/baileys"
import { Effect } from "effect"
import { openAuthState } from "../../../actors/whatsapp/session/auth-state.ts"
import { openSessionStore } from "../../../actors/whatsapp/session/store.ts"

/** How many one-time keys are looked for: all of them are made and kept alike. */
const preKeysMax = 20
const keyBytes = 32
/** What may be known: the other halves of pairs, and what others made. */
const known =
  /^pub|^remoteIdentityKey$|^lastRemoteEphemeralKey$|^baseKey$|^identifierKey$|signature|^details$/iu

const decoded = (json: Buffer): unknown => JSON.parse(json.toString("utf8"), baileys.BufferJSON.reviver)

const isJson = (bytes: Uint8Array) => bytes[0] === 0x5b || bytes[0] === 0x7b

/** Bytes that were written as a list of numbers. */
const listed = (value: object): Uint8Array | undefined => {
  const list: unknown = "data" in value ? value.data : Object.values(value)
  return Array.isArray(list) && list.length === keyBytes && list.every((it) => Number.isInteger(it))
    ? Uint8Array.from(list as ReadonlyArray<number>)
    : undefined
}

/** The secrets of 32 bytes in something that was decoded, by where they stand. */
const secretsIn = (value: unknown, path: string): ReadonlyArray<readonly [string, Buffer]> => {
  if (value instanceof Uint8Array) {
    if (value.length === keyBytes) return [[path, Buffer.from(value)]]
    return isJson(value) ? secretsIn(decoded(Buffer.from(value)), path) : []
  }
  if (typeof value === "string")
    return /^[A-Za-z0-9+/]{43}=$/u.test(value) ? [[path, Buffer.from(value, "base64")]] : []
  if (typeof value !== "object" || value === null) return []
  const bytes = listed(value)
  if (bytes !== undefined) return [[path, Buffer.from(bytes)]]
  return Object.entries(value).flatMap(([name, inner]) =>
    known.test(name) ? [] : secretsIn(inner, `${path}.${name}`)
  )
}

/** Every secret of the session in a data folder that nobody holds, by where it stands. Takes the session over. */
export const sessionSecrets = (dataFolder: string): Promise<ReadonlyMap<string, Buffer>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const paths = { path: `${dataFolder}/session.db`, keyringPath: `${dataFolder}/keyring.db` }
        const store = yield* (yield* openSessionStore(paths)).claim
        const { state } = openAuthState({
          baileys,
          store,
          now: () => 0,
          journalled: () => {},
          broken: () => {}
        })
        const values = ["session", "sender-key", "pre-key", "app-state-sync-key"].flatMap((type) =>
          store
            .entries(type)
            .slice(0, type === "pre-key" ? preKeysMax : undefined)
            .map(({ id, value }): readonly [string, unknown] => [`${type} ${id}`, decoded(value)])
        )
        return new Map([
          ...secretsIn(state.creds, "credentials"),
          ...values.flatMap(([name, value]) => secretsIn(value, name))
        ])
      })
    )
  )

/** A secret as it might stand in a file or on a console. */
export const spellingsOf = (secret: Buffer): ReadonlyArray<Buffer> => [
  secret,
  Buffer.from(secret.toString("hex")),
  Buffer.from(secret.toString("hex").toUpperCase()),
  Buffer.from(secret.toString("base64").replace(/=+$/u, "")),
  Buffer.from(secret.toString("base64url")),
  // As the console shows a Buffer or a typed array.
  Buffer.from((secret.toString("hex").match(/../gu) ?? []).slice(0, 16).join(" ")),
  Buffer.from([...secret].slice(0, 8).join(", ")),
  Buffer.from([...secret].slice(0, 8).join(","))
]
