/** Signing in, on `accounts.db` alone and by a clock that the test moves. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Clock, Effect } from "effect"
import fc from "fast-check"
import { TestClock } from "effect/testing"
import { migrations } from "../../../actors/admin/accounts/database.ts"
import { countedAt, failedAgain, takenBack } from "../../../actors/admin/accounts/lock-out.ts"
import { makePasswords } from "../../../actors/admin/accounts/password.ts"
import { base32, codeOf, stepAt, stepOf } from "../../../actors/admin/accounts/totp.ts"
import { accountsFile, openAccounts } from "../../../actors/admin/accounts.ts"
import { historyOf, migrate } from "../../../infra/sqlite/migrate.ts"
import { bytesOf } from "./authenticator-secret.ts"
import { temporaryFolder } from "./whole.ts"

const password = "correct horse battery"

const opened = Effect.gen(function* () {
  const path = join(yield* temporaryFolder, accountsFile)
  const accounts = yield* openAccounts(path)
  const pass = (yield* accounts.people.setUp)!
  const { text, user } = yield* accounts.entrance.usePass(pass.text, { name: "Ada", password }, undefined)
  const signIn = (wanted = password, code?: string) =>
    accounts.entrance.signIn({ name: "Ada", password: wanted, code }, undefined).pipe(
      Effect.as("in"),
      Effect.catchTag("AccountRefused", ({ reason }) => Effect.succeed(reason))
    )
  return { accounts, path, text, user, signIn }
})

it.effect(
  "waits twice as long after each wrong password from the fifth on, and forgets them with the right one",
  () =>
    Effect.gen(function* () {
      const { signIn } = yield* opened
      const wrong = signIn("wrong")
      for (let times = 0; times < 5; times++) expect(yield* wrong).toBe("wrong")
      expect(yield* signIn()).toBe("wait")
      yield* TestClock.adjust("2 seconds")
      expect(yield* wrong).toBe("wrong")
      yield* TestClock.adjust("3 seconds")
      expect(yield* signIn()).toBe("wait")
      yield* TestClock.adjust("1 second")
      expect(yield* signIn()).toBe("in")
      for (let times = 0; times < 4; times++) expect(yield* wrong).toBe("wrong")
      expect(yield* signIn()).toBe("in")
    })
)

/** Somebody who is asked for a code besides, and the secret that their app makes codes with. */
const openedWithCodes = Effect.gen(function* () {
  const it = yield* opened
  const { accounts, text, user } = it
  const self = { user: user.user, signIn: (yield* accounts.findSignIn(text))!.signIn, by: "owner" }
  const secret = bytesOf((yield* accounts.own.beginCodes(self, password)).secret)
  const right = Effect.map(Clock.currentTimeMillis, (now) => codeOf(secret, stepAt(now)))
  yield* TestClock.adjust("1 minute")
  yield* accounts.own.confirmCodes(self, yield* right)
  yield* TestClock.adjust("1 minute")
  return { ...it, right }
})

it.effect(
  "waits after wrong codes as after wrong passwords, whatever is asked for without a code between",
  () =>
    Effect.gen(function* () {
      const { accounts, right, signIn } = yield* openedWithCodes
      for (let times = 0; times < 5; times++) {
        expect(yield* signIn(password)).toBe("code-needed")
        expect(yield* signIn(password, "no code")).toBe("wrong")
      }
      expect(yield* signIn(password)).toBe("wait")
      yield* TestClock.adjust("2 seconds")
      expect(yield* signIn(password)).toBe("code-needed")
      expect(yield* signIn(password, "no code")).toBe("wrong")
      yield* TestClock.adjust("3 seconds")
      expect(yield* signIn(password, yield* right)).toBe("wait")
      const { untold } = yield* accounts.deeds.untold("generation")
      expect(untold.filter(({ fact }) => fact.type === "account.user-locked")).toHaveLength(2)
      yield* TestClock.adjust("1 second")
      expect(yield* signIn(password, yield* right)).toBe("in")
      for (let times = 0; times < 4; times++) expect(yield* signIn(password, "no code")).toBe("wrong")
      yield* TestClock.adjust("1 minute")
      expect(yield* signIn(password, yield* right)).toBe("in")
    })
)

