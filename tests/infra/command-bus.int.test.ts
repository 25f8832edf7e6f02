import { connect } from "@nats-io/transport-node"
import { describe, expect, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { IngestMessages, MuteChat, textLengthMax } from "../../contracts/commands.ts"
import { commandSubject } from "../../contracts/subjects.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { natsCommandBus } from "../../infra/command-bus/nats-command-bus.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { commandBusContract } from "./command-bus.contract.ts"
import { natsLayer, Server } from "./event-log/jetstream-subject.ts"

const bus = natsCommandBus.pipe(Layer.provideMerge(sqliteKeyring(":memory:")), Layer.provide(natsLayer))

/** A client that knows nothing of our types. */
const stranger = Effect.flatMap(Server, ({ pass, url, user }) =>
  Effect.acquireRelease(
    Effect.promise(() => connect({ servers: url, user, pass })),
    (connection) => Effect.promise(() => connection.close())
  )
)

layer(Server.layer({ sync: "default" }), { excludeTestServices: true })("the command bus over NATS", (it) => {
  describe("keeps the contract", () => {
    commandBusContract((name, run) => it.effect(name, run), bus)
  })

  it.effect("answers a request from another connection as soon as the command is served", () =>
    Effect.gen(function* () {
      const asker = yield* stranger
      const serving = yield* CommandBus
      const { account } = yield* Keyring
      yield* serving.serve(MuteChat, () => Effect.succeed({ generation: "g", sequence: 7 }))
      const reply = yield* Effect.promise(() =>
        asker.request(
          commandSubject(account, MuteChat.context, MuteChat.verb),
          JSON.stringify({ id: "r1", payload: MuteChat.example })
        )
      )
      expect(reply.json()).toEqual({ ok: { generation: "g", sequence: 7 } })
    }).pipe(Effect.scoped, Effect.provide(bus, { local: true }))
  )

  it.effect("refuses what is no request at all, in words", () =>
    Effect.gen(function* () {
      const asker = yield* stranger
      const serving = yield* CommandBus
      const { account } = yield* Keyring
      yield* serving.serve(MuteChat, () => Effect.succeed({ generation: "g", sequence: 7 }))
      const nameless = JSON.stringify({ payload: MuteChat.example })
      for (const text of ["", "{", "null", "7", "[]", '{"id":"r1","payload":{}}', nameless]) {
        const reply = yield* Effect.promise(() =>
          asker.request(commandSubject(account, MuteChat.context, MuteChat.verb), text)
        )
        expect(reply.json()).toMatchObject({ refused: { reason: "invalid" } })
      }
    }).pipe(Effect.scoped, Effect.provide(bus, { local: true }))
  )

  it.effect("refuses what is larger than the server takes, and sends none of it", () =>
    Effect.gen(function* () {
      const serving = yield* CommandBus
      let handled = 0
      yield* serving.serve(IngestMessages, () =>
        Effect.die(new Error(`it was handled ${(handled += 1)} times`))
      )
      // A hundred messages of the longest text are more, once they hold letters of three bytes.
      const message = { ...IngestMessages.example.messages[0]!, text: "語".repeat(textLengthMax) }
      const request = { ...IngestMessages.example, messages: Array.from({ length: 100 }, () => message) }
      expect(yield* Effect.flip(serving.request(IngestMessages, request))).toMatchObject({
        _tag: "Refused",
        reason: "too-large"
      })
      expect(handled).toBe(0)
      yield* serving.serve(MuteChat, () => Effect.succeed({ generation: "g", sequence: 7 }))
      expect(yield* serving.request(MuteChat, MuteChat.example)).toMatchObject({ sequence: 7 })
    }).pipe(Effect.scoped, Effect.provide(bus, { local: true }))
  )

  it.effect("takes no answer of another shape for one", () =>
    Effect.gen(function* () {
      const other = yield* stranger
      const asking = yield* CommandBus
      const { account } = yield* Keyring
      const answers = ["", "{", "null", "{}", '{"ok":{"sequence":"seven"}}', '{"refused":{"reason":"tired"}}']
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          other.subscribe(commandSubject(account, MuteChat.context, MuteChat.verb), {
            callback: (_, message) => void message.respond(answers.shift() ?? "")
          })
        ),
        (subscription) => Effect.sync(() => subscription.unsubscribe())
      )
      yield* Effect.promise(() => other.flush())
      while (answers.length > 0) {
        const problem = yield* Effect.flip(asking.request(MuteChat, MuteChat.example))
        expect(problem).toMatchObject({ _tag: "Unanswered", command: "chat.mute" })
        expect(problem.message).toContain("found something else")
      }
    }).pipe(Effect.scoped, Effect.provide(bus, { local: true }))
  )

  it.effect("gives a request to one of several who serve it", () =>
    Effect.gen(function* () {
      const one = yield* CommandBus
      const beside = natsCommandBus.pipe(
        Layer.provide(Layer.succeed(Keyring, yield* Keyring)),
        Layer.provide(Layer.fresh(natsLayer))
      )
      const other = Context.get(yield* Layer.build(beside), CommandBus)
      let handled = 0
      const handle = () => Effect.sync(() => handled++).pipe(Effect.as({ generation: "g", sequence: 7 }))
      yield* one.serve(MuteChat, handle)
      yield* other.serve(MuteChat, handle)
      yield* Effect.forEach(Array.from({ length: 20 }), () => one.request(MuteChat, MuteChat.example), {
        concurrency: "unbounded"
      })
      expect(handled).toBe(20)
    }).pipe(Effect.scoped, Effect.provide(bus, { local: true }))
  )
})
