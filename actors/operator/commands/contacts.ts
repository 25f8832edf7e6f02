import { Argument, Command, Flag } from "effect/cli"
import { asOf, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const contact = Argument.String("contact").pipe(Argument.withDescription("the contact's id, as listed"))

const list = Command.make(
  "list",
  {
    text: Flag.String("text").pipe(
      Flag.withDescription("only those whose name, alias, number, tag or note has this text"),
      Flag.optional
    ),
    asOf,
    json
  },
  (input) =>
    lazily(
      () => import("../contacts.ts"),
      ({ listContacts }) => listContacts(input)
    )
).pipe(
  Command.withDescription(
    "List contacts; from the read models, whether the system runs or not. With --json, an object a line: {contact, chat, optedOut, card}."
  ),
  Command.withShortDescription("the people whom jobs may name"),
  Command.withExamples([{ command: "wadjet contacts list --text family" }])
)

const importFile = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("CSV, vCard, or the older scheduler's JSON or SQLite file")
    ),
    region: Flag.String("region").pipe(
      Flag.withDescription("whose numbers those are that are written without a country, such as DE"),
      Flag.optional
    ),
    json
  },
  (input) =>
    lazily(
      () => import("../contacts.ts"),
      ({ importContacts }) => importContacts(input)
    )
).pipe(
  Command.withDescription(
    "Take contacts from a file. Whoever has the number of one already is completed; imported again, a file changes nothing. What cannot be taken is told with its line. With --json: {added, completed, unchanged, leftOut}."
  ),
  Command.withShortDescription("take contacts from a file"),
  Command.withExamples([{ command: "wadjet contacts import guests.csv --region DE" }])
)

const acting = (action: "remove" | "opt-out" | "opt-in", about: string) =>
  Command.make(action, { contact, json }, (input) =>
    lazily(
      () => import("../contacts.ts"),
      ({ actOnContact }) => actOnContact({ ...input, action })
    )
  ).pipe(
    Command.withDescription(`${about} With --json: {contact, generation, sequence}.`),
    Command.withShortDescription(about),
    Command.withExamples([{ command: `wadjet contacts ${action} 01941f29-7c00-7000-8000-0000000000c1` }])
  )

export const contacts = Command.make("contacts").pipe(
  Command.withDescription("The people whom jobs may name: by themselves, or by the tags that they have."),
  Command.withShortDescription("the people whom jobs may name"),
  Command.withSubcommands([
    list,
    importFile,
    acting("remove", "Take a contact away."),
    acting("opt-out", "Send them nothing that is scheduled."),
    acting("opt-in", "Send them what is scheduled again.")
  ]),
  Command.withExamples([{ command: "wadjet contacts import guests.csv" }])
)
