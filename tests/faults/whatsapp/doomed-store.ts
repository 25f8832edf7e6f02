/**
 * Around `better-sqlite3`, in a process that is to die: traps in the transactions of `session.db`, and what is left
 * of them where a guard is missing. The product's own code runs as it is.
 */
import { writeSync } from "node:fs"
import { basename } from "node:path"
import Database from "better-sqlite3"
import { WebSocket } from "ws"
import type { Guard, Saying } from "./life.ts"
import type { Trap } from "./points.ts"

/** What the transaction that runs at this moment has written. */
interface Written {
  rows: number
  opened: number
  /** Sessions and sender keys: the ratchets. */
  ratchets: number
}

const ratchets: ReadonlySet<unknown> = new Set(["session", "sender-key"])

/** Undoes a transaction that is to be run later. */
class Postponed extends Error {}

const isSession = (db: Database.Database) => basename(db.name) === "session.db"

export const doomStore = (trap: Trap, without: Guard | undefined): void => {
  let written: Written | undefined
  /** The epoch under which this process took the session. */
  let ours: number | undefined
  /** Rows and transactions that a missing guard lets wait. */
  let rowsLate: Array<() => void> = []
  let transactionsLate: Array<() => void> = []
  /** A receipt is about to be written. */
  let owesReceipt = false
  const { prepare, transaction } = Database.prototype
  const { send } = WebSocket.prototype

  const epochOnDisk = (db: Database.Database) =>
    (Reflect.apply(prepare, db, ["select epoch from owner"]) as Database.Statement<[], number>).pluck().get()

  const watch = (source: string, first: unknown) => {
    if (written === undefined) return
    if (/^insert into journal/iu.test(source)) {
      trap.pass("between-ratchet-and-journal")
      written.rows += 1
    }
    if (/^insert into opened/iu.test(source)) written.opened += 1
    if (/^insert into secret/iu.test(source) && ratchets.has(first)) written.ratchets += 1
    if (/^delete from journal where position/iu.test(source)) trap.pass("before-journal-empties")
  }

  Database.prototype.prepare = function dooming(this: Database.Database, text: string) {
    const statement = Reflect.apply(prepare, this, [text]) as Database.Statement
    if (!isSession(this)) return statement
    const source = text.trim()
    const { get, run } = statement
    statement.run = (...values) => {
      watch(source, values[0])
      const now = () => Reflect.apply(run, statement, values)
      if (without !== "journal-with-ratchet" || !/^insert into journal/iu.test(source)) return now()
      rowsLate.push(now)
      return { changes: 1, lastInsertRowid: 0 }
    }
    statement.get = (...values) => {
      const found: unknown = Reflect.apply(get, statement, values)
      if (/^update owner set epoch/iu.test(source)) ours = found as number
      return without === "epoch-before-write" && source === "select epoch from owner" ? ours : found
    }
    return statement
  } as typeof prepare

  const seen = (db: Database.Database, it: Written) => {
    const theirs = epochOnDisk(db)
    if (ours !== undefined && theirs !== undefined && theirs !== ours)
      writeSync(1, `${JSON.stringify({ said: "stale-write", ours, theirs } satisfies Saying)}\n`)
    if (it.ratchets > 0 && it.opened === 0) trap.pass("between-write-and-ratchet")
  }

  const committed = (it: Written) => {
    if (it.rows > 0) {
      owesReceipt = true
      trap.pass("journalled")
    }
    if (it.ratchets > 0 && it.opened === 0) trap.pass("sent-ratchet")
    if (rowsLate.length > 0)
      queueMicrotask(() => {
        for (const write of rowsLate.splice(0)) write()
      })
  }

  Database.prototype.transaction = function dooming(this: Database.Database, run: () => unknown) {
    if (!isSession(this)) return Reflect.apply(transaction, this, [run]) as ReturnType<typeof transaction>
    const attempt = (mayWait: boolean): unknown => {
      const it: Written = { rows: 0, opened: 0, ratchets: 0 }
      const watched = () => {
        written = it
        try {
          const result = run()
          if (mayWait && it.rows > 0) throw new Postponed()
          seen(this, it)
          return result
        } finally {
          written = undefined
        }
      }
      const whole = Reflect.apply(transaction, this, [watched]) as Database.Transaction<() => unknown>
      try {
        const result = whole.immediate()
        committed(it)
        return result
      } catch (error) {
        if (!(error instanceof Postponed)) throw error
        owesReceipt = true
        transactionsLate.push(() => void attempt(false))
        return undefined
      }
    }
    const immediate = () => attempt(without === "journal-before-receipt")
    return Object.assign(immediate, { immediate })
  } as typeof transaction

  WebSocket.prototype.send = function dooming(this: WebSocket, ...values: Parameters<typeof send>) {
    Reflect.apply(send, this, values)
    if (!owesReceipt) return
    owesReceipt = false
    trap.pass("receipted")
    for (const write of transactionsLate.splice(0)) write()
  } as typeof send
}
