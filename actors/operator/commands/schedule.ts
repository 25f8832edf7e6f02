import { Argument, Command, Flag } from "effect/cli"
import { asOf, given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const job = Argument.String("job").pipe(Argument.withDescription("the job's id, as listed"))

const list = Command.make(
  "list",
  { all: given("all", "those that were cancelled or are done, too"), asOf, json },
  (input) =>
    lazily(
      () => import("../schedule.ts"),
      ({ listJobs }) => listJobs(input)
    )
).pipe(
  Command.withDescription(
    "List jobs, made last first; from the read models, whether the system runs or not. With --json, an object a line: {job, status, next, title, timing, changed}; times are milliseconds since 1970."
  ),
  Command.withShortDescription("what is to be said, and when"),
  Command.withExamples([{ command: "wadjet schedule list" }])
)

const add = Command.make(
  "add",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription(
        "the job as JSON, or - for standard input: {title, messages, timing, recipients, policies?}"
      )
    ),
    json
  },
  (input) =>
    lazily(
      () => import("../schedule.ts"),
      ({ addJob }) => addJob(input)
    )
).pipe(
  Command.withDescription(
    'Make a job from JSON, as POST /v1/jobs takes it. Times are {"zone": "Europe/Berlin", "start": "2026-12-31T23:59:00", "rule": "FREQ=YEARLY"}: without a rule it happens once; a rule is an RRULE or a cron expression. With --json: {job, next, generation, sequence}.'
  ),
  Command.withShortDescription("make a job"),
  Command.withExamples([{ command: "wadjet schedule add wedding.json" }])
)

const show = Command.make("show", { job, json }, (input) =>
  lazily(
    () => import("../schedule.ts"),
    ({ showJob }) => showJob(input)
  )
).pipe(
  Command.withDescription(
    "Show a job, when it happens next, and what became of its last occurrences. With --json: {job, next, occurrences}."
  ),
  Command.withShortDescription("one job, and how it went"),
  Command.withExamples([{ command: "wadjet schedule show 01941f29-7c00-7000-8000-0000000000a1" }])
)

const change = Command.make(
  "change",
  {
    job,
    file: Argument.String("file").pipe(
      Argument.withDescription("the whole job as it is to be, as JSON, or - for standard input")
    ),
    expected: Flag.Int("expected").pipe(
      Flag.withMetavar("event"),
      Flag.withDescription(
        "only if nobody has changed it since this event, which `list --json` calls changed"
      ),
      Flag.optional
    ),
    json
  },
  (input) =>
    lazily(
      () => import("../schedule.ts"),
      ({ changeJob }) => changeJob(input)
    )
).pipe(
  Command.withDescription(
    "Put another job in the place of one, from JSON as `add` takes it. What fired before goes on as it was. With --json: {job, next, running, generation, sequence}."
  ),
  Command.withShortDescription("have a job be another one"),
  Command.withExamples([
    { command: "wadjet schedule change 01941f29-7c00-7000-8000-0000000000a1 wedding.json" }
  ])
)

const skip = Command.make(
  "skip",
  {
    job,
    at: Flag.String("at").pipe(
      Flag.withMetavar("time"),
      Flag.withDescription(
        "the occurrence that is meant, refused where another one is next, such as 2026-01-31T10:00Z"
      ),
      Flag.optional
    ),
    json
  },
  (input) =>
    lazily(
      () => import("../single-occurrences.ts"),
      ({ skipJob }) => skipJob(input)
    )
).pipe(
  Command.withDescription(
    "Leave out the next occurrence. With --json: {job, skipped, next, generation, sequence}."
  ),
  Command.withShortDescription("leave out the next occurrence"),
  Command.withExamples([
    { command: "wadjet schedule skip 01941f29-7c00-7000-8000-0000000000a1 --at 2027-01-04T09:00Z" }
  ])
)

const backfill = Command.make(
  "backfill",
  {
    job,
    from: Flag.String("from").pipe(
      Flag.withMetavar("time"),
      Flag.withDescription("the first moment of it, such as 2026-01-31T10:00Z")
    ),
    until: Flag.String("until").pipe(
      Flag.withMetavar("time"),
      Flag.withDescription("the moment before which it ends")
    ),
    json
  },
  (input) =>
    lazily(
      () => import("../single-occurrences.ts"),
      ({ backfillJob }) => backfillJob(input)
    )
).pipe(
  Command.withDescription(
    "Fire what was to happen between two moments of the past and did not; a hundred occurrences at most, and asked again it goes on with the rest. With --json: {job, fired, generation, sequence}."
  ),
  Command.withShortDescription("make up for what did not happen"),
  Command.withExamples([
    {
      command:
        "wadjet schedule backfill 01941f29-7c00-7000-8000-0000000000a1 --from 2027-01-04 --until 2027-01-06"
    }
  ])
)

