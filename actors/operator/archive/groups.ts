/** Who takes work from the log in groups, and from where on each group goes on in a stream that is made anew. */
import { type ConsumerConfig, type ConsumerInfo, DeliverPolicy } from "@nats-io/jetstream"
import { Effect } from "effect"
import { eventStream } from "../../../contracts/streams.ts"
import type { NatsService } from "../../../infra/nats/connection.ts"
import { tryLog } from "../../../infra/event-log/try-log.ts"

export interface Group {
  readonly name: string
  /** Inputs that somebody was handed and has not done. */
  readonly inHand: number
  /** Inputs that nobody was handed yet. */
  readonly waiting: number
  /** Everything up to this event is done. */
  readonly doneUpTo: number
  readonly config: ConsumerConfig
}

const groupOf = (
  { ack_floor, config, num_ack_pending: inHand, num_pending: waiting }: ConsumerInfo,
  last: number
): ReadonlyArray<Group> => {
  const { durable_name: name } = config
  if (name === undefined) return []
  const doneUpTo = inHand + waiting === 0 ? last : ack_floor.stream_seq
  return [{ name, inHand, waiting, doneUpTo, config }]
}

/** Every group of a log that ends with an event. */
export const groupsOf = ({ manager }: NatsService, last: number) =>
  tryLog("show who takes work from it", async () => {
    const groups: Array<Group> = []
    for await (const info of manager.consumers.list(eventStream.name)) groups.push(...groupOf(info, last))
    return groups
  })

/** Makes a group in a stream that was made anew: it begins behind what it has done. */
export const continueGroup = ({ manager }: NatsService, { config, doneUpTo }: Group) => {
  const { metadata: _, ...terms } = config
  return Effect.asVoid(
    tryLog("make a consumer", () =>
      manager.consumers.add(eventStream.name, {
        ...terms,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: doneUpTo + 1
      })
    )
  )
}
