/**
 * Looking for words where they must not be: in every file of a folder, as they are and in every disguise that
 * a program would put them in without meaning to, inside compressed files and SQLite databases too.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, relative } from "node:path"
import { gunzipSync, zstdDecompressSync } from "node:zlib"
import Database from "better-sqlite3"

export interface Disguise {
  readonly name: string
  readonly bytes: Buffer
}

const percent = (bytes: Buffer) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")

/** Base64 of text that begins at the first, second or third byte of a group, without the ends that depend on its neighbours. */
const base64Cores = (bytes: Buffer): ReadonlyArray<string> =>
  [0, 1, 2].map((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
    const whole = padded.subarray(before === 0 ? 0 : 3, padded.length - (padded.length % 3))
    return whole.toString("base64")
  })

/** Every form in which a word may lie on a disk. */
export const disguisesOf = (word: string): ReadonlyArray<Disguise> => {
  const utf8 = Buffer.from(word)
  const texts: ReadonlyArray<readonly [string, string]> = [
    ["UTF-8", word],
    ["lower case", word.toLowerCase()],
    ["URI component", encodeURIComponent(word)],
    ["percent", percent(utf8)],
    ["percent, upper case", percent(utf8).toUpperCase()],
    ["hexadecimal", utf8.toString("hex")],
    ...base64Cores(utf8).flatMap((core, at) => [
      [`base64 at ${at}`, core] as const,
      [`base64url at ${at}`, core.replaceAll("+", "-").replaceAll("/", "_")] as const
    ])
  ]
  const little = Buffer.from(word, "utf16le")
  return [
    ...texts.map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    { name: "UTF-16LE", bytes: little },
    { name: "UTF-16BE", bytes: Buffer.from(little).swap16() }
  ]
}

export interface Finding {
  readonly where: string
  readonly word: string
  readonly disguise: string
}

/** The words in some bytes. */
export const findIn = (where: string, bytes: Buffer, words: ReadonlyArray<string>): ReadonlyArray<Finding> =>
  words.flatMap((word) =>
    disguisesOf(word)
      .filter((disguise) => bytes.includes(disguise.bytes))
      .map(({ name }) => ({ where, word, disguise: name }))
  )

const magicAt = (bytes: Buffer, magic: ReadonlyArray<number>): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let at = bytes.indexOf(Buffer.from(magic)); at >= 0; at = bytes.indexOf(Buffer.from(magic), at + 1))
    found.push(at)
  return found
}

const attempt = (run: () => Buffer): ReadonlyArray<Buffer> => {
  try {
    return [run()]
  } catch {
    return []
  }
}

/** What is inside, wherever a gzip or zstd stream begins. */
const decompressed = (bytes: Buffer): ReadonlyArray<Buffer> => [
  ...magicAt(bytes, [0x1f, 0x8b, 0x08]).flatMap((at) => attempt(() => gunzipSync(bytes.subarray(at)))),
  ...magicAt(bytes, [0x28, 0xb5, 0x2f, 0xfd]).flatMap((at) =>
    attempt(() => zstdDecompressSync(bytes.subarray(at)))
  )
]

const sqliteMagic = "SQLite format 3\0"

/** Every text and blob of every table, with what its write-ahead log adds, read from a copy. */
const columnsOf = (path: string): ReadonlyArray<Buffer> => {
  const folder = mkdtempSync(join(tmpdir(), "wadjet-canary-"))
  const copy = join(folder, basename(path))
  for (const suffix of ["", "-wal"]) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  const db = new Database(copy)
  const tables = db.prepare<[], string>("select name from sqlite_master where type = 'table'").pluck().all()
  const values = tables.flatMap((table) =>
    db
      .prepare<[], Array<unknown>>(`select * from "${table}"`)
      .raw()
      .all()
      .flat()
      .filter((value) => typeof value === "string" || Buffer.isBuffer(value))
      .map((value) => (typeof value === "string" ? Buffer.from(value) : (value as Buffer)))
  )
  db.close()
  rmSync(folder, { recursive: true, force: true })
  return values
}

const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

export interface Content {
  readonly where: string
  readonly bytes: Buffer
}

/** A file as it is, what is compressed in it, and the columns of a database. */
const contentsOf = (folder: string, path: string): ReadonlyArray<Content> => {
  const where = relative(folder, path)
  const bytes = readFileSync(path)
  const isDatabase = bytes.subarray(0, sqliteMagic.length).toString("latin1") === sqliteMagic
  return [
    { where, bytes },
    ...decompressed(bytes).map((inside) => ({ where: `${where}, decompressed`, bytes: inside })),
    ...(isDatabase ? columnsOf(path) : []).map((value) => ({ where: `${where}, a column`, bytes: value }))
  ]
}

const isGone = (fault: unknown): boolean =>
  fault instanceof Error && "code" in fault && fault.code === "ENOENT"

const looksMax = 20

/** A server that runs writes a block of its store anew now and then, under another name: then all is looked at again. */
const lookUntilWhole = <A>(look: () => A, left = looksMax): A => {
  try {
    return look()
  } catch (fault) {
    if (left === 0 || !isGone(fault)) throw fault
    return lookUntilWhole(look, left - 1)
  }
}

/** Everything that can be read in any file of a folder. */
export const contentsIn = (folder: string): ReadonlyArray<Content> =>
  lookUntilWhole(() => filesIn(folder).flatMap((path) => contentsOf(folder, path)))

/** The words in every file of a folder, and how many files were looked at. */
export const findInFolder = (folder: string, words: ReadonlyArray<string>) =>
  lookUntilWhole(() => {
    const files = filesIn(folder)
    const findings = files.flatMap((path) =>
      contentsOf(folder, path).flatMap(({ bytes, where }) => findIn(where, bytes, words))
    )
    return { files: files.length, findings }
  })
