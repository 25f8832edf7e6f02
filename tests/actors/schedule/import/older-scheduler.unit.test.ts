import Database from "better-sqlite3"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { imported, summary } from "./given.ts"

const ada = { phone: "491701234567", name: "Ada", aliases: '["Lady L"]', tags: '["family"]', is_favorite: 1 }
const card = {
  name: "Ada",
  aliases: ["Lady L"],
  number: "+491701234567",
  tags: ["family"],
  favourite: true,
  notes: ""
}

/** The bytes of a SQLite file with a table of contacts, left in WAL mode as the older scheduler leaves it. */
const sqliteFile = (): Uint8Array => {
  const folder = mkdtempSync(join(tmpdir(), "older-scheduler-"))
  const path = join(folder, "scheduler.db")
  const database = new Database(path)
  database.pragma("journal_mode = WAL")
  database.exec(
    "CREATE TABLE contacts(phone TEXT UNIQUE, name TEXT, aliases TEXT, tags TEXT, is_favorite INTEGER)"
  )
  database.prepare("INSERT INTO contacts VALUES (:phone, :name, :aliases, :tags, :is_favorite)").run(ada)
  database.close()
  const bytes = readFileSync(path)
  rmSync(folder, { recursive: true })
  return bytes
}

describe("contacts of the older scheduler", () => {
  it("are read from an array, an export, an answer of its API, and one object", () => {
    for (const json of [[ada], { contacts: [ada], jobs: [] }, { success: true, data: [ada] }, ada])
      expect(imported(JSON.stringify(json)).contacts).toEqual([card])
  })

  it("are read with lists and booleans of JSON's own", () => {
    const own = { ...ada, phone: "+491701234567", aliases: ["Lady L"], tags: ["family"], is_favorite: true }
    expect(imported(JSON.stringify([own])).contacts).toEqual([card])
  })

  it("have phones that begin with their country, whatever the region", () => {
    expect(summary(JSON.stringify([{ ...ada, phone: "447400123456" }])).contacts).toEqual([
      "Ada +447400123456"
    ])
  })

  it("are read from its SQLite file", () => {
    expect(imported("", { bytes: sqliteFile() }).contacts).toEqual([card])
  })

  it("say what is wrong with a file or an object that can't be read", () => {
    expect(summary("[1]").left).toEqual(['1: expected an object with "phone" and "name", found 1'])
    expect(summary("[1").left[0]).toMatch(/found a text that is not JSON$/)
    expect(summary("", { bytes: sqliteFile().subarray(0, 5000) }).left[0]).toMatch(
      /^1: expected a SQLite file/
    )
  })
})
