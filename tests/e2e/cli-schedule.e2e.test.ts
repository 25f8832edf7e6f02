/** `wadjet schedule`, beside a system that runs. */
import { writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { wadjet } from "../actors/operator/captured.ts"
import { get, makeFolder, post, searchPath, startSystem, stopSystem, type System } from "./cli-process.ts"

const { path, remove } = makeFolder()
const settings = { WADJET_DATA: path("data") }
let system: System
let chat = ""

const ask = async (...args: ReadonlyArray<string>) => {
  const { err, exit, out } = await wadjet(["schedule", ...args], { ...settings, PATH: searchPath() })
  return { exit, out: out.trim(), err }
}
const answerOf = async (...args: ReadonlyArray<string>) =>
  JSON.parse((await ask(...args, "--json")).out) as {
    readonly job: string
    readonly sequence: number
    readonly next: number
  }

/** The file of a job every day at nine, in this month and all that follow. */
const jobFile = (title: string) => {
  const file = path(`${title}.json`)
  const wanted = {
    title,
    messages: [{ text: "Good morning" }],
    timing: { zone: "UTC", start: "2026-01-01T09:00:00", rule: "FREQ=DAILY" },
    recipients: [{ chat }]
  }
  writeFileSync(file, JSON.stringify(wanted))
  return file
}

beforeAll(async () => {
  system = await startSystem(settings)
  const key = system.ready.ownerKey!
  await post(system.ready.page, key, "hello")
  chat = ((await get(`${system.ready.page}/v1/sandbox/messages`, key)).body as { readonly chat: string }).chat
}, 60_000)
afterAll(async () => {
  await stopSystem(system)
  remove()
})

describe("wadjet schedule", () => {
  it("changes a job only as somebody knows it", async () => {
    const { job, sequence } = await answerOf("add", jobFile("Greeting"))
    const farewell = jobFile("Farewell")
    expect((await ask("change", job, farewell, "--expected", String(sequence))).out).toContain(
      "fires next at"
    )
    expect((await ask("change", job, farewell, "--expected", String(sequence))).err).toContain("was changed")
  })

  it("leaves out the occurrence that is named, and no other", async () => {
    const { job, next } = await answerOf("add", jobFile("Skipped"))
    expect((await ask("skip", job, "--at", "2026-01-01T09:00Z")).err).toContain(
      "Expected the next occurrence"
    )
    expect((await ask("skip", job, "--at", "tomorrow")).err).toContain('"tomorrow" is no time')
    expect((await ask("skip", job, "--at", new Date(next).toISOString())).out).toContain("It leaves out")
  })

  it("makes up for what did not happen, once", async () => {
    const { job } = await answerOf("add", jobFile("Made up"))
    const days = ["--from", "2026-01-01", "--until", "2026-01-03"]
    expect((await ask("backfill", job, ...days)).out).toBe("It fires 2 occurrences that did not happen.")
    expect((await ask("backfill", job, ...days)).out).toBe("It fires 0 occurrences that did not happen.")
  })
})
