/** What of a refused append the log holds already, where the server does not show it. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { appendTo } from "../../../infra/event-log/jetstream-append.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"
import type { NatsService } from "../../../infra/nats/connection.ts"
import { by, entry, muted } from "./subject.ts"

/** The server refuses a batch, for it holds one of its ids. */
const refusal = { error: { err_code: 10_201, description: "batch publish contains duplicate message id" } }

/** A server that says that events are to come, sends one of them, and then nothing. */
const silentServer = () => {
  const waits: Array<number | undefined> = []
  let offered = 0
  let answer: (error: null, message: object) => void = () => {}
  const first = { seq: 1, headers: { get: () => "a" }, info: { pending: 2 } }
  const server = {
    connection: {
      info: { max_payload: 1_000_000 },
      closed: () => new Promise(() => {}),
      subscribe: (_: string, { callback }: { readonly callback: typeof answer }) => void (answer = callback),
      publish: (_: string, data: Uint8Array, { reply }: { readonly reply?: string }) => {
        if (reply === undefined) return
        offered += 1
        answer(null, { subject: reply, data, json: () => refusal })
      }
    },
    manager: { streams: { info: () => Promise.resolve({ state: { last_ts: new Date(0).toISOString() } }) } },
    jetstream: {
      consumers: {
        get: () =>
          Promise.resolve({
            info: () => Promise.resolve({ num_pending: 3 }),
            next: (options?: { readonly expires?: number }) => {
              waits.push(options?.expires)
              return Promise.resolve(waits.length === 1 ? first : null)
            },
            delete: () => Promise.resolve(true)
          })
      }
    }
  }
  return { waits, offers: () => offered, nats: server as unknown as NatsService }
}

it.effect("what the server did not show is not taken for missing, and nobody waits long for it", () =>
  Effect.gen(function* () {
    const { nats, offers, waits } = silentServer()
    const append = appendTo(nats, yield* Keyring, undefined)
    const failure = yield* Effect.flip(append([entry("a", muted(1)), entry("b", muted(2))], by))
    expect(failure).toMatchObject({ _tag: "LogUnavailable", operation: "show what it holds" })
    expect(failure.message).toContain("2 more events")
    expect(offers()).toBe(1)
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(5_000)
  }).pipe(Effect.provide(Layer.fresh(sqliteKeyring(":memory:"))))
)