const acting = (action: "pause" | "resume" | "cancel" | "fire", about: string, answer: string) =>
  Command.make(action, { job, json }, (input) =>
    lazily(
      () => import("../schedule.ts"),
      ({ actOnJob }) => actOnJob({ ...input, action })
    )
  ).pipe(
    Command.withDescription(`${about} With --json: ${answer}.`),
    Command.withShortDescription(about),
    Command.withExamples([{ command: `wadjet schedule ${action} 01941f29-7c00-7000-8000-0000000000a1` }])
  )

/** When a job is: once, from a local time on, or by a rule. */
const times = {
  start: Flag.String("start").pipe(
    Flag.withDescription("a local time, such as 2026-12-31T23:59:00"),
    Flag.optional
  ),
  rule: Flag.String("rule").pipe(Flag.withDescription("an RRULE or a cron expression"), Flag.optional)
}

const preview = Command.make(
  "preview",
  {
    zone: Argument.String("zone").pipe(Argument.withDescription("an IANA time zone, such as Europe/Berlin")),
    ...times,
    json
  },
  (input) =>
    lazily(
      () => import("../schedule.ts"),
      ({ previewTiming }) => previewTiming(input)
    )
).pipe(
  Command.withDescription(
    "Show the next ten times that something comes to, before a job is made of it. With --json, an object a line: {at, local, note}."
  ),
  Command.withShortDescription("what times a rule comes to"),
  Command.withExamples([{ command: 'wadjet schedule preview Europe/Berlin --rule "0 9 * * MON"' }])
)

const duplicate = Command.make(
  "duplicate",
  {
    job,
    title: Flag.String("title").pipe(Flag.withDescription("what the copy is called"), Flag.optional),
    zone: Flag.String("zone").pipe(
      Flag.withDescription("the time zone of other times, such as Europe/Berlin"),
      Flag.optional
    ),
    ...times,
    json
  },
  (input) =>
    lazily(
      () => import("../schedule.ts"),
      ({ duplicateJob }) => duplicateJob(input)
    )
).pipe(
  Command.withDescription(
    "Make another job that says the same to the same people; at the same times, unless --zone begins others. With --json: {job, next, generation, sequence}."
  ),
  Command.withShortDescription("make another job like one that there is"),
  Command.withExamples([
    {
      command:
        "wadjet schedule duplicate 01941f29-7c00-7000-8000-0000000000a1 --zone Europe/Berlin --start 2027-12-31T23:59:00"
    }
  ])
)

const calendar = Command.make("calendar", {}, () =>
  lazily(
    () => import("../schedule.ts"),
    ({ showCalendar }) => showCalendar()
  )
).pipe(
  Command.withDescription(
    "Write what active jobs will say, and when, as a calendar (iCalendar, RFC 5545): up to 50 occurrences of each within a year. Read again, an occurrence keeps its place."
  ),
  Command.withShortDescription("what is to come, for a calendar"),
  Command.withExamples([{ command: "wadjet schedule calendar > wadjet.ics" }])
)

export const schedule = Command.make("schedule").pipe(
  Command.withDescription(
    "Jobs: messages that are sent to chats, numbers, contacts and tags at a time, once or again and again."
  ),
  Command.withShortDescription("messages that are sent at their time"),
  Command.withSubcommands([
    list,
    add,
    change,
    show,
    duplicate,
    preview,
    calendar,
    acting("pause", "Fire no more until it is resumed.", "{job, generation, sequence}"),
    acting("resume", "Fire again, from now on.", "{job, next, generation, sequence}"),
    skip,
    backfill,
    acting(
      "fire",
      "Fire now, beside its own times.",
      "{job, planned, messages, named: [{chat, part, outbox, whatsApp}], generation, sequence}"
    ),
    acting(
      "cancel",
      "Call a job off for good; answers once nothing of it can leave any more.",
      "{job, left, of, generation, sequence}"
    )
  ]),
  Command.withExamples([
    { command: "wadjet schedule add wedding.json" },
    { command: "wadjet schedule list --json" }
  ])
)
