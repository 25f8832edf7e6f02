/** Whose fault it is that SQLite refused something: of what was asked, or of the disk and the file. */
import Database from "better-sqlite3"

/** SQLite's result codes for which an event is to blame: it does not fit its table. */
const eventsFault = ["SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG", "SQLITE_ERROR"]

/**
 * Whether something thrown by a fold is the fault of the disk or the file, so that no event is to be set aside or
 * passed over for it.
 *
 * @see https://www.sqlite.org/rescode.html
 */
export const isStorageFault = (fault: unknown): boolean =>
  fault instanceof Database.SqliteError && !eventsFault.some((code) => fault.code.startsWith(code))

const damageCodes = ["SQLITE_CORRUPT", "SQLITE_NOTADB"]

/** Whether something thrown says that the file itself is damaged: opening it again will not help. */
export const isDamage = (fault: unknown): boolean =>
  fault instanceof Database.SqliteError && damageCodes.some((code) => fault.code.startsWith(code))
