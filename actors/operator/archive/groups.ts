/** Who takes work from the log in groups, and from where on each group goes on in a stream that is made anew. */
import { AckPolicy, type ConsumerInfo, DeliverPolicy } from "@nats-io/jetstream"
import { eventStream } from "../../../contracts/streams.ts"
import { type GroupPlace, groupPlacesIn, openGroupPlaces } from "../../../infra/event-log/group-places.ts"
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
  /** The subjects of its inputs. */
  readonly filters: ReadonlyArray<string>
}

/** A log, by its generation and its last event. */
export interface LogEnd {
  readonly generation: string
  readonly last: number
}

const runningGroup = (
  { ack_floor, config, num_ack_pending: inHand, num_pending: waiting }: ConsumerInfo,
  { last }: LogEnd
): ReadonlyArray<Group> => {
  const { durable_name: name, filter_subjects: filters = [] } = config
  if (name === undefined) return []
  const doneUpTo = inHand + waiting === 0 ? last : ack_floor.stream_seq
  return [{ name, inHand, waiting, doneUpTo, filters }]
}

/** A group of which the server knows nothing any more: what it had in hand waits. */
const restingGroup = async (
  { manager }: NatsService,
  name: string,
  { filters, sequence }: GroupPlace,
  { last }: LogEnd
): Promise<Group> => {
  const counting = await manager.consumers.add(eventStream.name, {
    filter_subjects: [...filters],
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: sequence + 1,
    mem_storage: true
  })
  await manager.consumers.delete(eventStream.name, counting.name)
  const waiting = counting.num_pending
  return { name, inHand: 0, waiting, doneUpTo: waiting === 0 ? last : sequence, filters }
}

/** Every group of a log. */
export const groupsOf = (nats: NatsService, end: LogEnd) =>
  tryLog("show who takes work from it", async () => {
    const groups: Array<Group> = []
    for await (const info of nats.manager.consumers.list(eventStream.name))
      groups.push(...runningGroup(info, end))
    for (const [name, place] of await groupPlacesIn(nats, end.generation))
      if (!groups.some((group) => group.name === name))
        groups.push(await restingGroup(nats, name, place, end))
    return groups
  })

/** Has a group go on in a stream that was made anew: it begins behind what it has done. */
export const continueGroup = (nats: NatsService, generation: string, { doneUpTo, filters, name }: Group) =>
  tryLog("keep where a group is", async () => {
    const places = await openGroupPlaces(nats, generation)
    await places.keep(name, { sequence: doneUpTo, filters })
  })
