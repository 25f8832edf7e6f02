/** People who have jobs due around the moment of the loss, and call some of them off; and what must hold of these. */
import { Clock, Effect } from "effect"
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import { IngestMessages } from "../../../contracts/commands.ts"
import { type ChatId, type JobId, outboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import type { QuarantineDecision } from "../../../contracts/quarantine.ts"
import { occurrenceCause } from "../../../contracts/schedule.ts"
import { type AskedJob, CancelJob, CreateJob } from "../../../contracts/schedule-commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import type { Transmission } from "../history.ts"
import { askAgain } from "./ask-again.ts"
import { jobIdOf, jobOf, nextSecond } from "../schedule/people.ts"

const betweenMillis = 120
const chatsMax = 3
/** Jobs are due between the next second and so many later: before the loss, while there is nothing, and after it all. */
const spreadSeconds = 4

/** A job as whoever asked for it knows it. Sequences are infinite where nobody answered. */
export interface Wanted {
  readonly job: JobId
  readonly chat: ChatId
  readonly due: number
  readonly asked: AskedJob
  made: number
  /** Whether somebody asked to call it off, and the sequence by which that was done with nothing of it having left. */
  wantsOff: boolean
  calledOff: number
}

/** The id under which the other side gets what a job says. */
export const idOf = ({ chat, due, job }: Wanted): string =>
  whatsAppIdOf(outboxId(occurrenceCause(job, due), chat, 0))

const callOff = Effect.fnUntraced(function* (wanted: Wanted) {
  wanted.wantsOff = true
  const bus = yield* CommandBus
  const answer = yield* Effect.option(bus.request(CancelJob, { job: wanted.job, by: "operator" }))
  if (answer._tag === "Some" && answer.value.left === 0) wanted.calledOff = answer.value.sequence
})

const make = Effect.fnUntraced(function* (wanted: Wanted) {
  const bus = yield* CommandBus
  const answer = yield* Effect.option(
    bus.request(CreateJob, { job: wanted.job, asked: wanted.asked, by: "operator" })
  )
  if (answer._tag === "Some") wanted.made = answer.value.sequence
})

const chatsOf = Effect.fnUntraced(function* (round: number) {
  const bus = yield* CommandBus
  const sentAt = yield* Clock.currentTimeMillis
  return yield* Effect.forEach(Array.from({ length: chatsMax }), (_, index) =>
    Effect.map(
      askAgain(
        bus.request(IngestMessages, {
          gateway: "sandbox",
          chatName: `Jobs ${index}`,
          messages: [{ id: `hello-${round}`, author: "You", sentAt, text: "hello" }]
        })
      ),
      ({ chat }) => chat
    )
  )
})

/** Makes jobs until it is interrupted; every third is called off at once, and every third at about its time. */
export const wantJobs = Effect.fnUntraced(function* (round: number, all: Array<Wanted>) {
  const chats = yield* chatsOf(round)
  for (let number = 0; ; number++) {
    const chat = chats[number % chatsMax]!
    const due = nextSecond(yield* Clock.currentTimeMillis) + (number % spreadSeconds) * 1_000
    const name = round * 1_000 + number
    const asked = jobOf([{ chat }], [`hello ${name}`], due)
    const off = { wantsOff: false, calledOff: Number.POSITIVE_INFINITY }
    const wanted: Wanted = { job: jobIdOf(name), chat, due, asked, made: Number.POSITIVE_INFINITY, ...off }
    all.push(wanted)
    yield* make(wanted)
    if (number % 3 === 1) yield* callOff(wanted)
    const earlier = all[number - 8]
    if (number % 3 === 2 && earlier?.wantsOff === false) yield* callOff(earlier)
    yield* Effect.sleep(betweenMillis)
  }
})

/** Whoever was not answered, or was in the moments that were lost, asks again. Answers with what is called off by now. */
export const wantAgain = Effect.fnUntraced(function* (all: ReadonlyArray<Wanted>, upTo: number) {
  for (const wanted of all) {
    if (wanted.made > upTo) yield* make(wanted)
    if (!wanted.wantsOff || wanted.calledOff <= upTo) continue
    wanted.calledOff = Number.POSITIVE_INFINITY
    yield* callOff(wanted)
  }
})

/** Every job of the log has come to its end. */
export const areOver = (events: ReadonlyArray<AnyRecorded>): boolean => {
  const open = new Set<string>()
  for (const event of events) {
    if (event.type === "schedule.created") open.add(event.data.job)
    if (event.type === "schedule.completed" || event.type === "schedule.cancelled")
      open.delete(event.data.job)
  }
  return open.size === 0
}

export interface JobsSeen {
  readonly all: ReadonlyArray<Wanted>
  readonly upTo: number
  /** When the log was restored. */
  readonly at: number
  readonly decision: QuarantineDecision
  /** What the other side had at the loss, at rest after the restore, when people had asked again, and in the end. */
  readonly books: Readonly<Record<"lost" | "rested" | "asked" | "end", ReadonlyArray<Transmission>>>
}

/** What left of jobs, and when it did. */
export const jobBreaches = ({ all, at, books, decision, upTo }: JobsSeen): ReadonlyArray<string> => {
  const idsIn = (book: ReadonlyArray<Transmission>) => new Set(book.map(({ whatsapp }) => whatsapp))
  const [lost, rested, asked, end] = [books.lost, books.rested, books.asked, books.end].map(idsIn)
  const breachesOf = (wanted: Wanted): ReadonlyArray<string> => {
    const id = idOf(wanted)
    const name = `the job ${wanted.job}`
    const found: Array<string> = []
    // What was called off before the loss, and before the decision, had not left by then.
    const offSince = wanted.calledOff <= upTo ? lost! : asked!
    if (wanted.calledOff < Number.POSITIVE_INFINITY && end!.has(id) && !offSince.has(id))
      found.push(`${name} was called off, and left after that`)
    if (wanted.calledOff <= upTo && end!.has(id)) found.push(`${name} was called off in time, and left`)
    if (lost!.has(id)) return found
    if (wanted.due <= at && rested!.has(id)) found.push(`${name} left after the restore, undecided`)
    if (wanted.wantsOff || wanted.made > upTo) return found
    if (wanted.due <= at && decision === "drop" && end!.has(id)) found.push(`${name} was dropped, and left`)
    if ((wanted.due > at || decision === "release") && !end!.has(id)) found.push(`${name} never left`)
    return found
  }
  const chats = new Set<string>(all.map(({ chat }) => chat))
  const words = Map.groupBy(
    books.end.filter(({ chat }) => chats.has(chat)),
    ({ chat, digest }) => `${chat} ${digest}`
  )
  return [
    ...all.flatMap(breachesOf),
    ...[...words.values()]
      .filter((rows) => rows.length > 1)
      .map((rows) => `the words of ${rows[0]!.whatsapp} left ${rows.length} times`)
  ]
}
