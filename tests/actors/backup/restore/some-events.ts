/** Events of a small log, as the log stores them, under a keyring of their own. */
import { join } from "node:path"
import { Effect } from "effect"
import type { AnyFact } from "../../../../contracts/catalogue.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../../infra/keyring/sqlite-keyring.ts"
import { encodeEntry } from "../../../../infra/event-log/codec.ts"
import type { LogRecord } from "../../../../actors/backup/segment/messages.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"

export interface SomeFact {
  readonly id: string
  readonly fact: AnyFact
  readonly cause?: string
  /** In milliseconds since the epoch. */
  readonly at: number
  /** Further header lines, as the server adds them. */
  readonly more?: ReadonlyArray<string>
}

/** The records of facts, in their order. */
export const recordsOf = Effect.fnUntraced(function* (facts: ReadonlyArray<SomeFact>) {
  const folder = yield* temporaryFolder
  return yield* Effect.gen(function* () {
    const keyring = yield* Keyring
    return yield* Effect.forEach(facts, ({ at, cause, fact, id, more = [] }) =>
      Effect.map(
        encodeEntry(keyring, { id, fact }, { actor: "test", cause }, at),
        ({ data, headers, subject }): LogRecord => ({
          subject,
          headers: ["NATS/1.0", ...headers.map(([name, value]) => `${name}: ${value}`), ...more, "", ""].join(
            "\r\n"
          ),
          data: Buffer.from(data)
        })
      )
    )
  }).pipe(Effect.provide(sqliteKeyring(join(folder, "keyring.db"))))
})
