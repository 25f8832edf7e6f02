/** What Prometheus is told, on the whole system. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ActorParked } from "../../../contracts/actor.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
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
