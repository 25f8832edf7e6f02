import { Argument, Command, Flag } from "effect/cli"
import { asOf, given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const chat = Flag.String("chat").pipe(
  Flag.withDescription("the id of the one chat that it is for; without it, for all of them"),
  Flag.optional
)

const list = Command.make(
  "list",
  {
    chat,
    text: Flag.String("text").pipe(
      Flag.withDescription("only those whose pattern or reason has this text"),
      Flag.optional
    ),
    all: given("all", "those that were removed or ran out, too"),
    asOf,
    json
  },
  (input) =>
    lazily(
      () => import("../overrides.ts"),
      ({ listOverrides }) => listOverrides(input)
    )
).pipe(
  Command.withDescription(
    "List what is allowed or denied, set last first; from the read models, whether the system runs or not. " +
      "With --json, an object a line: {override, effect, match, pattern, chat, expiresAt, reason, status, setBy, setAt}; times are milliseconds since 1970."
  ),
  Command.withShortDescription("what is allowed or denied"),
  Command.withExamples([
    { command: "wadjet overrides list" },
    { command: "wadjet overrides list --text example.com --json" }
  ])
)

const matchNames = ["url", "host", "domain"] as const

const setting = (effect: "allow" | "deny", about: string) =>
  Command.make(
    effect,
    {
      match: Argument.Literals("match", matchNames).pipe(
        Argument.withDescription("what the pattern is: one URL, one host, or a domain with its subdomains")
      ),
      pattern: Argument.String("pattern").pipe(Argument.withDescription("such as example.com")),
      chat,
      until: Flag.String("until").pipe(
        Flag.withDescription("when it runs out, such as 2026-01-31T22:00:00Z"),
        Flag.optional
      ),
      reason: Flag.String("reason").pipe(
        Flag.withDescription("why, for whoever reads it later"),
        Flag.optional
      ),
      json
    },
    (input) =>
      lazily(
        () => import("../overrides.ts"),
        ({ setOverride }) => setOverride({ ...input, effect })
      )
  ).pipe(
    Command.withDescription(
      `${about} It holds at once, for what was posted before as well. With --json: {set, unchanged, expired, generation, sequence}.`
    ),
    Command.withShortDescription(about),
    Command.withExamples([{ command: `wadjet overrides ${effect} domain example.com --reason "our own"` }])
  )

const remove = Command.make(
  "remove",
  {
    id: Argument.String("id").pipe(Argument.withDescription("the override's id, as listed")),
    json
  },
  (input) =>
    lazily(
      () => import("../overrides.ts"),
      ({ removeOverride }) => removeOverride(input)
    )
).pipe(
  Command.withDescription("Take an override back. With --json: {override, generation, sequence}."),
  Command.withShortDescription("take one back"),
  Command.withExamples([{ command: "wadjet overrides remove 01941f29-7c00-7000-8000-000000000001" }])
)

const format = Flag.Literals("format", ["csv", "hosts"]).pipe(
  Flag.withDescription(
    "csv has the columns match, pattern, effect, chat, expires and reason; a hosts file denies its hosts everywhere"
  ),
  Flag.withDefault("csv")
)

const importList = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(Argument.withDescription("the list, or - for standard input")),
    format,
    json
  },
  (input) =>
    lazily(
      () => import("../overrides.ts"),
      ({ importOverrides }) => importOverrides(input)
    )
).pipe(
  Command.withDescription(
    "Set what a list says. What is there already stays as it is; imported again, a list changes nothing. What has run out by now is left out. With --json: {set, unchanged, expired, generation, sequence}."
  ),
  Command.withShortDescription("set a whole list"),
  Command.withExamples([
    { command: "wadjet overrides import rules.csv" },
    { command: "wadjet overrides import hosts.txt --format hosts" }
  ])
)

const exportList = Command.make("export", { format }, (input) =>
  lazily(
    () => import("../overrides.ts"),
    ({ exportOverrides }) => exportOverrides(input)
  )
).pipe(
  Command.withDescription("Print what is in force as a list, the oldest first, to be imported again."),
  Command.withShortDescription("print the list"),
  Command.withExamples([{ command: "wadjet overrides export > rules.csv" }])
)

export const overrides = Command.make("overrides").pipe(
  Command.withDescription(
    "What is held to be harmless or dangerous whatever a scan says: one URL, one host, or a domain with its subdomains, everywhere or in one chat. The most specific counts, then the chat's own, then the newest."
  ),
  Command.withShortDescription("what is allowed or denied, whatever a scan says"),
  Command.withSubcommands([
    list,
    setting("allow", "Hold it to be harmless."),
    setting("deny", "Hold it to be dangerous."),
    remove,
    importList,
    exportList
  ]),
  Command.withExamples([
    { command: "wadjet overrides list" },
    { command: "wadjet overrides deny domain bad.example" }
  ])
)
