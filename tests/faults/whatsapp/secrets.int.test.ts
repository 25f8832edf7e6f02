import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { inspect } from "node:util"
import { expect, test } from "vitest"
import { everyIncoming } from "./points.ts"
import { runScenario } from "./scenario.ts"
import { sessionSecrets, spellingsOf } from "./session-secrets.ts"
import { toldWorld } from "./told-world.ts"

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** The server goes on working: a file may be gone by the time it is read. */
const contentOf = (file: string): Buffer => {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}

const namesIn = (content: Buffer, secrets: ReadonlyMap<string, Buffer>) =>
  [...secrets]
    .filter(([, secret]) => spellingsOf(secret).some((spelling) => content.includes(spelling)))
    .map(([name]) => name)

test("after deaths, new sessions and messages that do not open, no key is in any file nor on any console", async () => {
  const world = await toldWorld(90)
  try {
    const { breaches } = await runScenario({
      world,
      deaths: everyIncoming(1),
      rounds: 0,
      saidPerLife: 6,
      spoiled: 4
    })
    expect(breaches).toEqual([])
    const secrets = await sessionSecrets(world.dataFolder)
    const files = filesIn(world.folder)
    const found = files.flatMap((file) =>
      namesIn(contentOf(file), secrets).map((name) => `${name} in ${file}`)
    )
    const words = world.console()
    console.log(
      `${secrets.size} secrets, looked for in ${files.length} files and ${words.length} bytes of consoles`
    )
    const kinds = ["credentials", "session", "sender-key", "pre-key"]
    expect(kinds.filter((kind) => ![...secrets.keys()].some((name) => name.startsWith(kind)))).toEqual([])
    // The search finds what is there, in the console's own spelling.
    const [name, secret] = [...secrets][0]!
    expect(namesIn(Buffer.from(inspect(secret)), secrets)).toEqual([name])
    expect(found).toEqual([])
    expect(namesIn(words, secrets)).toEqual([])
    // What would be said is looked for in the right place: other words did arrive there.
    expect(words.length).toBeGreaterThan(0)
  } finally {
    await world.close()
  }
}, 180_000)