it.effect("takes a code once, also of two who give it side by side", () =>
  Effect.gen(function* () {
    const { right, signIn } = yield* openedWithCodes
    const code = yield* right
    const both = [signIn(password, code), signIn(password, code)]
    expect((yield* Effect.all(both, { concurrency: "unbounded" })).toSorted()).toEqual(["in", "wrong"])
    yield* TestClock.adjust("20 seconds")
    expect(yield* signIn(password, code)).toBe("wrong")
  })
)

it.effect("counts guesses that are made side by side", () =>
  Effect.gen(function* () {
    const { signIn } = yield* opened
    const answers = yield* Effect.all(
      Array.from({ length: 10 }, () => signIn("wrong")),
      { concurrency: "unbounded" }
    )
    expect(answers.filter((answer) => answer === "wrong")).toHaveLength(5)
  })
)

it.effect("is over when a browser was not used for two hours, and after a day in any case", () =>
  Effect.gen(function* () {
    const { accounts, text } = yield* opened
    yield* TestClock.adjust("119 minutes")
    expect(yield* accounts.findSignIn(text)).toMatchObject({ role: "owner" })
    yield* TestClock.adjust("119 minutes")
    expect(yield* accounts.findSignIn(text)).toBeDefined()
    yield* TestClock.adjust("120 minutes")
    expect(yield* accounts.findSignIn(text)).toBeUndefined()
    const { text: next } = yield* accounts.entrance.signIn({ name: "Ada", password }, undefined)
    for (let hours = 0; hours < 23; hours++) {
      yield* TestClock.adjust("1 hour")
      expect(yield* accounts.findSignIn(next)).toBeDefined()
    }
    yield* TestClock.adjust("1 hour")
    expect(yield* accounts.findSignIn(next)).toBeUndefined()
  })
)

it.effect("a one-time link is good for a day; a newer one for the same takes its place", () =>
  Effect.gen(function* () {
    const { accounts, user } = yield* opened
    const isGood = (text: string) => Effect.isSuccess(accounts.entrance.look(text))
    const first = yield* accounts.people.reset(user.user, "operator")
    const second = yield* accounts.people.reset(user.user, "operator")
    expect([yield* isGood(first.text), yield* isGood(second.text)]).toEqual([false, true])
    yield* TestClock.adjust("24 hours")
    expect(yield* isGood(second.text)).toBe(false)
    expect(yield* accounts.people.setUp).toBeUndefined()
  })
)

it.effect("keeps no password, no secret and no link that could be read", () =>
  Effect.gen(function* () {
    const { accounts, path, text, user } = yield* opened
    const self = { user: user.user, signIn: (yield* accounts.findSignIn(text))!.signIn, by: "owner" }
    const { secret } = yield* accounts.own.beginCodes(self, password)
    const { text: pass } = yield* accounts.people.invite("viewer", "operator")
    const kept = [path, `${path}-wal`].map((file) => readFileSync(file, "latin1")).join()
    expect(kept).toContain("$argon2id$v=19$m=19456,t=2,p=1$")
    const bytes = bytesOf(secret).toString("latin1")
    for (const hidden of [password, text.slice(33), pass.slice(33), secret, bytes])
      expect(kept.includes(hidden)).toBe(false)
  })
)

describe("codes of authenticator apps", () => {
  it("are those of RFC 6238, appendix B", () => {
    const secret = Buffer.from("12345678901234567890")
    const at = (seconds: number) => codeOf(secret, Math.floor(seconds / 30), 8)
    expect([59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000].map(at)).toEqual([
      "94287082",
      "07081804",
      "14050471",
      "89005924",
      "69279037",
      "65353130"
    ])
  })

  it("are spelled as RFC 4648 says", () => {
    const spelled = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map((text) => base32(Buffer.from(text)))
    expect(spelled).toEqual(["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"])
  })

  it("are taken half a minute early or late, each only once", () => {
    const secret = Buffer.alloc(20, 7)
    const now = 1_000 * 30_000 + 5_000
    const taken = (step: number, last = 0) => stepOf(secret, codeOf(secret, step), now, last)
    expect([998, 999, 1_000, 1_001, 1_002].map((step) => taken(step))).toEqual([
      undefined,
      999,
      1_000,
      1_001,
      undefined
    ])
    expect([taken(1_000, 1_000), taken(999, 1_000), taken(1_001, 1_000)]).toEqual([
      undefined,
      undefined,
      1_001
    ])
  })
})

