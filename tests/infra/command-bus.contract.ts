/** What every command bus does, whoever carries the requests. */
import { expect } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, type Layer, Scope } from "effect"
import type { CommandType } from "../../contracts/command.ts"
import { Refused } from "../../contracts/command.ts"
import { CancelMessage, MuteChat, SendMessage, UnmuteChat } from "../../contracts/commands.ts"
import { ChatId, OutboxId, WhatsAppId } from "../../contracts/ids.ts"
import { CommandBus, type Request } from "../../infra/command-bus/command-bus.ts"

const chat = ChatId.make("cchat0001")
const mute = { chat, until: 9_000, by: "operator" }
const placed = { generation: "g", sequence: 7 }

const refusal = (command: CommandType) =>
  new Refused({ command: command.command, reason: "already-done", message: "it was done before" })

/** A payload that the types forbid, as an older client or a hand-written one would send it. */
const malformed = (payload: unknown) => payload as never

/** Each test has a bus of its own. */
export const commandBusContract = <R>(
  test: (name: string, run: () => Effect.Effect<void, unknown, R>) => void,
  layer: Layer.Layer<CommandBus, unknown, R>
) => {
  const it = (name: string, run: Effect.Effect<void, unknown, CommandBus | Scope.Scope>) =>
    test(name, () => Effect.scoped(run).pipe(Effect.provide(layer, { local: true })))

  it(
    "brings a request to its handler and the answer back, decoded on both sides",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const seen: Array<Request<typeof SendMessage>> = []
      const answer = {
        ...placed,
        outbox: OutboxId.make("0".repeat(40)),
        whatsApp: WhatsAppId.make("3EB00000000000000000")
      }
      yield* bus.serve(SendMessage, (request) => {
        seen.push(request)
        return Effect.succeed(answer)
      })
      const payload = { chat, request: "r", text: "صباح الخير ☀", priority: "bulk" as const, by: "operator" }
      expect(yield* bus.request(SendMessage, payload, "id-1")).toEqual(answer)
      expect(seen).toEqual([{ id: "id-1", payload }])
    })
  )

  it(
    "gives each request an id of its own where its client gave none",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const ids = new Set<string>()
      yield* bus.serve(MuteChat, ({ id }) => Effect.sync(() => ids.add(id)).pipe(Effect.as(placed)))
      yield* Effect.forEach([1, 2, 3], () => bus.request(MuteChat, mute))
      expect(ids.size).toBe(3)
    })
  )

  it(
    "brings a refusal back with its reason and its words",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.serve(UnmuteChat, () => Effect.fail(refusal(UnmuteChat)))
      const refused = yield* Effect.flip(bus.request(UnmuteChat, { chat, by: "operator" }))
      expect(refused).toBeInstanceOf(Refused)
      expect(refused).toMatchObject({
        command: "chat.unmute",
        reason: "already-done",
        message: "it was done before"
      })
    })
  )

  it(
    "refuses a malformed payload as invalid, names the field, and shows it to no handler",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      let handled = 0
      yield* bus.serve(MuteChat, () => Effect.sync(() => handled++).pipe(Effect.as(placed)))
      for (const [payload, field] of [
        [{ ...mute, until: "tomorrow" }, "until"],
        [{ ...mute, chat: "somebody@s.whatsapp.net" }, "chat"],
        [{ chat, until: 1 }, "by"]
      ] as const) {
        const refused = yield* Effect.flip(bus.request(MuteChat, malformed(payload)))
        expect(refused).toMatchObject({ _tag: "Refused", command: "chat.mute", reason: "invalid" })
        expect(refused.message).toContain(field)
      }
      expect(handled).toBe(0)
    })
  )

  it(
    "says that nobody answers where nobody serves the command",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.serve(UnmuteChat, () => Effect.succeed(placed))
      expect(yield* Effect.flip(bus.request(MuteChat, mute))).toMatchObject({
        _tag: "Unanswered",
        command: "chat.mute"
      })
    })
  )

  it(
    "serves a command until its scope closes, and not longer",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const scope = yield* Scope.make()
      yield* bus.serve(MuteChat, () => Effect.succeed(placed)).pipe(Scope.provide(scope))
      yield* bus.request(MuteChat, mute)
      yield* Scope.close(scope, Exit.void)
      expect(yield* Effect.flip(bus.request(MuteChat, mute))).toMatchObject({ _tag: "Unanswered" })
      yield* bus.serve(MuteChat, () => Effect.succeed({ ...placed, sequence: 8 }))
      expect(yield* bus.request(MuteChat, mute)).toMatchObject({ sequence: 8 })
    })
  )

  it(
    "handles requests side by side",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const second = yield* Deferred.make<void>()
      yield* bus.serve(MuteChat, ({ payload }) =>
        (payload.until === 1 ? Deferred.await(second) : Deferred.succeed(second, undefined)).pipe(
          Effect.as(placed)
        )
      )
      yield* Effect.all(
        [1, 2].map((moment) => bus.request(MuteChat, { ...mute, until: moment })),
        { concurrency: "unbounded" }
      )
    })
  )

  it(
    "answers for a handler that broke, and goes on serving",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      yield* bus.serve(MuteChat, ({ payload }) =>
        payload.until === 1 ? Effect.die(new Error("broken")) : Effect.succeed(placed)
      )
      expect(yield* Effect.flip(bus.request(MuteChat, { ...mute, until: 1 }))).toMatchObject({
        _tag: "Refused",
        reason: "unavailable"
      })
      expect(yield* bus.request(MuteChat, mute)).toEqual(placed)
    })
  )

  it(
    "lets a handler die with the scope that serves it",
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const scope = yield* Scope.make()
      const began = yield* Deferred.make<void>()
      const ended = yield* Deferred.make<"interrupted" | "finished">()
      yield* bus
        .serve(CancelMessage, () =>
          Deferred.succeed(began, undefined).pipe(
            Effect.andThen(Effect.never),
            Effect.onExit((exit) =>
              Deferred.succeed(ended, Exit.isFailure(exit) ? "interrupted" : "finished")
            )
          )
        )
        .pipe(Scope.provide(scope))
      const asking = yield* Effect.forkChild(
        bus.request(CancelMessage, { outbox: OutboxId.make("0".repeat(40)), by: "operator" })
      )
      yield* Deferred.await(began)
      yield* Scope.close(scope, Exit.void)
      expect(yield* Deferred.await(ended)).toBe("interrupted")
      yield* Fiber.interrupt(asking)
    })
  )
}
