import { Option } from "effect"
import { Command, Flag } from "effect/cli"
import { asOf, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const limitDefault = 50

const text = (name: string, metavar: string, about: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(about), Flag.optional)

const by = text(
  "by",
  "author",
  "by one author: operator, or a role with the id of a key or user, owner:0194…"
)
const action = text("action", "event", "of one kind: the name of an event, such as policy.muted")
const subject = text("about", "id", "done to one thing: the id of a chat, job, override, contact, key …")
const since = text("since", "time", "not before a time, such as 2026-01-31")
const until = text("until", "time", "before a time")
const limit = Flag.Int("limit").pipe(
  Flag.withDescription(`how many, ${limitDefault} if left out`),
  Flag.withDefault(limitDefault)
)

export const audit = Command.make(
  "audit",
  { by, action, subject, since, until, limit, asOf, json },
  (input) =>
    lazily(
      () => import("../audit.ts"),
      ({ listAudit }) =>
        listAudit({
          by: Option.getOrUndefined(input.by),
          action: Option.getOrUndefined(input.action),
          subject: Option.getOrUndefined(input.subject),
          since: Option.getOrUndefined(input.since),
          until: Option.getOrUndefined(input.until),
          limit: input.limit,
          asOf: input.asOf,
          json: input.json
        })
    )
).pipe(
  Command.withDescription(
    "List who did what, the newest first: every fact that names its author, whether it was done on the page, by a program's key, on " +
      "the command line or by a command in a chat. With --json, an object a line: {cursor, sequence, at, by, action, chat, subject}; " +
      "`wadjet events show` has the whole event of a sequence."
  ),
  Command.withShortDescription("who did what"),
  Command.withExamples([
    { command: "wadjet audit" },
    { command: "wadjet audit --by operator --since 2026-01-31", description: "what was done on this machine" }
  ])
)
