/** The connection to WhatsApp: of the running system, or what is kept for the next one. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { HealthReport } from "../../../contracts/http/system.ts"
import { openSqliteReadOnly } from "../../../infra/sqlite/open.ts"
import { check, type Check, fail, ok, warn } from "./finding.ts"

/** A healthy system answers in milliseconds. */
const answerMillis = 3_000

const decodeReport = Schema.decodeUnknownEffect(Schema.fromJsonString(HealthReport))

const ofRunning = Effect.fnUntraced(function* (url: string) {
  const text = yield* Effect.tryPromise((signal) =>
    fetch(`${url}/readyz`, { signal: AbortSignal.any([signal, AbortSignal.timeout(answerMillis)]) }).then(
      (it) => it.text()
    )
  )
  const { checks } = yield* decodeReport(text)
  const found = checks.find(({ name }) => name === "whatsapp")
  if (found === undefined) return ok("this system does not connect to it")
  const detail = found.detail ?? "it says nothing about it"
  return found.ok
    ? ok(detail)
    : fail(detail, "Look at the phone first. `wadjet unlink`, then `wadjet link`, links a number anew.")
})

const ofFolder = Effect.fnUntraced(function* (path: string) {
  if (!existsSync(path)) return ok("no number is linked; `wadjet link` links one")
  const db = yield* openSqliteReadOnly(path)
  const kept = db.prepare("select 1 from secret where type = 'creds'").get() !== undefined
  const waiting = db.prepare<[], number>("select count(*) from journal where why is not null").pluck().get()
  if (waiting !== undefined && waiting > 0)
    return warn(
      `${waiting} delivered messages could not be read and were set aside`,
      "The log on standard error says why."
    )
  return ok(
    kept ? "a number is linked; it connects when Wadjet runs" : "no number is linked; `wadjet link` links one"
  )
}, Effect.scoped)

export const whatsApp: Check = check(
  "whatsapp",
  ({ dataFolder, running }) =>
    running?.httpUrl === undefined || running.httpUrl === null
      ? ofFolder(join(dataFolder, "session.db"))
      : ofRunning(running.httpUrl),
  "Its credentials could not be read: see that the data folder is whole."
)
