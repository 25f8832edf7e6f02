import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync, zstdCompressSync } from "node:zlib"
import Database from "better-sqlite3"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { findInFolder } from "./canary.ts"

const word = "+447700900123"
let folder = ""

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wadjet-canary-test-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const percent = [...Buffer.from(word)].map((byte) => `%${byte.toString(16)}`).join("")
const base64 = (before: string) => Buffer.from(`${before}${word} and so on`).toString("base64")

const hidings: ReadonlyArray<readonly [string, string | Buffer]> = [
  ["UTF-8", `call ${word} now`],
  ["UTF-16LE", Buffer.from(`call ${word}`, "utf16le")],
  ["UTF-16BE", Buffer.from(`call ${word}`, "utf16le").swap16()],
  ["percent-encoding of what a URL needs", `?n=${encodeURIComponent(word)}`],
  ["percent-encoding of every byte", percent],
  ["base64 in its first alignment", base64("")],
  ["base64 in its second alignment", base64("x")],
  ["base64 in its third alignment", base64("xy")],
  ["gzip", gzipSync(`call ${word}`)],
  ["gzip in the middle of a file", Buffer.concat([Buffer.from("header"), gzipSync(`call ${word}`)])],
  ["zstd", zstdCompressSync(Buffer.from(`call ${word}`))]
]

describe("a canary is found", () => {
  it.each(hidings)("as %s", (_, content) => {
    writeFileSync(join(folder, "file"), content)
    expect(findInFolder(folder, [word]).findings).not.toEqual([])
  })

  it("in a column of a database, though its pages tear it apart", () => {
    const db = new Database(join(folder, "a.db"))
    db.pragma("page_size = 512")
    db.exec("create table t (value text)")
    for (let length = 380; length < 520; length++)
      db.prepare("insert into t values (?)").run(`${"x".repeat(length)}${word}`)
    db.close()
    const { findings } = findInFolder(folder, [word])
    expect(
      findings.filter(({ disguise, where }) => where.includes("column") && disguise === "UTF-8")
    ).toHaveLength(140)
  })

  it("in the write-ahead log of a database that nobody closed", () => {
    const db = new Database(join(folder, "a.db"))
    db.pragma("journal_mode = WAL")
    db.exec("create table t (value text)")
    db.prepare("insert into t values (?)").run(word)
    expect(findInFolder(folder, [word]).findings.map(({ where }) => where)).toContain("a.db-wal")
    db.close()
  })
})

it("nothing is found where nothing is", () => {
  writeFileSync(join(folder, "file"), "call +447700900124 now")
  expect(findInFolder(folder, [word])).toEqual({ files: 1, findings: [] })
})
