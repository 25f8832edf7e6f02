import { Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { type Context, contexts } from "../../../contracts/contexts.ts"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const names = Object.keys(contexts) as Array<string> as ReadonlyArray<Context>

const from = Flag.Int("from").pipe(
  Flag.withMetavar("sequence"),
  Flag.withDescription("begin with this event; with the newest 20 otherwise"),
  Flag.optional
)

const context = Flag.Literals("context", names).pipe(
  Flag.withDescription("only events of this context"),
  Flag.optional
)

const follow = given("follow", "go on with what comes, until Ctrl-C; needs a running system")

const tail = Command.make("tail", { from, context, follow, json }, (input) =>
  lazily(
    () => import("../events.ts"),
    ({ tailEvents }) =>
      tailEvents({
        ...input,
        from: Option.getOrUndefined(input.from),
        context: Option.getOrUndefined(input.context)
      })
  )
).pipe(
  Command.withDescription(
    "Show events in the order of the log. Personal data is shown as (sealed). " +
      "With --json, an object a line: {sequence, type, id, time, boundary, source, cause, correlation, data}."
  ),
  Command.withShortDescription("events in order, the newest 20 or from one on"),
  Command.withExamples([
    { command: "wadjet events tail --follow", description: "watch what happens" },
    { command: "wadjet events tail --from 1 --json > log.jsonl", description: "everything, for a program" },
    {
      command: "wadjet events tail --context verdict",
      description: "only what chats were told, of the newest 20"
    }
  ])
)

const sequence = Argument.Int("sequence").pipe(Argument.withDescription("the event's number in the log"))
const open = given("open", "show personal data, opened with the keys of this machine")

const show = Command.make("show", { sequence, open, json }, (input) =>
  lazily(
    () => import("../events.ts"),
    ({ showEvent }) => showEvent(input)
  )
).pipe(
  Command.withDescription("Show one event whole. The shape is that of `events tail --json`."),
  Command.withShortDescription("one event whole"),
  Command.withExamples([
    { command: "wadjet events show 42" },
    { command: "wadjet events show 42 --open", description: "with names, words and URLs" }
  ])
)

export const events = Command.make("events").pipe(
  Command.withDescription("Look into the event log, where every fact is, in one total order."),
  Command.withShortDescription("look into the event log"),
  Command.withSubcommands([tail, show]),
  Command.withExamples([
    { command: "wadjet events tail --follow" },
    { command: "wadjet events show 42 --open" }
  ])
)
