import { events } from "../../contracts/catalogue.ts"
import type { CommandType } from "../../contracts/command.ts"
import { commands } from "../../contracts/commands.ts"
import { type Context, contexts } from "../../contracts/contexts.ts"
import { headerNames } from "../../contracts/envelope.ts"
import type { EventType } from "../../contracts/event.ts"
import { leaseBucket, placeBucket, streams } from "../../contracts/streams.ts"
import { boundaryWords, expectationWords } from "./boundaries.ts"
import { subjectPattern } from "./event-page.ts"
import { code, generatedNote, page, table } from "./markdown.ts"

const contextRows = (Object.entries(contexts) as ReadonlyArray<[Context, (typeof contexts)[Context]]>).map(
  ([name, { about, boundary, expectation, writer }]) => [
    code(name),
    about,
    code(writer),
    boundaryWords[boundary],
    expectationWords[expectation]
  ]
)

const eventRows = (events as unknown as ReadonlyArray<EventType>).map((type) => [
  code(subjectPattern(type)),
  type.about
])

const commandRows = (commands as unknown as ReadonlyArray<CommandType>).map((type) => [
  code(`cmd.<account>.${type.context}.${type.verb}`),
  code(type.answeredBy)
])

const streamRows = streams.map(({ about, duplicateWindowSeconds, immutable, name, subjects }) => [
  code(name),
  subjects.map(code).join(", "),
  about,
  immutable ? "never" : "yes",
  `${duplicateWindowSeconds} s`
])

/** `subjects.md`: streams, contexts, and every subject that is spoken on. */
export const subjectPage = (): string =>
  page(
    generatedNote,
    "# Subjects and streams",
    "Tokens are 1 to 40 characters of `a-z`, `0-9`, `_` and `-`. `<account>` is the linked number's token. Whatever comes from outside (a JID, a message id, a URL) stands here as a pseudonym or a keyed hash.",
    "## Streams",
    table(["stream", "subjects", "holds", "deletes", "repeated ids recognised for"], streamRows),
    `The key-value bucket ${code(leaseBucket)} says which process owns an actor, and ${code(placeBucket)} where each group of workers is.`,
    "## Contexts",
    "`evt.<account>.<context>.<boundary>.<event>`: a boundary is where a writer must have folded everything before it appends.",
    table(["context", "is about", "writer", "boundary", "expectation on append"], contextRows),
    "## Events",
    table(["subject", "says that"], eventRows),
    "## Commands",
    table(["subject", "answered by"], commandRows),
    "## Headers of an event",
    "CloudEvents 1.0, NATS binding, binary mode; W3C Trace Context; and these of Wadjet:",
    table(
      ["header", "attribute"],
      Object.entries(headerNames).map(([attribute, header]) => [code(header), attribute])
    )
  )
