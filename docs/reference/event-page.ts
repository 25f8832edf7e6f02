import { Schema } from "effect"
import { events } from "../../contracts/catalogue.ts"
import { type Context, contexts } from "../../contracts/contexts.ts"
import { cloudEventType } from "../../contracts/envelope.ts"
import type { EventType } from "../../contracts/event.ts"
import { boundaryPlaceholder, boundaryWords, expectationWords } from "./boundaries.ts"
import { fieldHeads, fieldRows, fieldsOf } from "./fields.ts"
import { anchor, code, generatedNote, json, page, table } from "./markdown.ts"

const declared = events as unknown as ReadonlyArray<EventType>

/** `evt.<account>.policy.<chat or all>.muted` */
export const subjectPattern = ({ context, event }: Pick<EventType, "context" | "event">): string =>
  `evt.<account>.${context}.${boundaryPlaceholder[contexts[context].boundary]}.${event}`

/** A sealed field and what is inside; the owners stand beside the field itself. */
const sealedRows = (type: EventType): ReadonlyArray<ReadonlyArray<string>> =>
  Object.entries(type.personal).flatMap(([field, { optional, owners, schema }]) =>
    fieldsOf(Schema.Struct({ [field]: schema })).map(({ name, optional: within, type }) => [
      code(name),
      (name === field ? optional : within) ? `${type}, optional` : type,
      name === field ? owners.map(code).join(" and ") : ""
    ])
  )

const section = (type: EventType): string => {
  const data = fieldRows(fieldsOf(Schema.Struct(type.data)))
  const sealed = sealedRows(type)
  return page(
    `### ${type.type}`,
    `${type.about} \`ce-type\` ${code(cloudEventType(type.type, type.version))}, subject ${code(subjectPattern(type))}.`,
    table(fieldHeads, data),
    sealed.length === 0
      ? ""
      : page(
          "Sealed, and lost for ever once any one of the owners' keys is gone:",
          table(["field", "type", "owners"], sealed)
        ).trimEnd(),
    json(type.example)
  ).trimEnd()
}

const chapter = (context: Context): string => {
  const { about, boundary, expectation, writer } = contexts[context]
  const own = declared.filter((type) => type.context === context)
  return page(
    `## ${context}`,
    `${about[0]!.toUpperCase()}${about.slice(1)}. Written by ${code(writer)}. Boundary: ${boundaryWords[boundary]}. Expectation on append: ${expectationWords[expectation]}.`,
    ...own.map(section)
  ).trimEnd()
}

/** `events.md`: every event of the catalogue, by context. */
export const eventPage = (): string => {
  const used = (Object.keys(contexts) as ReadonlyArray<Context>).filter((context) =>
    declared.some((type) => type.context === context)
  )
  return page(
    generatedNote,
    "# Events",
    "The facts of the log. Each is a message of the stream `WADJET_EVENTS` with its attributes in CloudEvents headers and its data as JSON. The examples show sealed fields in the clear, as their writer states them.",
    table(
      ["event", "version", "writer", "says that"],
      declared.map((type) => [
        `[${type.type}](#${anchor(type.type)})`,
        String(type.version),
        code(contexts[type.context].writer),
        type.about
      ])
    ),
    ...used.map(chapter)
  )
}
