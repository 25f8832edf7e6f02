/** `wadjet contacts`, beside a system that runs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { wadjet } from "../actors/operator/captured.ts"
import { makeFolder, searchPath, startSystem, stopSystem, type System } from "./cli-process.ts"

const { path, remove } = makeFolder()
const settings = { WADJET_DATA: path("data") }
let system: System

const ask = async (...args: ReadonlyArray<string>) => {
  const { err, exit, out } = await wadjet(["contacts", ...args], { ...settings, PATH: searchPath() })
  return { exit, out: out.trim(), err }
}
const added = async (...args: ReadonlyArray<string>) =>
  (JSON.parse((await ask("add", ...args, "--json")).out) as { readonly contact: string }).contact

const listed = async () =>
  (await ask("list", "--json")).out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { readonly optedOut: boolean; readonly card: object })

beforeAll(async () => {
  system = await startSystem(settings)
}, 60_000)
afterAll(async () => {
  await stopSystem(system)
  remove()
})

describe("wadjet contacts", () => {
  it("makes a contact, changes what is said of it, and makes one of two, which wants what either wanted", async () => {
    const ada = await added("Ada", "0170 1234567", "--region", "DE", "--tag", "family", "--alias", "A.")
    const again = await ask("add", "Somebody else", "+49 170 1234567")
    expect([again.exit, again.err]).toEqual(["failed", expect.stringContaining(ada)])
    expect((await ask("change", ada, "--name", "Ada L", "--tag", "work")).out).toContain(
      "Ada L, +491701234567"
    )
    const other = await added("Lady Lovelace", "+49 170 1234568", "--notes", "likes engines")
    await ask("opt-out", other)
    expect((await ask("merge", ada, other)).out).toContain(`${other} is ${ada} from here on`)
    expect(await listed()).toEqual([
      expect.objectContaining({
        contact: ada,
        optedOut: true,
        card: {
          name: "Ada L",
          aliases: ["A.", "Lady Lovelace"],
          number: "+491701234567",
          tags: ["work"],
          favourite: false,
          notes: "likes engines"
        }
      })
    ])
  })

  it("says what is wrong with a number or an id", async () => {
    const wrong = await ask("add", "Bea", "12")
    expect([wrong.exit, wrong.err]).toEqual(["usage", expect.stringContaining("a phone number such as")])
    const unknown = await ask("change", "Bea", "--name", "B.")
    expect([unknown.exit, unknown.err]).toEqual(["usage", expect.stringContaining('"Bea" is no contact')])
  })
})
