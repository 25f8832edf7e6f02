/** What is to be said in a chat at a time: asked for, listed and called off by its admins. */
import { Effect } from "effect"
import { hashOf, JobId } from "../../../contracts/ids.ts"
import { unclickable } from "../../../contracts/link/unclickable.ts"
import { defaultPolicies } from "../../../contracts/schedule.ts"
import { CancelJob, chatJobsMax, ListChatJobs, PutJob } from "../../../contracts/schedule-commands.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { policyOf } from "../chats.ts"
import { zoneOf } from "../time-zone.ts"
import { type Answer, type Asked, byOf, done, refused } from "./asked.ts"
import { type ChatCommand, codeOf } from "./parse.ts"

type Schedule = Extract<ChatCommand, { readonly command: "schedule" }>

/** As many as one message lists, and as much of each. */
const shownMax = 15
const shownLength = 60

const short = (text: string): string =>
  unclickable(text.length > shownLength ? `${text.slice(0, shownLength).toWellFormed()}…` : text)

const dayMillis = 86_400_000

const clockIn = (timeZone: string) => {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short"
  })
  // Swedish clocks are written as ISO 8601 has it: `2026-12-31 23:59`.
  return (millis: number) => format.format(millis)
}

/** The next day on which clocks show the time. */
const nextDay = (timeZone: string, time: string, now: number): string => {
  const clock = clockIn(timeZone)
  const [day = "", shown = ""] = clock(now).split(" ")
  return shown < time ? day : clock(now + dayMillis).slice(0, 10)
}

/** The same command is the same job, whoever answers it. */
const jobOf = (message: string): JobId => {
  const hash = hashOf("chat-schedule", message)
  return JobId.make(
    `${hash.slice(0, 8)}-${hash.slice(8, 12)}-7${hash.slice(12, 15)}-8${hash.slice(15, 18)}-${hash.slice(18, 30)}`
  )
}

const jobsHere = Effect.fnUntraced(function* ({ given }: Asked) {
  const bus = yield* CommandBus
  return (yield* bus.request(ListChatJobs, { chat: given.chat })).jobs
})

const say = Effect.fnUntraced(function* (
  { day, text, time }: Extract<Schedule, { readonly wish: "say" }>,
  asked: Asked
) {
  const { given, moment, self, words } = asked
  const { id: timeZone } = zoneOf(policyOf(self.state, given.chat).settings.timeZone)
  const job = jobOf(given.message)
  const here = yield* jobsHere(asked)
  if (here.length >= chatJobsMax && !here.some((it) => it.job === job)) return refused(words.scheduleFull)
  const start = `${day ?? nextDay(timeZone, time, given.at)}T${time}:00`
  const answer = yield* (yield* CommandBus).request(PutJob, {
    job,
    asked: {
      title: short(text),
      messages: [{ text, delaySeconds: 0 }],
      timing: { zone: timeZone, start },
      recipients: [{ chat: given.chat }],
      policies: defaultPolicies
    },
    origin: "chat",
    by: byOf(asked)
  })
  return answer.next === null
    ? refused(words.momentOver)
    : done(words.scheduled({ at: moment(answer.next), code: codeOf(job), text: short(text) }))
})

const list = Effect.fnUntraced(function* (asked: Asked) {
  const { moment, words } = asked
  const here = yield* jobsHere(asked)
  if (here.length === 0) return done(words.nothingScheduled)
  const lines = here
    .slice(0, shownMax)
    .map(({ job, next, text }) =>
      words.scheduleLine({ at: next === null ? "—" : moment(next), code: codeOf(job), text: short(text) })
    )
  return done(words.schedules(lines, here.length - lines.length))
})

const cancel = Effect.fnUntraced(function* (code: string, asked: Asked) {
  const { words } = asked
  const meant = (yield* jobsHere(asked)).find(({ job }) => codeOf(job) === code)
  if (meant === undefined) return refused(words.noSuchJob(code))
  const { left, of } = yield* (yield* CommandBus).request(CancelJob, { job: meant.job, by: byOf(asked) })
  return done(words.scheduleCancelled({ left, of, text: short(meant.text) }))
})

/** What the schedule refuses is said in the chat: that a time has passed, or that there is no such day. */
export const schedule = Effect.fnUntraced(function* (command: Schedule, asked: Asked) {
  const answering =
    command.wish === "list"
      ? list(asked)
      : command.wish === "cancel"
        ? cancel(command.code, asked)
        : say(command, asked)
  const { words } = asked
  return yield* answering.pipe(
    Effect.catch((error): Effect.Effect<Answer> =>
      Effect.succeed(
        refused(error._tag === "Refused" && error.reason === "invalid" ? words.momentOver : words.unavailable)
      )
    )
  )
})
