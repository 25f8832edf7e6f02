import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { events } from "../../contracts/catalogue.ts"
import { commands } from "../../contracts/commands.ts"
import type { CommandType } from "../../contracts/command.ts"
import { contexts } from "../../contracts/contexts.ts"
import { cloudEventType, parseCloudEventType } from "../../contracts/envelope.ts"
import type { EventType } from "../../contracts/event.ts"

const types: ReadonlyArray<EventType> = events
const asked: ReadonlyArray<CommandType> = commands

/** What the operator says to nobody in particular. */
const ownedByAccount: ReadonlySet<string> = new Set(["schedule.created", "schedule.changed"])

describe("every event", () => {
  it.each(types.map((type) => [type.type, type] as const))(
    "%s has an example that its codec keeps",
    (_, type) => {
      const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeUnknownSync(type.plain)(type.example)))
      expect(Schema.decodeUnknownSync(type.plain)(wire)).toEqual(type.example)
    }
  )

  it.each(types.map((type) => [type.type, type] as const))(
    "%s is sealed for owners that it names, or for the account where it is the operator's own words",
    (_, type) => {
      for (const { owners } of Object.values(type.personal)) {
        expect(owners.length > 0 || ownedByAccount.has(type.type)).toBe(true)
        for (const owner of owners) expect(Object.keys(type.data)).toContain(owner)
      }
      expect(Object.keys(type.data).filter((field) => field in type.personal)).toEqual([])
    }
  )

  it.each(types.map((type) => [type.type, type] as const))(
    "%s is named by its context, and says what it is",
    (_, type) => {
      expect(type.type).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/)
      expect(type.type).toBe(`${type.context}.${type.event}`)
      expect(Object.keys(contexts)).toContain(type.context)
      expect(type.about).toMatch(/^[A-Z].*\.$/)
      expect(parseCloudEventType(cloudEventType(type.type, type.version))).toEqual({
        name: type.type,
        version: type.version
      })
    }
  )

  it("has a name of its own", () => {
    expect(new Set(types.map(({ type }) => type)).size).toBe(types.length)
  })
})

describe("every command", () => {
  it.each(asked.map((type) => [type.command, type] as const))(
    "%s has an example that its codec keeps",
    (_, type) => {
      const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeUnknownSync(type.payload)(type.example)))
      expect(Schema.decodeUnknownSync(type.payload)(wire)).toEqual(type.example)
    }
  )

  it.each(asked.map((type) => [type.command, type] as const))(
    "%s is a context and a verb, and says what it does",
    (_, type) => {
      expect(type.command).toBe(`${type.context}.${type.verb}`)
      expect(type.command).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/)
      expect(type.about).toMatch(/^[A-Z].*\.$/)
    }
  )

  it("has a name of its own", () => {
    expect(new Set(asked.map(({ command }) => command)).size).toBe(asked.length)
  })
})

describe("a CloudEvents type", () => {
  it.each([
    "",
    "wadjet",
    "wadjet.policy.muted",
    "wadjet.policy.muted.v0",
    "wadjet.policy.muted.v1.x",
    "wadjet.a.b.c.v1",
    "org.policy.muted.v1"
  ])("%j is none of ours", (text) => {
    expect(parseCloudEventType(text)).toBeUndefined()
  })
})
