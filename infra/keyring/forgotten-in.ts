/** Whom a keyring that is not in use has forgotten. */
import { existsSync } from "node:fs"
import { Effect, Schema } from "effect"
import { ErasureSubject } from "../../contracts/account.ts"
import { isDamage } from "../sqlite/storage-fault.ts"
import { openSqliteReadOnly, SqliteUnavailable } from "../sqlite/open.ts"

const decode = Schema.decodeUnknownSync(Schema.Array(ErasureSubject))

/** Reads it from the keyring at a path; nobody where there is none. */
export const forgottenIn = Effect.fn("forgottenIn")(function* (path: string) {
  if (!existsSync(path)) return []
  const db = yield* openSqliteReadOnly(path)
  return yield* Effect.try({
    try: () => decode(db.prepare<[], string>("select token from forgotten order by token").pluck().all()),
    catch: (cause) =>
      new SqliteUnavailable({
        path,
        damaged: isDamage(cause),
        message: `expected the keyring ${path} to say whom it has forgotten, found: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })
}, Effect.scoped)
