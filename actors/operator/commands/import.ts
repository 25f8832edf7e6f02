import { Argument, Command, Flag } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const scheduler = Command.make(
  "scheduler",
  {
    place: Argument.String("place").pipe(
      Argument.withDescription("its SQLite file, one of its JSON objects, or a folder of them")
    ),
    zone: Flag.String("zone").pipe(
      Flag.withDescription("the time zone of times that are written without an offset; UTC otherwise"),
      Flag.optional
    ),
    dryRun: given("dry-run", "only say what would come of it"),
    json
  },
  (input) =>
    lazily(
      () => import("../older-scheduler/import.ts"),
      ({ importScheduler }) => importScheduler(input)
    )
).pipe(
  Command.withDescription(
    "Take contacts, scheduled messages and jobs from the older scheduler. Every row is taken, made one with what is here, or left out with the reason; what has passed, was sent or has begun there is never sent here. Imported again, only what is different there changes anything, and what is there no longer is called off. With --json: {dryRun, contacts: {added, completed, unchanged, merged}, jobs: {created, changed, cancelled, unchanged}, leftOut: [{where, reason}]}."
  ),
  Command.withShortDescription("what the older scheduler was to send, and to whom"),
  Command.withExamples([
    { command: "wadjet import scheduler scheduler.db --dry-run", description: "what would come of it" },
    { command: "wadjet import scheduler ./s3-copy --zone Europe/Berlin" }
  ])
)

export const importing = Command.make("import").pipe(
  Command.withDescription("Take over what an older system has."),
  Command.withShortDescription("take over what an older system has"),
  Command.withSubcommands([scheduler]),
  Command.withExamples([{ command: "wadjet import scheduler scheduler.db --dry-run" }])
)
