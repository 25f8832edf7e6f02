/** `wadjet overrides` and `wadjet consent`, beside a system that runs. */
import { writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { wadjet } from "../actors/operator/captured.ts"
import { get, makeFolder, post, searchPath, startSystem, stopSystem, type System } from "./cli-process.ts"

const { path, remove } = makeFolder()
const settings = { WADJET_DATA: path("data") }
let system: System
let key = ""

interface Timeline {
  readonly chat: string
  readonly items: ReadonlyArray<{ readonly text: string | null }>
}
interface Messages {
  readonly items: ReadonlyArray<{ readonly sender: string; readonly text: string | null }>
}

const ask = async (...args: ReadonlyArray<string>) => {
  const { err, exit, out } = await wadjet(args, { ...settings, PATH: searchPath() })
  return { exit, out: out.trim(), err }
}
const shown = async <T>(url: string) => (await get(`${system.ready.page}${url}`, key)).body as T
const chatNow = async () => (await shown<Timeline>("/v1/sandbox/messages")).chat

beforeAll(async () => {
  system = await startSystem(settings)
  key = system.ready.ownerKey!
  await post(system.ready.page, key, "hello")
}, 60_000)
afterAll(async () => {
  await stopSystem(system)
  remove()
})

describe("wadjet overrides", () => {
  it("imports a list, prints it as it was, and says of the line at fault what was expected", async () => {
    const list = path("rules.csv")
    const rows = [
      "match,pattern,effect,chat,expires,reason",
      "domain,sales.example,deny,,,spam",
      "host,www.ours.example,allow,,2099-01-31T22:00:00Z,"
    ]
    writeFileSync(list, `${rows.join("\n")}\n`)
    expect((await ask("overrides", "import", list)).out).toBe("2 overrides set, 0 overrides there already.")
    expect((await ask("overrides", "import", list)).out).toBe("0 overrides set, 2 overrides there already.")
    writeFileSync(list, `${rows.join("\n")}\ndomain,over.example,deny,,2020-01-31,\n`)
    expect((await ask("overrides", "import", list)).out).toBe(
      "0 overrides set, 2 overrides there already. 1 override left out: over by now."
    )
    const printed = await ask("overrides", "export")
    expect(printed.out.split("\n")).toHaveLength(3)
    for (const text of ["sales.example", "www.ours.example", "2099-01-31T22:00:00", "spam"])
      expect(printed.out).toContain(text)
    writeFileSync(list, `${rows[0]}\ndomain,also.example,deny,,,\ndomain,not a domain,deny,,,\n`)
    const wrong = await ask("overrides", "import", list)
    expect(wrong.exit).not.toBe("success")
    expect(wrong.err).toContain('line 3: expected a domain, such as example.com, found "not a domain"')
    expect((await ask("overrides", "list", "--text", "also.example")).out).toBe(
      "There are no such overrides."
    )
  })

  it("sets none for a chat that is not there, or for a time that has passed", async () => {
    const deny = ["overrides", "deny", "domain", "never.example"]
    expect((await ask(...deny, "--chat", "c0nobody0")).err).toContain("There is no chat c0nobody0")
    expect((await ask(...deny, "--until", "2020-01-31")).err).toContain('"2020-01-31" has passed')
    expect((await ask("overrides", "list", "--text", "never.example")).out).toBe(
      "There are no such overrides."
    )
  })
})

describe("wadjet consent", () => {
  it("says what holds, and what is withdrawn is not read from then on", async () => {
    const chat = await chatNow()
    expect((await ask("consent", "status")).out).toBe(
      "Chats are read unless they withdrew their consent.\n0 chats said anything about it."
    )
    expect((await ask("consent", "withdraw", chat)).out).toMatch(
      new RegExp(`^The chat ${chat} is not read any more \\(event \\d+\\)\\.$`, "u")
    )
    expect((await ask("consent", "withdraw", chat)).out).toBe("It is so already.")
    await post(system.ready.page, key, "a secret http://example.com/")
    expect((await ask("consent", "status", chat)).out).toMatch(
      /^Chats are read unless .*\nIt is not read: consent was withdrawn 2\S+Z by operator\.$/u
    )
    expect(JSON.parse((await ask("consent", "give", chat, "--json")).out)).toMatchObject({
      sequence: expect.any(Number)
    })
    const after = await post(system.ready.page, key, "read again")
    const { items } = await shown<Messages>(`/v1/chats/${chat}/messages?after=${after}`)
    expect(items.map(({ text }) => text)).toEqual(["read again", "hello"])
  })

  it("opts somebody out and in, and tells the API the same as the command line", async () => {
    const chat = await chatNow()
    const { items } = await shown<Messages>(`/v1/chats/${chat}/messages`)
    const { sender } = items[0]!
    await ask("consent", "opt-out", chat, sender)
    const out = JSON.parse((await ask("consent", "status", chat, "--json")).out) as { sequence?: number }
    expect(out).toMatchObject({ isRead: true, given: true, optOuts: [{ person: sender }] })
    expect(await shown(`/v1/chats/${chat}/consent`)).toEqual(out)
    await ask("consent", "opt-in", chat, sender)
    const back = JSON.parse((await ask("consent", "status", chat, "--json")).out) as unknown
    expect(back).toMatchObject({ optOuts: [] })
  })

  it("is asked of all chats where that is required, and a chat that is not there is an error", async () => {
    expect((await ask("consent", "require")).out).toMatch(/^Chats are read only once they agreed/u)
    expect(await shown("/v1/consent")).toMatchObject({ required: true, items: [{ given: true }] })
    expect((await ask("consent", "waive")).out).toMatch(/^Chats are read unless/u)
    const unknown = await ask("consent", "withdraw", "c0nobody0")
    expect(unknown.err).toContain("There is no chat c0nobody0")
    expect((await ask("consent", "status", "nonsense")).err).toContain("expected a chat's id")
  })
})
