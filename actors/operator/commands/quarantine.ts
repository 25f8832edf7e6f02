import { Argument, Command } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const list = Command.make("list", { json }, (input) =>
  lazily(
    () => import("../quarantine.ts"),
    ({ listQuarantine }) => listQuarantine(input)
  )
).pipe(
  Command.withDescription(
    "List what waits for a decision. With --json, an object a line: {what: message, outbox, chat, gateway, kind, priority, " +
      "state, whatsApp, notBefore} or {what: job, job, planned, unqueued}; times are milliseconds since 1970."
  ),
  Command.withShortDescription("what waits for a decision"),
  Command.withExamples([{ command: "wadjet quarantine list" }])
)

const ids = Argument.String("id").pipe(
  Argument.withDescription("messages and jobs, as listed"),
  Argument.variadic({ min: 0 })
)

const decision = (name: "release" | "drop", about: string) =>
  Command.make(
    name,
    { ids, all: given("all", "decide about everything, and end the quarantine"), json },
    (input) =>
      lazily(
        () => import("../quarantine.ts"),
        ({ decideQuarantine }) => decideQuarantine({ ...input, decision: name })
      )
  ).pipe(
    Command.withDescription(`${about} With --json: {decision, decided, ended}.`),
    Command.withShortDescription(about),
    Command.withExamples([{ command: `wadjet quarantine ${name} --all` }])
  )

export const quarantine = Command.make("quarantine").pipe(
  Command.withDescription(
    "After a restore: messages that may have left in the moments that were lost, and jobs that had come due. None goes on before you have decided."
  ),
  Command.withShortDescription("what a restore left open"),
  Command.withSubcommands([
    list,
    decision("release", "Send them under their own ids, and let jobs go on as their policies say."),
    decision("drop", "Never send them, and leave out what had come due.")
  ]),
  Command.withExamples([{ command: "wadjet quarantine list" }, { command: "wadjet quarantine drop --all" }])
)
