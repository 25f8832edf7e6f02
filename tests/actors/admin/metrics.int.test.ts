/** What Prometheus is told, on the whole system. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ActorParked } from "../../../contracts/actor.ts"
import { hashOf, MessageKey } from "../../../contracts/ids.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { received } from "../../projections/story.ts"
import { call, eventually, ground, whole } from "./whole.ts"

it.live(
  "what is parked is counted until a person has decided about it, also by an actor without a state",
  () =>
    Effect.gen(function* () {
      const { context, firstKey, url } = yield* Effect.flatMap(ground, whole)
      const key = firstKey!.text
      const log = yield* Effect.provideContext(EventLog, context)
      const parked = ActorParked({
        actor: "scan",
        sequence: 1,
        event: "message.received",
        boundary: "c0example0",
        reason: "expected a URL, found an empty string",
        attempts: 5
      })
      yield* log.append([{ id: "parked", fact: parked }], { actor: "scan" })
      const counted = (text: string) => /^wadjet_actor_parked\{actor="scan"\} (\d+)$/m.exec(text)?.[1]
      yield* Effect.promise(async () => {
        const metrics = () => call(`${url}/metrics`, key)
        await eventually(metrics, ({ text }) => counted(text) === "1")
        const dropped = await call(`${url}/v1/parked/scan/1/drop`, key, { method: "POST" })
        expect(dropped.status).toBe(200)
        await eventually(metrics, ({ text }) => counted(text) === undefined)
      })
    }).pipe(Effect.scoped)
)

it.live(
  "how far the projector is behind is what the log holds less what is folded, though it stands still",
  () =>
    Effect.gen(function* () {
      const at = yield* ground
      const workerEntry = new URL("../../projections/threads/stuck.ts", import.meta.url)
      const { context, firstKey, projector, url } = yield* whole(
        at,
        undefined,
        undefined,
        {},
        { workerEntry }
      )
      const log = yield* Effect.provideContext(EventLog, context)
      const metrics = () => call(`${url}/metrics`, firstKey!.text)
      const behind = (text: string) =>
        Number(/^wadjet_actor_lag_events\{actor="projector"\} (\d+)$/m.exec(text)?.[1])
      yield* Effect.promise(() => eventually(metrics, ({ text }) => behind(text) === 0))
      // The one that the thread gets stuck with, and more that nobody folds.
      for (const index of [1, 2, 3])
        yield* log.append(
          [
            {
              id: `posted-${index}`,
              fact: received({ message: MessageKey.make(hashOf("message", index)), sentAt: 13 })
            }
          ],
          {
            actor: "test"
          }
        )
      yield* Effect.promise(async () => {
        await eventually(
          async () => existsSync(join(at.dataFolder, "stuck")),
          (stuck) => stuck
        )
        const { text } = await metrics()
        expect(behind(text)).toBeGreaterThanOrEqual(3)
      })
      const last = yield* log.last
      expect(last - projector.position()).toBeGreaterThanOrEqual(3)
    }).pipe(Effect.scoped)
)
