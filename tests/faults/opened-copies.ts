/**
 * What somebody has who holds a place for backups and every key: each object opened, and put into a folder as it was,
 * where a database is a database again.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { zstdDecompressSync } from "node:zlib"
import { Decrypter } from "age-encryption"
import { Effect, Redacted, Schema } from "effect"
import { Extent, unframe } from "../../actors/backup/segment/frame.ts"
import type { Identity } from "../../actors/backup/segment/seal.ts"
import { Keyring, type KeyringService } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { type Content, contentsIn } from "./canary.ts"

const AnyHeader = Schema.Struct({ body: Extent })

const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const isObject = (bytes: Buffer): boolean => bytes.subarray(0, 13).toString("latin1") === "wadjet backup"

/** Opens every object in `from` into `to`, and answers with their keys. One that does not open is a failure. */
export const openCopies = async (
  from: string,
  to: string,
  identity: Identity
): Promise<ReadonlyArray<string>> => {
  const opened: Array<string> = []
  for (const path of filesIn(from)) {
    const bytes = readFileSync(path)
    if (!isObject(bytes)) continue
    const decrypter = new Decrypter()
    decrypter.addIdentity(Redacted.value(identity))
    const { body } = unframe(bytes, AnyHeader)
    if (body.length === 0) continue
    const key = relative(from, path)
    mkdirSync(dirname(join(to, key)), { recursive: true })
    writeFileSync(join(to, key), zstdDecompressSync(await decrypter.decrypt(body)))
    opened.push(key)
  }
  return opened
}

const databaseMagic = "SQLite format 3\0"

/** Every keyring below a folder, whatever it is called and whoever left it there. */
export const keyringsIn = (folder: string): ReadonlyArray<string> =>
  filesIn(folder).filter((path) => {
    const bytes = readFileSync(path)
    return bytes.toString("latin1", 0, databaseMagic.length) === databaseMagic && bytes.includes("data_key")
  })

/** What is opened; nothing of a value that a page of a database or a block of the log cuts in two: it is whole elsewhere. */
const openedBy = (keyring: KeyringService, value: string): unknown => {
  try {
    return keyring.open<unknown>(value)
  } catch {
    return null
  }
}

const sealedValues = /s1:[0-9A-Za-z_.-]+:[0-9A-Za-z_-]+/gu

/** Every value of a folder that the log seals, opened by any of some keyrings. */
export const openSealed = Effect.fnUntraced(function* (folder: string, keyrings: ReadonlyArray<string>) {
  const sealed = new Set(
    contentsIn(folder).flatMap(({ bytes }) => bytes.toString("latin1").match(sealedValues) ?? [])
  )
  const all: Array<Content> = []
  for (const path of keyrings)
    all.push(
      ...(yield* Effect.map(Keyring, (keyring) =>
        [...sealed].flatMap((value): ReadonlyArray<Content> => {
          const plain = openedBy(keyring, value)
          return plain === null ? [] : [{ where: "sealed", bytes: Buffer.from(JSON.stringify(plain)) }]
        })
      ).pipe(Effect.provide(sqliteKeyring(path))))
    )
  return all
})
