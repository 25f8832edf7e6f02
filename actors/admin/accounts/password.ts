/**
 * Passwords, by argon2id: 19 MiB and two passes, as OWASP asks at least, which takes some 50 ms of one core. So that
 * nobody fills the memory with them, two are computed at a time, and a few more may wait.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9106
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto"
import { Effect, Schema, Semaphore } from "effect"

const cost = { memory: 19 * 1024, passes: 2, parallelism: 1, tagLength: 32 } as const
const saltBytes = 16
const atOnceMax = 2
const waitingMax = 20

/** More passwords are being checked than this machine does at a time. */
export class PasswordsBusy extends Schema.TaggedError<PasswordsBusy>()("PasswordsBusy", {}) {}

interface Cost {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly tagLength: number
}

const derive = (password: string, nonce: Buffer, by: Cost) =>
  Effect.callback<Buffer>((resume) => {
    argon2("argon2id", { message: password, nonce, ...by }, (error, hash) =>
      resume(error === null ? Effect.succeed(hash) : Effect.die(error))
    )
  })

const unpadded = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "")

const phcOf = (salt: Buffer, hash: Buffer) =>
  `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(salt)}$${unpadded(hash)}`

const phcPattern = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/u

/** Computed with where there is nobody of a name, so that this takes as long as a wrong password. */
const nobody = phcOf(Buffer.alloc(saltBytes), Buffer.alloc(cost.tagLength))

export interface Passwords {
  /** What is stored of a password: a PHC string. */
  readonly hash: (password: string) => Effect.Effect<string, PasswordsBusy>
  /** Whether a password is the one of a stored string; of `undefined` none is, which takes as long. */
  readonly isOf: (password: string, stored: string | undefined) => Effect.Effect<boolean, PasswordsBusy>
}

const bounded = (semaphore: Semaphore.Semaphore) => {
  let waiting = 0
  return <A>(work: Effect.Effect<A>) =>
    Effect.suspend(() => {
      if (waiting >= waitingMax) return Effect.fail(new PasswordsBusy({}))
      waiting += 1
      return Effect.ensuring(
        semaphore.withPermits(1)(work),
        Effect.sync(() => void (waiting -= 1))
      )
    })
}

export const makePasswords: Effect.Effect<Passwords> = Effect.map(Semaphore.make(atOnceMax), (semaphore) => {
  const inTurn = bounded(semaphore)
  return {
    hash: (password) =>
      Effect.suspend(() => {
        const salt = randomBytes(saltBytes)
        return Effect.map(inTurn(derive(password, salt, cost)), (hash) => phcOf(salt, hash))
      }),
    isOf: (password, stored) => {
      const match = phcPattern.exec(stored ?? nobody)
      if (match === null) return Effect.succeed(false)
      const [, memory, passes, parallelism, salt = "", text = ""] = match
      const expected = Buffer.from(text, "base64")
      const by = {
        memory: Number(memory),
        passes: Number(passes),
        parallelism: Number(parallelism),
        tagLength: expected.length
      }
      return Effect.map(
        inTurn(derive(password, Buffer.from(salt, "base64"), by)),
        (found) => timingSafeEqual(found, expected) && stored !== undefined
      )
    }
  }
})
