import { Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

export const doctor = Command.make("doctor", { json }, (input) =>
  lazily(
    () => import("../doctor/doctor.ts"),
    ({ examine }) => examine(input)
  )
).pipe(
  Command.withDescription(
    "Look at everything that Wadjet needs, whether it runs or not: settings, Node, bundle, clock, time zones, disk, data folder, keyring, " +
      "read models, nats-server, the running system, the page's address and the connection to WhatsApp. Each is ok, WARN or FAIL, with how to mend it. The exit code is 1 where one is FAIL. " +
      "With --json, an object a line: {check, level: ok | warn | fail, found, mend?}."
  ),
  Command.withShortDescription("look at everything that Wadjet needs"),
  Command.withExamples([
    { command: "wadjet doctor" },
    { command: "wadjet doctor --json | jq 'select(.level != \"ok\")'" }
  ])
)
