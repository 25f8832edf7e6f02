import { Argument, Command, Flag } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const load = () => import("../webhooks.ts")

const id = Argument.String("id").pipe(Argument.withDescription("the webhook's id, as listed"))
const url = Argument.String("url").pipe(
  Argument.withDescription("an https URL on a public address, such as https://hooks.example.com/wadjet")
)
const named = (name: string, metavar: string, about: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(
      `${about}; may be given several times; everything if no event and no context is given`
    ),
    Flag.between(0, 100)
  )
const event = named("event", "name", "an event that it is told, such as verdict.decided")
const context = named("context", "name", "a context whose events it is told, such as verdict")
const label = Flag.String("label").pipe(
  Flag.withDescription("what it is for, to tell it from others"),
  Flag.optional
)
const from = (flag: Flag.Flag<number>) => flag.pipe(Flag.withMetavar("event"))

const list = Command.make("list", { json }, (input) =>
  lazily(load, ({ listWebhooks }) => listWebhooks(input))
).pipe(
  Command.withDescription(
    "List all webhooks: where they are told, what, how far, and since when they fail. With --json, an object a line, as `GET /v1/webhooks` has it; times are milliseconds since 1970."
  ),
  Command.withShortDescription("who is told what, and how far"),
  Command.withExamples([{ command: "wadjet webhooks list" }])
)

const add = Command.make(
  "add",
  {
    url,
    event,
    context,
    label,
    words: given("words", "it is told names, words and URLs, too"),
    from: from(Flag.Int("from")).pipe(
      Flag.withDescription("the first event that it is told, by its number; what is new if left out"),
      Flag.optional
    ),
    json
  },
  (input) => lazily(load, ({ addWebhook }) => addWebhook(input))
).pipe(
  Command.withDescription(
    "Have a program elsewhere told of events, and print the secret that it verifies signatures with, this once. With --json: the webhook as listed, with `secret`."
  ),
  Command.withShortDescription("tell a program elsewhere of events"),
  Command.withExamples([
    { command: "wadjet webhooks add https://hooks.example.com/wadjet --event verdict.decided" },
    { command: "wadjet webhooks add https://hooks.example.com/all --words --from 1 --label archive" }
  ])
)

const remove = Command.make("remove", { id, json }, (input) =>
  lazily(load, ({ removeWebhook }) => removeWebhook(input))
).pipe(
  Command.withDescription("Tell it nothing any more, and delete its secret. With --json: {id, removed}."),
  Command.withShortDescription("tell it nothing any more"),
  Command.withExamples([{ command: "wadjet webhooks remove 01941f29-7c00-7000-8000-000000000006" }])
)

const switching = (name: "on" | "off", about: string, short: string) =>
  Command.make(name, { id, json }, ({ id, json }) =>
    lazily(load, ({ switchWebhook }) => switchWebhook({ id, json, on: name === "on" }))
  ).pipe(
    Command.withDescription(`${about} With --json: the webhook as listed.`),
    Command.withShortDescription(short),
    Command.withExamples([{ command: `wadjet webhooks ${name} 01941f29-7c00-7000-8000-000000000006` }])
  )

const secret = Command.make(
  "secret",
  {
    id,
    overlapHours: Flag.Int("overlap-hours").pipe(
      Flag.withDescription(
        "for how many hours what is sent is signed with the former secret as well; 0 for none, 168 at most"
      ),
      Flag.withDefault(24)
    ),
    json
  },
  (input) => lazily(load, ({ replaceSecret }) => replaceSecret(input))
).pipe(
  Command.withDescription(
    "Give it another secret, and print that, this once. For a day, or as long as is said, each request has two signatures, so that the receiver can change over in its own time. With --json: the webhook as listed, with `secret`."
  ),
  Command.withShortDescription("another secret, with an overlap"),
  Command.withExamples([
    { command: "wadjet webhooks secret 01941f29-7c00-7000-8000-000000000006" },
    {
      command: "wadjet webhooks secret 01941f29-7c00-7000-8000-000000000006 --overlap-hours 0",
      description: "when the former one is in wrong hands"
    }
  ])
)

const deliveries = Command.make("deliveries", { id, json }, (input) =>
  lazily(load, ({ listDeliveries }) => listDeliveries(input))
).pipe(
  Command.withDescription(
    "List the latest attempts to tell it something, the newest first, with what came of each. With --json, an object a line: {at, sequence, id, type, delivered, status, fault, millis}."
  ),
  Command.withShortDescription("the latest attempts, and what came of each"),
  Command.withExamples([{ command: "wadjet webhooks deliveries 01941f29-7c00-7000-8000-000000000006" }])
)

const retry = Command.make(
  "retry",
  {
    id,
    sequence: Argument.Int("event").pipe(Argument.withDescription("the number of the event")),
    json
  },
  (input) => lazily(load, ({ retryDelivery }) => retryDelivery(input))
).pipe(
  Command.withDescription(
    "Send it one event at once, under the event's own id, whether it was told before or not. Where it is the one that waits, it goes on behind it. With --json: the attempt, as in `deliveries`."
  ),
  Command.withShortDescription("send one event again"),
  Command.withExamples([{ command: "wadjet webhooks retry 01941f29-7c00-7000-8000-000000000006 1042" }])
)

const replay = Command.make(
  "replay",
  {
    id,
    from: from(Flag.Int("from")).pipe(
      Flag.withDescription("the first event that it is told again, by its number")
    ),
    json
  },
  (input) => lazily(load, ({ replayWebhook }) => replayWebhook(input))
).pipe(
  Command.withDescription(
    "Tell it everything from an event on, though it may have been told before. With --json: the webhook as listed."
  ),
  Command.withShortDescription("tell it everything from an event on"),
  Command.withExamples([{ command: "wadjet webhooks replay 01941f29-7c00-7000-8000-000000000006 --from 1" }])
)

const test = Command.make("test", { id, json }, (input) =>
  lazily(load, ({ testWebhook }) => testWebhook(input))
).pipe(
  Command.withDescription(
    "Send it something signed that is no event, and print what came of it. With --json: the attempt, as in `deliveries`."
  ),
  Command.withShortDescription("try it out"),
  Command.withExamples([{ command: "wadjet webhooks test 01941f29-7c00-7000-8000-000000000006" }])
)

export const webhooks = Command.make("webhooks").pipe(
  Command.withDescription(
    "Programs elsewhere that are told of events, each with a signed request. They can be managed while the system runs, and while it does not; they are told while it runs."
  ),
  Command.withShortDescription("programs that are told of events"),
  Command.withSubcommands([
    list,
    add,
    remove,
    switching("on", "Tell it again, from where it was.", "tell it again"),
    switching("off", "Tell it nothing until it is switched on.", "tell it nothing for now"),
    secret,
    deliveries,
    retry,
    replay,
    test
  ]),
  Command.withExamples([
    { command: "wadjet webhooks add https://hooks.example.com/wadjet --event verdict.decided" },
    { command: "wadjet webhooks list" }
  ])
)
