/**
 * Looking after a database file that others have open. Nobody is kept from writing for longer than a moment: each thing
 * is done in short transactions, or refused.
 */
import Database from "better-sqlite3"
import type { Sqlite } from "../open.ts"
import type { AsideMessage, Operation } from "./protocol.ts"
import { Refusal } from "./refusal.ts"
import { bytesOf, incrementalVacuum, numberOf } from "./statistics.ts"

/** How long others are waited for: they wait as long for us, and up to five seconds in all. */
const busyTimeoutMillis = 1_000
/** The most that `check` says. */
const problemsMax = 100
/** Pages given back in one transaction, which takes some milliseconds. */
const pagesAtOnce = 500
/** A file is copied whole only where that is done within the time that others wait to write: a second, on a slow disk. */
const copiedBytesMax = 64 * 1024 * 1024
/** Rows that are looked at in each index: what is learnt from more is no better, and takes longer. */
const analysisRowsMax = 1_000

type Say = (message: AsideMessage) => void

const check = (db: Sqlite): ReadonlyArray<string> => {
  const found = db.pragma(`integrity_check(${problemsMax})`) as ReadonlyArray<{ integrity_check: string }>
  const foreign = db.pragma("foreign_key_check") as ReadonlyArray<{ table: string; rowid: number }>
  return [
    ...found.map((row) => row.integrity_check).filter((text) => text !== "ok"),
    ...foreign.map(({ rowid, table }) => `row ${rowid} of ${table} names a row that is not there`)
  ].slice(0, problemsMax)
}

/**
 * Without a limit SQLite would keep values of indexed columns as samples, which a row that is forgotten leaves behind. With
 * one it keeps counts alone, and takes samples away that it finds.
 */
const analyze = (db: Sqlite): void => {
  db.pragma(`analysis_limit=${analysisRowsMax}`)
  db.exec("analyze")
}

/** Has free pages given back from now on, which needs the file to be copied once, in memory and back. */
const makeIncremental = (db: Sqlite, bytes: number): void => {
  if (bytes > copiedBytesMax)
    throw new Refusal(
      "refused",
      `expected a file of ${copiedBytesMax} bytes at most, or one that has given back pages before, found ${bytes} bytes: ` +
        "nobody could write to it for too long; read models are without free pages after `wadjet rebuild`"
    )
  db.pragma("temp_store=MEMORY")
  db.pragma(`auto_vacuum=${incrementalVacuum}`)
  db.exec("vacuum")
}

const vacuum = (db: Sqlite, path: string, say: Say): void => {
  if (numberOf(db, "auto_vacuum") !== incrementalVacuum) return makeIncremental(db, bytesOf(path))
  const free = () => numberOf(db, "freelist_count")
  for (let left = free(); left > 0; left = free()) {
    db.exec(`pragma incremental_vacuum(${pagesAtOnce})`)
    say({ say: "freed", pages: left - free(), left: free() })
  }
}

/** Moves what was written into the file itself. Whether somebody who reads or writes kept some of it from being moved. */
const checkpoint = (db: Sqlite): boolean => {
  const [row] = db.pragma("wal_checkpoint(TRUNCATE)") as ReadonlyArray<{ busy: number }>
  return row?.busy !== 0
}

const run = (db: Sqlite, operation: Operation, path: string, say: Say) => {
  if (operation === "check") return { problems: check(db), hindered: false }
  if (operation === "analyze") analyze(db)
  if (operation === "vacuum") vacuum(db, path, say)
  return { problems: [], hindered: checkpoint(db) }
}

/** Does one operation, and says what came of it. Throws what SQLite throws, and `Refusal`. */
export const operate = (operation: Operation, path: string, say: Say): void => {
  const began = performance.now()
  const bytesBefore = bytesOf(path)
  const db = new Database(path, {
    readonly: operation === "check",
    fileMustExist: true,
    timeout: busyTimeoutMillis
  })
  db.pragma("secure_delete=ON")
  const found = run(db, operation, path, say)
  db.close()
  const done = {
    operation,
    ...found,
    seconds: (performance.now() - began) / 1_000,
    bytesBefore,
    bytesAfter: bytesOf(path),
    walBytesAfter: bytesOf(`${path}-wal`)
  }
  say({ say: "operated", done })
}
