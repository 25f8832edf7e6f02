import { Argument, Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

/** The same names as `parts` in `system.ts`, which is loaded only when it is needed; a test compares them. */
export const partNames = ["whatsapp", "scan", "verdict", "schedule", "backup", "admin", "projector"] as const

const parts = Argument.Literals("part", partNames).pipe(
  Argument.withDescription("run only these parts, against the NATS server of WADJET_NATS_URL"),
  Argument.variadic()
)

export const run = Command.make("run", { parts, json }, (input) =>
  lazily(
    () => import("../run.ts"),
    ({ runWadjet }) => runWadjet(input)
  )
).pipe(
  Command.withDescription(
    "Start everything in one process: nats-server, the actors, the read models, the page and its API. Ctrl-C stops it; " +
      "a second start carries on where the first one was. With --json one line tells when it is ready: " +
      "{ready, version, pid, dataFolder, page, log: {server, version, url, durability, last}, seconds, setUpLink?, ownerKey?}."
  ),
  Command.withShortDescription("start everything; the page's address is printed"),
  Command.withExamples([
    { command: "wadjet run" },
    { command: "WADJET_DATA=/srv/wadjet WADJET_HTTP=127.0.0.1:8080 wadjet run", description: "elsewhere" },
    {
      command: "WADJET_NATS_URL=nats://127.0.0.1:4222 wadjet run scan",
      description: "one part, on a server that runs already"
    }
  ])
)
