import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { forgottenIn } from "../../../infra/keyring/forgotten-in.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import { temporaryFolder } from "../../faults/temporary-folder.ts"

describe("keyrings that stand aside", () => {
  it.live("go with the first who is forgotten, and the sessions beside them; nothing else does", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const aside = ["before-restore-20260101T000000Z", "restoring"].map((name) => join(folder, name))
      for (const path of aside) {
        mkdirSync(path)
        for (const name of ["keyring.db", "keyring.db-wal", "session.db", "accounts.db"])
          writeFileSync(join(path, name), "old")
      }
      const path = join(folder, "keyring.db")
      const person = yield* Effect.gen(function* () {
        const keyring = yield* Keyring
        const token = yield* keyring.person(["sandbox:Ada"])
        yield* keyring.seal([token], 0, "words")
        expect(existsSync(join(aside[0]!, "keyring.db"))).toBe(true)
        yield* keyring.forget(token)
        return token
      }).pipe(Effect.provide(sqliteKeyring(path)))
      for (const path of aside)
        expect(
          ["keyring.db", "keyring.db-wal", "session.db", "accounts.db"].filter((name) =>
            existsSync(join(path, name))
          )
        ).toEqual(["accounts.db"])
      expect(yield* forgottenIn(path)).toEqual([person])
    }).pipe(Effect.scoped)
  )

  it.live(
    "say whom they have forgotten: nobody where there is none, and a reason where that cannot be read",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        expect(yield* forgottenIn(join(folder, "none.db"))).toEqual([])
        writeFileSync(
          join(folder, "broken.db"),
          "no database at all, and long enough to be looked at".repeat(40)
        )
        const refused = yield* Effect.flip(forgottenIn(join(folder, "broken.db")))
        expect(refused._tag).toBe("SqliteUnavailable")
      }).pipe(Effect.scoped)
  )
})
