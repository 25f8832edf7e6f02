import { Argument, Command } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const all = given("all", "list what was decided, too")

const list = Command.make("list", { all, json }, (input) =>
  lazily(
    () => import("../parked.ts"),
    ({ listParked }) => listParked(input)
  )
).pipe(
  Command.withDescription(
    "List inputs that wait for a decision, the newest first. " +
      "With --json, an object a line: {actor, sequence, event, boundary, reason, attempts, at, decision, decidedBy, decidedAt}; times are milliseconds since 1970."
  ),
  Command.withShortDescription("what waits for a decision"),
  Command.withExamples([{ command: "wadjet parked list" }])
)

const actor = Argument.String("actor").pipe(
  Argument.withDescription("the actor that set it aside, as listed")
)
const sequence = Argument.Int("sequence").pipe(
  Argument.withDescription("the input's number in the log, as listed")
)

const decision = (name: "retry" | "drop", about: string) =>
  Command.make(name, { actor, sequence, json }, (input) =>
    lazily(
      () => import("../parked.ts"),
      ({ decideParked }) => decideParked({ ...input, decision: name })
    )
  ).pipe(
    Command.withDescription(
      `${about} With --json: {actor, input, decision, generation, sequence}; sequence is the place of the decision in the log.`
    ),
    Command.withShortDescription(about),
    Command.withExamples([{ command: `wadjet parked ${name} scan 17` }])
  )

export const parked = Command.make("parked").pipe(
  Command.withDescription(
    "Inputs that an actor could not handle. Nothing more of their chat is handled until somebody decides."
  ),
  Command.withShortDescription("inputs that an actor could not handle"),
  Command.withSubcommands([
    list,
    decision("retry", "Have an input handled again."),
    decision("drop", "Pass over an input for good.")
  ]),
  Command.withExamples([{ command: "wadjet parked list" }, { command: "wadjet parked retry scan 17" }])
)