it("a name never has to wait longer than a quarter of an hour, and never less than before", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 60 }), (gaps) => {
      let [attempts, now, before] = [countedAt(undefined, 0), 0, 0]
      for (const gap of gaps) {
        now = Math.max(now, attempts.lockedUntil) + gap
        attempts = failedAgain(countedAt(attempts, now), now)
        const wait = Math.max(0, attempts.lockedUntil - now)
        expect(wait).toBeLessThanOrEqual(15 * 60_000)
        expect(wait).toBeGreaterThanOrEqual(before)
        before = wait
      }
    })
  )
})

it("a name is as if it had never been tried but for what was wrong, in whichever order answers come", () => {
  const tries = fc.array(fc.record({ wrong: fc.boolean(), gap: fc.integer({ min: 0, max: 100_000 }) }), {
    maxLength: 40
  })
  fc.assert(
    fc.property(tries, (all) => {
      let [attempts, wrongOnly, now] = [countedAt(undefined, 0), countedAt(undefined, 0), 0]
      for (const { gap, wrong } of all) {
        now = Math.max(now, attempts.lockedUntil) + gap
        const counted = failedAgain(attempts, now)
        attempts = wrong ? counted : takenBack(counted, counted)
        if (wrong) wrongOnly = failedAgain(wrongOnly, now)
        expect(attempts.failures).toBe(wrongOnly.failures)
        expect(Math.max(attempts.lockedUntil, now)).toBe(Math.max(wrongOnly.lockedUntil, now))
      }
    })
  )
})

it("an attempt that is taken back takes no wait away that another one brought", () => {
  const [first, second] = [failedAgain({ failures: 3, last: 0, lockedUntil: 0 }, 1), 2] as const
  const both = failedAgain(first, second)
  expect(takenBack(both, first)).toEqual({ failures: 4, last: 2, lockedUntil: both.lockedUntil })
})

it.effect("a password is compared with nobody's in the same way as with somebody's, and never right", () =>
  Effect.gen(function* () {
    const passwords = yield* makePasswords
    const stored = yield* passwords.hash(password)
    expect(stored).not.toBe(yield* passwords.hash(password))
    expect(yield* passwords.isOf(password, stored)).toBe(true)
    expect(yield* passwords.isOf(`${password} `, stored)).toBe(false)
    expect(yield* passwords.isOf(password, undefined)).toBe(false)
  })
)

describe("the tables of accounts", () => {
  const keysOnly = () => {
    const db = new Database(":memory:")
    migrate(db, migrations.slice(0, 1), 1)
    db.prepare("insert into key (id, hash, role, created, revoked) values ('k', x'00', 'viewer', 5, 6)").run()
    return db
  }

  it("come up from those of before, and what was done before is told", () => {
    const db = keysOnly()
    db.pragma("user_version = 0")
    migrate(db, migrations, 2)
    const deeds = db.prepare<[], string>("select fact from deed order by rowid").pluck().all()
    expect(deeds.map((fact) => (JSON.parse(fact) as { readonly type: string }).type)).toEqual([
      "account.key-issued",
      "account.key-revoked"
    ])
  })

  it("go down and up again, with the keys that there were", () => {
    const db = keysOnly()
    migrate(db, migrations, 2)
    migrate(db, migrations, 3, 1)
    migrate(db, migrations, 4, 0)
    migrate(db, migrations, 5)
    expect(historyOf(db).map(({ at, direction, version }) => [at, direction, version])).toEqual([
      [1, "up", 1],
      [2, "up", 2],
      [2, "up", 3],
      [2, "up", 4],
      [2, "up", 5],
      [3, "down", 4],
      [3, "down", 3],
      [3, "down", 2],
      [3, "down", 1],
      [4, "down", 0],
      [5, "up", 1],
      [5, "up", 2],
      [5, "up", 3],
      [5, "up", 4],
      [5, "up", 5]
    ])
    expect(db.prepare("select * from key").all()).toEqual([])
  })
})
