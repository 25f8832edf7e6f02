import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { randomBytes } from "node:crypto"
import * as baileys from "@whiskeysockets/baileys"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { openAuthState } from "../../../../actors/whatsapp/session/auth-state.ts"
import { makeJournal } from "../../../../actors/whatsapp/session/sqlite-journal.ts"
import { openSessionStore } from "../../../../actors/whatsapp/session/store.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startSession, temporaryFolder } from "./whole.ts"

/** Every secret of a store, by name, as bytes. */
const secretsIn = (folder: string) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const { claim } = yield* openSessionStore({
          path: `${folder}/session.db`,
          keyringPath: `${folder}/keyring.db`
        })
        const store = yield* claim
        const { state } = openAuthState({
          baileys,
          store,
          now: () => 0,
          journalled: () => {},
          broken: () => {}
        })
        const { creds, keys } = state
        const secrets = new Map<string, Buffer>([
          ["noise key", Buffer.from(creds.noiseKey.private)],
          ["identity key", Buffer.from(creds.signedIdentityKey.private)],
          ["signed pre-key", Buffer.from(creds.signedPreKey.keyPair.private)],
          ["pairing key", Buffer.from(creds.pairingEphemeralKeyPair.private)],
          ["pairing secret", Buffer.from(creds.advSecretKey, "base64")]
        ])
        const ids = Array.from({ length: 20 }, (_, index) => String(index + 1))
        const preKeys = yield* Effect.promise(async () => keys.get("pre-key", ids))
        for (const [id, pair] of Object.entries(preKeys))
          secrets.set(`pre-key ${id}`, Buffer.from(pair.private))
        return secrets
      })
    )
  )

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** A secret as it might stand in a file. */
const spellings = (secret: Buffer): ReadonlyArray<Buffer> => [
  secret,
  Buffer.from(secret.toString("hex")),
  Buffer.from(secret.toString("hex").toUpperCase()),
  Buffer.from(secret.toString("base64").replace(/=+$/u, "")),
  Buffer.from(secret.toString("base64url"))
]

const found = (folder: string, secrets: ReadonlyMap<string, Buffer>) =>
  filesIn(folder).flatMap((file) => {
    const content = readFileSync(file)
    return [...secrets]
      .filter(([, secret]) => spellings(secret).some((spelling) => content.includes(spelling)))
      .map(([name]) => `${name} in ${file.slice(folder.length + 1)}`)
  })

test("no key, no number and no word can be read in any file of the data folder", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 40 })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  const session = await startSession({ folder: folder.path, server: whatsApp.url })
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  const client = await me.connected()
  await ana.say("the words of Ana")
  await whatsApp.witness.until("it is receipted", () => client.waiting().length === 0)
  const rows = await session.journal()
  expect(rows.some(({ payload }) => Buffer.from(payload).includes("the words of Ana"))).toBe(true)
  // The write-ahead log is looked at as it lies while the session runs.
  const running = new Map([
    ["words", Buffer.from("the words of Ana")],
    ["number", Buffer.from("5511988887777")],
    ["own number", Buffer.from("5511900000001")]
  ])
  expect(found(folder.path, running)).toEqual([])
  await session.close()

  const secrets = new Map([...(await secretsIn(folder.path)), ...running])
  expect(secrets.size).toBeGreaterThan(20)
  expect(found(folder.path, secrets)).toEqual([])
  await whatsApp.close()
})

/** The rows of the journal as they lie on disk. */
const sealedRows = (folder: string): ReadonlyMap<string, Buffer> => {
  const db = new Database(join(folder, "session.db"), { readonly: true })
  const rows = db
    .prepare<[], { position: number; sealed: Buffer }>("select position, sealed from journal")
    .all()
  db.close()
  return new Map(rows.map(({ position, sealed }) => [`row ${position}`, sealed]))
}

test("what is done with in the journal is overwritten, in the write-ahead log as well", async () => {
  using folder = temporaryFolder()
  const paths = { path: `${folder.path}/session.db`, keyringPath: `${folder.path}/keyring.db` }
  const attempt = Effect.gen(function* () {
    const store = yield* (yield* openSessionStore(paths)).claim
    const journal = makeJournal(store)
    for (const id of ["A", "B", "C"])
      yield* journal.add({ kind: "message", attributes: { id }, payload: randomBytes(200) })
    const rows = sealedRows(folder.path)
    expect(found(folder.path, rows).length).toBeGreaterThan(2)
    yield* journal.done((yield* journal.next(10)).map(({ position }) => position))
    store.tidy(Date.now())
    expect(found(folder.path, rows)).toEqual([])
  })
  await Effect.runPromise(Effect.scoped(attempt))
})
