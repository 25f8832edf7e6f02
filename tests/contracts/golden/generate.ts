/**
 * Writes the golden fixture of every event version that has none yet. A fixture that exists is never touched:
 * once its version is released, a change to the event needs a new version and an upcaster. (Before the first
 * release, delete the fixture of an event that is still being shaped, and run this again.)
 *
 * @example
 * node tests/contracts/golden/generate.ts
 */
import { existsSync, writeFileSync } from "node:fs"
import { events } from "../../../contracts/catalogue.ts"
import type { EventType } from "../../../contracts/event.ts"
import { fixturePath, makeFixture } from "./fixture.ts"

const types: ReadonlyArray<EventType> = events

for (const type of types) {
  const path = fixturePath(type.type, type.version)
  if (existsSync(path)) continue
  writeFileSync(path, `${JSON.stringify(makeFixture(type), null, 2)}\n`)
  console.log(`wrote ${path}`)
}
