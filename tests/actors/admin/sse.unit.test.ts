import { expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Accounts, openAccounts } from "../../../actors/admin/accounts.ts"
import { whileInForce } from "../../../actors/admin/heartbeats.ts"
import { eventFrames, parseContexts } from "../../../actors/admin/sse.ts"
import type { KeyInUse } from "../../../contracts/http/access.ts"
import { parseStreamId, streamId } from "../../../contracts/http/events.ts"
import { ChatId } from "../../../contracts/ids.ts"
import { Unmuted } from "../../../contracts/policy.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { simulatedLog } from "../../../infra/event-log/simulated-log.ts"
import { sqliteKeyring } from "../../../infra/keyring/sqlite-keyring.ts"

const services = simulatedLog().pipe(Layer.provideMerge(sqliteKeyring(":memory:")))

const append = (count: number) =>
  EventLog.use((log) =>
    Effect.forEach(
      Array.from({ length: count }, (_, index) => index),
      (index) =>
        log.append(
          [
            {
              fact: Unmuted({ chat: ChatId.make(`c0chat${index % 9}`), by: "operator" }),
              id: `event-${index}`
            }
          ],
          {
            actor: "verdict"
          }
        ),
      { discard: true }
    )
  )

/** Frames as whoever asks for them gets them. */
const framesFor = Effect.fnUntraced(function* (accounts: Accounts, key: KeyInUse) {
  const stopping = yield* Deferred.make<void>()
  const options = { after: 0, contexts: undefined, words: false, key }
  return { stopping, frames: yield* eventFrames(options, accounts, stopping) }
})

const following = Effect.gen(function* () {
  const accounts = yield* openAccounts(":memory:")
  const { key } = yield* accounts.createKey({ role: "viewer" })
  return { accounts, key, ...(yield* framesFor(accounts, { key: key.key, role: key.role })) }
})

/** The same for somebody who is signed in with a browser, beside an owner who may change what they are. */
const followingSignedIn = Effect.gen(function* () {
  const accounts = yield* openAccounts(":memory:")
  const enter = Effect.fnUntraced(function* (pass: string, name: string) {
    const entered = yield* accounts.entrance.usePass(
      pass,
      { name, password: "correct horse battery" },
      undefined
    )
    return (yield* accounts.findSignIn(entered.text))!
  })
  yield* enter((yield* accounts.people.setUp)!.text, "Ada")
  const { role, signIn, user } = yield* enter(
    (yield* accounts.people.invite("operator", "operator")).text,
    "Bob"
  )
  return { accounts, user, signIn, ...(yield* framesFor(accounts, { key: user, role, signIn })) }
})

const collecting = (frames: Stream.Stream<string>) =>
  Effect.gen(function* () {
    const seen: Array<string> = []
    const fiber = yield* Effect.forkScoped(
      Stream.runForEach(frames, (frame) => Effect.sync(() => void seen.push(frame)))
    )
    return { seen, ended: Fiber.await(fiber) }
  })

/** Second by second, so that whoever sleeps next has come to do so. */
const pass = (seconds: number) => Effect.repeat(TestClock.adjust("1 second"), { times: seconds - 1 })

it.effect("begins with its place, tells everything, and says now and then that it lives", () =>
  Effect.gen(function* () {
    const { frames } = yield* following
    const { seen } = yield* collecting(frames)
    yield* append(3)
    yield* pass(20)
    const { generation } = yield* EventLog
    expect(seen[0]).toContain(`id: ${streamId(generation, 0)}\n\n`)
    expect(seen.filter((frame) => frame.includes("data:"))).toHaveLength(3)
    expect(seen.at(-1)).toMatch(/^:/)
  }).pipe(Effect.provide(services))
)

it.effect("ends where its key was revoked meanwhile", () =>
  Effect.gen(function* () {
    const { accounts, frames, key } = yield* following
    const { ended, seen } = yield* collecting(frames)
    yield* pass(20)
    expect(seen.at(-1)).toMatch(/^:/)
    yield* accounts.revokeKey(key.key)
    yield* pass(20)
    yield* ended
  }).pipe(Effect.provide(services))
)

it.effect("goes on for as long as the browser is signed in, and ends once it is not", () =>
  Effect.gen(function* () {
    const { accounts, frames, signIn, user } = yield* followingSignedIn
    const { ended, seen } = yield* collecting(frames)
    yield* pass(60)
    yield* append(1)
    yield* pass(10)
    expect(seen.filter((frame) => frame.includes("data:"))).toHaveLength(1)
    yield* accounts.people.endSignIn(user, signIn, "operator")
    yield* pass(20)
    yield* ended
  }).pipe(Effect.provide(services))
)

it.effect("ends where somebody has another role by now, for whom it would be another stream", () =>
  Effect.gen(function* () {
    const { accounts, frames, user } = yield* followingSignedIn
    const { ended, seen } = yield* collecting(frames)
    yield* pass(20)
    expect(seen.at(-1)).toMatch(/^:/)
    yield* accounts.people.changeUser(user, { role: "viewer" }, "operator")
    yield* pass(20)
    yield* ended
  }).pipe(Effect.provide(services))
)

it.effect("of another kind, such as of QR codes, ends in the same way", () =>
  Effect.gen(function* () {
    const accounts = yield* openAccounts(":memory:")
    const { key } = yield* accounts.createKey({ role: "owner" })
    const { ended, seen } = yield* collecting(whileInForce(Stream.never, accounts, key))
    yield* pass(20)
    expect(seen.at(-1)).toMatch(/^:/)
    yield* accounts.revokeKey(key.key)
    yield* pass(20)
    yield* ended
  }).pipe(Effect.provide(services))
)

it.effect("ends when the server stops", () =>
  Effect.gen(function* () {
    const { frames, stopping } = yield* following
    const { ended } = yield* collecting(frames)
    yield* pass(2)
    yield* Deferred.succeed(stopping, undefined)
    yield* ended
  }).pipe(Effect.provide(services))
)

it.effect("lets go of a reader that takes nothing, having kept a bounded number of frames for it", () =>
  Effect.gen(function* () {
    const { frames } = yield* following
    yield* append(1_000)
    const turn = yield* Queue.unbounded<void>()
    let taken = 0
    const fiber = yield* Effect.forkScoped(
      Stream.runForEach(Stream.rechunk(frames, 1), () =>
        Effect.andThen(
          Queue.take(turn),
          Effect.sync(() => void (taken += 1))
        )
      )
    )
    yield* pass(70)
    for (let index = 0; index < 1_100; index++) yield* Queue.offer(turn, undefined)
    yield* Fiber.await(fiber)
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(600)
  }).pipe(Effect.provide(services))
)

it("reads what it writes as a place, and bare sequences, and nothing else", () => {
  expect(parseStreamId(streamId("ab-c", 12))).toEqual({ generation: "ab-c", sequence: 12 })
  expect(parseStreamId("7")).toEqual({ generation: undefined, sequence: 7 })
  for (const wrong of ["", "x", "-1x", "1.5", "ab-", "9".repeat(20)])
    expect(parseStreamId(wrong)).toBeUndefined()
  expect(parseContexts("scan, verdict")).toEqual(["scan", "verdict"])
  expect(parseContexts("scan,toString")).toEqual({ unknown: "toString" })
})
