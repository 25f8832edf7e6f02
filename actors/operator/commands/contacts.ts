import { Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { asOf, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const contact = Argument.String("contact").pipe(Argument.withDescription("the contact's id, as listed"))

const regionFlag = (about: string) => Flag.String("region").pipe(Flag.withDescription(about), Flag.optional)

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
    region: regionFlag("whose numbers those are that are written without a country, such as DE"),
    json
  },
  (input) =>
    lazily(
      () => import("../contacts.ts"),
      ({ importContacts }) => importContacts(input)
    )
).pipe(
  Command.withDescription(
    "Take contacts from a file. Whoever has the number of one already is completed; imported again, a file changes nothing. What cannot be taken is told with its line. With --json: {added, completed, unchanged, clipped, leftOut}."
  ),
  Command.withShortDescription("take contacts from a file"),
  Command.withExamples([{ command: "wadjet contacts import guests.csv --region DE" }])
)

const said = {
  alias: Flag.String("alias").pipe(
    Flag.withDescription("another name of theirs; may be given several times"),
    Flag.between(0, 50)
  ),
  tag: Flag.String("tag").pipe(
    Flag.withDescription("a tag, by which jobs may name them; may be given several times"),
    Flag.between(0, 50)
  ),
  notes: Flag.String("notes").pipe(Flag.withDescription("notes about them"), Flag.optional),
  region: regionFlag("whose number it is where it is written without a country, such as DE")
}

const add = Command.make(
  "add",
  {
    name: Argument.String("name").pipe(Argument.withDescription("what they are called")),
    number: Argument.String("number").pipe(Argument.withDescription("their phone number")),
    ...said,
    json
  },
  (input) =>
    lazily(
      () => import("../edit-contacts.ts"),
      ({ addContact }) =>
        addContact({ ...input, name: Option.some(input.name), number: Option.some(input.number) })
    )
).pipe(
  Command.withDescription(
    "Make a contact. Refused where another one has the number. With --json: {contact, generation, sequence}."
  ),
  Command.withShortDescription("make a contact"),
  Command.withExamples([{ command: 'wadjet contacts add "Ada Lovelace" "+49 170 0000000" --tag family' }])
)

const change = Command.make(
  "change",
  {
    contact,
    name: Flag.String("name").pipe(Flag.withDescription("what they are called"), Flag.optional),
    number: Flag.String("number").pipe(Flag.withDescription("their phone number"), Flag.optional),
    ...said,
    json
  },
  (input) =>
    lazily(
      () => import("../edit-contacts.ts"),
      ({ changeContact }) => changeContact(input)
    )
).pipe(
  Command.withDescription(
    "Change a contact. What is left out stays as it is; aliases and tags take the place of all of theirs. With --json: {contact, generation, sequence}."
  ),
  Command.withShortDescription("change a contact"),
  Command.withExamples([
    {
      command: 'wadjet contacts change 01941f29-7c00-7000-8000-0000000000c1 --number "+49 170 0000001"'
    }
  ])
)

const merge = Command.make(
  "merge",
  {
    contact,
    other: Argument.String("other").pipe(
      Argument.withDescription("the contact that turned out to be that one")
    ),
    json
  },
  (input) =>
    lazily(
      () => import("../edit-contacts.ts"),
      ({ mergeContacts }) => mergeContacts(input)
    )
).pipe(
  Command.withDescription(
    "Make one contact of two: what the first lacks it takes from the other, which goes. Jobs that name the other mean the first. With --json: {contact, generation, sequence}."
  ),
  Command.withShortDescription("make one contact of two"),
  Command.withExamples([
    {
      command:
        "wadjet contacts merge 01941f29-7c00-7000-8000-0000000000c1 01941f29-7c00-7000-8000-0000000000c2"
    }
  ])
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
    add,
    change,
    merge,
    acting("remove", "Take a contact away."),
    acting("opt-out", "Send them nothing that is scheduled, nor what has fired and has not left."),
    acting("opt-in", "Send them what is scheduled again.")
  ]),
  Command.withExamples([{ command: "wadjet contacts import guests.csv" }])
)
