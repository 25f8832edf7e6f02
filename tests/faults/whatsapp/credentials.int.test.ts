/** Pairing, killed at any of its writes; and a paired session, killed at each write after the other. */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startLoopbackWhatsApp, type Account, type LoopbackWhatsApp } from "../../loopback-whatsapp/index.ts"
import { bundleProgram, type Program } from "./bundle.ts"
import { until } from "./world.ts"

/** How many writes of each kind of pairing are killed at, spread over all; WADJET_FAULTS_WRITES=all for every one. */
const wanted = process.env["WADJET_FAULTS_WRITES"] ?? "5"
const writesMax = wanted === "all" ? Number.POSITIVE_INFINITY : Number(wanted)
/** The first and the last writes are killed at in any case: there the credentials themselves are. */
const edge = 2
/** How many deaths a session that is paired must outlive, one after the other on one folder, before and after a write. */
const deathsInARow = wanted === "all" ? 30 : 6

type When = "before" | "after"
type Method = "qr" | "code"

let program: Program
let whatsApp: LoopbackWhatsApp
let accounts = 0

beforeAll(async () => {
  program = await bundleProgram("tests/actors/whatsapp/session/doomed-process.ts")
  whatsApp = await startLoopbackWhatsApp({ seed: 70 })
})
afterAll(async () => {
  await whatsApp.close()
  program.remove()
})

/** A line that a session says. */
interface Line {
  readonly opened?: true
  /** The writes it had passed by then, each by its transaction and its words. */
  readonly passed?: ReadonlyArray<string>
  readonly state?: string
  readonly qr?: string
  readonly code?: string
}

const spawnSession = (folder: string, ...doom: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [program.path, folder, whatsApp.url, ...doom], {
    env: { ...process.env, ...whatsApp.environment },
    stdio: ["ignore", "pipe", "inherit"]
  })
  const said: Array<Line> = []
  createInterface({ input: child.stdout }).on("line", (line) => void said.push(JSON.parse(line) as Line))
  let isGone = false
  child.once("close", () => {
    isGone = true
  })
  return {
    said,
    isGone: () => isGone,
    /** Ends it, if it lives, and answers once it is gone. */
    end: async () => {
      child.kill("SIGKILL")
      await until("its end", () => isGone)
    }
  }
}

const newAccount = (): { readonly account: Account; readonly number: string } => {
  const number = `55119${String((accounts += 1)).padStart(8, "0")}`
  return { account: whatsApp.account({ number, name: number }), number }
}

const withFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "wadjet-pairing-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The phone's part. It fails where the client dies meanwhile, which is what is tried here. */
const accept = (account: Account, { code, qr }: Line): Promise<unknown> =>
  (qr === undefined ? account.enterPairingCode(code ?? "") : account.scanQr(qr)).catch(() => undefined)

/** Links a number in a process that is to die; answers the writes that it took where it did not die. */
const pair = async (
  folder: string,
  method: Method,
  { account, number }: ReturnType<typeof newAccount>,
  when: When,
  at: number
): Promise<ReadonlyArray<string> | undefined> => {
  const session = spawnSession(folder, when, String(at), "start", method, number)
  const code = await until("a code", () =>
    session.isGone() ? "gone" : session.said.find((line) => line.qr !== undefined || line.code !== undefined)
  )
  const asked = () =>
    whatsApp.witness
      .stanzas("in", "iq")
      .some(({ content }) => Array.isArray(content) && content[0]?.tag === "link_code_companion_reg")
  if (code !== "gone" && method === "code")
    await until("the request for the code", () => session.isGone() || asked())
  if (code !== "gone") void accept(account, code)
  const opened = await until("it opens or dies", () =>
    session.isGone() ? "gone" : session.said.find((line) => line.opened === true)
  )
  await session.end()
  return opened === "gone" ? undefined : opened.passed
}

/** Starts it again, with nothing to kill it and nobody to pair it, and answers where it ends up. */
const comesBackAs = async (folder: string): Promise<string> => {
  const session = spawnSession(folder)
  const settled: ReadonlySet<string> = new Set(["open", "unlinked", "logged-out", "refused"])
  const state = await until("a state that lasts", () => {
    const last = session.said.findLast((line) => line.state !== undefined)?.state
    return last !== undefined && settled.has(last) ? last : undefined
  })
  await session.end()
  return state
}

/**
 * The writes that differ in what a death at them leaves, counted from 1. Of one transaction that writes hundreds of
 * keys with the same words, all of which a death undoes, these are the first two and the last.
 */
const distinct = (writes: ReadonlyArray<string>): ReadonlyArray<number> =>
  writes.flatMap((write, index) => {
    const isRepeated = [index - 2, index - 1, index + 1].every((at) => writes[at] === write)
    return isRepeated ? [] : [index + 1]
  })

/** Some of them, spread, and those at either edge. */
const picked = (all: ReadonlyArray<number>): ReadonlyArray<number> => {
  const step = Math.max(1, Math.floor(all.length / Math.max(1, writesMax - 2 * edge)))
  return all.filter((_, at) => at < edge || at >= all.length - edge || at % step === 0)
}

test.each([
  ["qr", "before"],
  ["qr", "after"],
  ["code", "before"],
  ["code", "after"]
] as const)(
  "killed while pairing by %s, %s any of its writes, it comes back without pairing if it was paired",
  async (method, when) => {
    const writes = await withFolder((folder) =>
      pair(folder, method, newAccount(), when, Number.MAX_SAFE_INTEGER)
    )
    const all = distinct(writes ?? [])
    expect(all.length).toBeGreaterThan(2 * edge)
    const found: Array<string> = []
    let kept = 0
    for (const at of picked(all))
      await withFolder(async (folder) => {
        const phone = newAccount()
        await pair(folder, method, phone, when, at)
        const isPaired = phone.account.clients().length > 0
        const state = await comesBackAs(folder)
        if (isPaired && state === "open") kept += 1
        if (isPaired ? state !== "open" : state === "open")
          found.push(`${when} write ${at}: ${isPaired ? "paired" : "not paired"}, and ${state}`)
      })
    console.log(
      `${method}, ${when}: ${writes?.length} writes, ${all.length} of them distinct, killed at ${picked(all).length}, ${kept} were paired`
    )
    expect(found).toEqual([])
  },
  3_600_000
)

test("a session that is paired outlives any number of deaths in a row", async () => {
  await withFolder(async (folder) => {
    const phone = newAccount()
    await pair(folder, "qr", phone, "after", Number.MAX_SAFE_INTEGER)
    for (const when of ["before", "after"] as const)
      for (let at = 1; at <= deathsInARow; at++) {
        const session = spawnSession(folder, when, String(at), "start")
        await until(
          "it opens or dies",
          () => session.isGone() || session.said.some((line) => line.opened === true)
        )
        await session.end()
      }
    expect(await comesBackAs(folder)).toBe("open")
    expect(phone.account.clients().length).toBe(1)
    console.log(`${2 * deathsInARow} deaths in a row, paired once`)
  })
}, 1_800_000)
