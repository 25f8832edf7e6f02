/**
 * A golden fixture: an event of one version as it was released. It is what the log of somebody's server holds,
 * so it is never changed, and every version of Wadjet must read it.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Schema } from "effect"
import { boundaryOf } from "../../../contracts/contexts.ts"
import { cloudEventType, headerNames, sourceOf } from "../../../contracts/envelope.ts"
import type { EventType } from "../../../contracts/event.ts"
import { AccountId } from "../../../contracts/ids.ts"
import { eventSubject } from "../../../contracts/subjects.ts"
import { decodeMessage } from "../../../infra/event-log/codec.ts"
import type { LogEvent } from "../../../infra/event-log/event-log.ts"

const Json = Schema.Record(Schema.String, Schema.Unknown)

export const Fixture = Schema.Struct({
  event: Schema.String,
  version: Schema.Int,
  subject: Schema.String,
  headers: Schema.Record(Schema.String, Schema.String),
  recorded: Json,
  /** What the codec of its version made of it. */
  decoded: Json,
  /** The JSON schema of its version, with the personal fields in the clear, and its definitions. */
  schema: Json,
  definitions: Json
})
export type Fixture = typeof Fixture.Type

const folder = import.meta.dirname
const account = AccountId.make("aexample0")

/** No key opens it; it has the form of sealed text. */
const sealedText = "s1:golden:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

export const fixturePath = (event: string, version: number): string =>
  join(folder, `${event}.v${version}.json`)

/** Every fixture that was ever written. */
export const readFixtures = (): ReadonlyArray<Fixture> =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => Schema.decodeUnknownSync(Fixture)(JSON.parse(readFileSync(join(folder, name), "utf8"))))

/** The schema of today: `data` and the personal fields in the clear, for what is sealed is a contract as well. */
export const schemaToday = (type: EventType): Pick<Fixture, "schema" | "definitions"> => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(type.plain)
  return { schema: schema as Record<string, unknown>, definitions: { ...definitions } }
}

/** What the log gives a reader for a fixture. */
export const decodeFixture = (fixture: Fixture): LogEvent =>
  decodeMessage({
    sequence: 1,
    subject: fixture.subject,
    header: (name) => fixture.headers[name] ?? "",
    data: () => JSON.stringify(fixture.recorded)
  })

/** The data part of a decoded fixture, as JSON has it. */
export const decodedData = (fixture: Fixture): unknown => {
  const event = decodeFixture(fixture)
  return event.type === "unreadable" ? event : JSON.parse(JSON.stringify(event.data))
}

/** A new fixture of an event, made of its example. */
export const makeFixture = (type: EventType): Fixture => {
  const encoded = Schema.encodeUnknownSync(type.plain)(type.example) as Record<string, unknown>
  const sealed = Object.fromEntries(
    Object.keys(type.personal)
      .filter((field) => encoded[field] !== undefined)
      .map((field) => [field, sealedText])
  )
  const fixture = {
    event: type.type,
    version: type.version,
    subject: eventSubject(account, type.context, boundaryOf(type.context, encoded), type.event),
    headers: {
      [headerNames.specVersion]: "1.0",
      [headerNames.id]: "golden",
      [headerNames.messageId]: "golden",
      [headerNames.type]: cloudEventType(type.type, type.version),
      [headerNames.source]: sourceOf(account, "golden"),
      [headerNames.time]: "2026-01-01T00:00:00.000Z",
      [headerNames.contentType]: "application/json"
    },
    recorded: { ...encoded, ...sealed },
    decoded: {},
    ...schemaToday(type)
  }
  return { ...fixture, decoded: decodedData(fixture) as Record<string, unknown> }
}
