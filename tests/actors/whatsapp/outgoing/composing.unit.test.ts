import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { makeComposing } from "../../../../actors/whatsapp/outgoing/composing.ts"
import type { OpenSocket } from "../../../../actors/whatsapp/session/connection.ts"
import { sqliteKeyring } from "../../../../infra/keyring/sqlite-keyring.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"

const group = "120363000000000001@g.us"

const makeSocket = (fails = false) => {
  const shown: Array<readonly [string, string | undefined]> = []
  const sendPresenceUpdate = async (what: string, jid?: string) => {
    if (fails) throw new Error("no connection")
    shown.push([what, jid])
  }
  return { shown, socket: { sendPresenceUpdate } as unknown as OpenSocket }
}

const flush = Effect.promise(() => new Promise<void>((done) => void setImmediate(done)))

it.effect("shows that something is written, for as long as it takes, and answers at once", () =>
  Effect.gen(function* () {
    const keyring = yield* Keyring
    const chat = yield* keyring.chat([group])
    const { shown, socket } = makeSocket()
    const composing = yield* makeComposing(Effect.succeed(socket), keyring)
    yield* composing(chat, 3_000)
    yield* flush
    yield* TestClock.adjust(2_999)
    expect(shown).toEqual([["composing", group]])
    yield* TestClock.adjust(1)
    yield* flush
    expect(shown).toEqual([
      ["composing", group],
      ["paused", group]
    ])
  }).pipe(Effect.scoped, Effect.provide(sqliteKeyring(":memory:")))
)

it.effect("says nothing of it when it cannot be shown", () =>
  Effect.gen(function* () {
    const keyring = yield* Keyring
    const chat = yield* keyring.chat([group])
    yield* (yield* makeComposing(Effect.succeed(makeSocket(true).socket), keyring))(chat, 10)
    yield* (yield* makeComposing(Effect.succeed(undefined), keyring))(chat, 10)
    yield* flush
    yield* TestClock.adjust(10)
  }).pipe(Effect.scoped, Effect.provide(sqliteKeyring(":memory:")))
)
