import { Argument, Command } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const chat = Argument.String("chat").pipe(Argument.withDescription("the chat's id"))
const placed = "With --json: {generation, sequence}; sequence is 0 where it was so already."

const status = Command.make("status", { chat: Argument.optional(chat), json }, (input) =>
  lazily(
    () => import("../consent.ts"),
    ({ consentStatus }) => consentStatus(input)
  )
).pipe(
  Command.withDescription(
    "Say whether consent is asked of chats, and what they said; of one chat also who opted out. " +
      "With --json: {required, chats: [{chat, given, by, since}]}, or of one chat {required, chat, isRead, given, by, since, optOuts}; times are milliseconds since 1970."
  ),
  Command.withShortDescription("what chats said"),
  Command.withExamples([{ command: "wadjet consent status" }])
)

const saying = (name: "give" | "withdraw", about: string) =>
  Command.make(name, { chat, json }, (input) =>
    lazily(
      () => import("../consent.ts"),
      ({ sayConsent }) => sayConsent({ ...input, given: name === "give" })
    )
  ).pipe(
    Command.withDescription(`${about} ${placed}`),
    Command.withShortDescription(name === "give" ? "read a chat" : "do not read a chat any more"),
    Command.withExamples([{ command: `wadjet consent ${name} c0example0` }])
  )

const opting = (name: "opt-out" | "opt-in", about: string) =>
  Command.make(
    name,
    {
      chat,
      person: Argument.String("person").pipe(Argument.withDescription("the person's id")),
      json
    },
    (input) =>
      lazily(
        () => import("../consent.ts"),
        ({ sayOptOut }) => sayOptOut({ ...input, out: name === "opt-out" })
      )
  ).pipe(
    Command.withDescription(`${about} ${placed}`),
    Command.withShortDescription(name === "opt-out" ? "do not read somebody" : "read somebody again"),
    Command.withExamples([{ command: `wadjet consent ${name} c0example0 p0example0` }])
  )

const requiring = (name: "require" | "waive", about: string) =>
  Command.make(name, { json }, (input) =>
    lazily(
      () => import("../consent.ts"),
      ({ requireConsent }) => requireConsent({ ...input, required: name === "require" })
    )
  ).pipe(
    Command.withDescription(`${about} ${placed}`),
    Command.withShortDescription(
      name === "require" ? "read chats only once they agreed" : "read chats without asking"
    ),
    Command.withExamples([{ command: `wadjet consent ${name}` }])
  )

export const consent = Command.make("consent").pipe(
  Command.withDescription(
    "Whether what is said in chats is read. What is not read is counted, and nothing else of it is kept; commands are read. Answered once it is obeyed: what is delivered after that is never written with words."
  ),
  Command.withShortDescription("whether what is said is read"),
  Command.withSubcommands([
    status,
    saying("give", "Read a chat: it agreed."),
    saying("withdraw", "Do not read a chat any more, whether or not consent is required."),
    opting("opt-out", "Do not read what somebody says in a chat any more."),
    opting("opt-in", "Read what somebody says in a chat again."),
    requiring("require", "Read chats only once they agreed."),
    requiring("waive", "Read chats without asking, unless they withdrew their consent.")
  ]),
  Command.withExamples([
    { command: "wadjet consent status" },
    { command: "wadjet consent withdraw c0example0" }
  ])
)
