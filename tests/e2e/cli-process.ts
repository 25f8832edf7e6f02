/** The command `wadjet` as a process, as a person or a program would run it. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"

/** The file that `wadjet` runs. */
export const entry = fileURLToPath(new URL("../../actors/operator/main.ts", import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

type Settings = Readonly<Record<string, string>>

/** The server that tests run comes first on the path, so that nothing is fetched. */
export const searchPath = () => {
  const program = inject("natsServer")
  if ("missing" in program) throw new Error(program.missing)
  return [dirname(program.path), process.env["PATH"] ?? ""].join(delimiter)
}

const environmentOf = (settings: Settings) => {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("WADJET_"))
  return {
    ...Object.fromEntries(inherited),
    PATH: searchPath(),
    WADJET_HTTP: "127.0.0.1:0",
    WADJET_EXPAND: "off",
    WADJET_KEYLESS_SOURCES: "off",
    WADJET_FEEDS: "off",
    ...settings
  }
}

export interface Running {
  readonly child: ChildProcess
  /** What it has written so far. */
  readonly written: { out: string; err: string }
  readonly ended: Promise<Ended>
  /** Waits for the first line of standard output. */
  readonly firstLine: Promise<string>
}

/** What was started in this file and has not ended: a failed test may leave some. */
const left = new Set<ChildProcess>()

/** Starts `wadjet <args>` from the sources. */
export const start = (
  args: ReadonlyArray<string>,
  settings: Settings,
  program = [process.execPath, entry]
): Running => {
  const [command, ...before] = program
  const child = spawn(command!, [...before, ...args], {
    env: environmentOf(settings),
    stdio: ["pipe", "pipe", "pipe"]
  })
  left.add(child)
  child.once("close", () => left.delete(child))
  const written = { out: "", err: "" }
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      written.out += text
      if (written.out.includes("\n")) resolve(written.out.slice(0, written.out.indexOf("\n")))
    })
    child.once("close", () => reject(new Error(`it ended before it wrote a line: ${written.err}`)))
  })
  firstLine.catch(() => undefined)
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    written.err += text
  })
  const ended = once(child, "close").then(([code]): Ended => ({ code: code as number | null, ...written }))
  return { child, written, ended, firstLine }
}

/** Runs `wadjet <args>` to its end. */
export const run = (
  args: ReadonlyArray<string>,
  settings: Settings,
  input = "",
  program?: Array<string>
): Promise<Ended> => {
  const running = start(args, settings, program)
  running.child.stdin!.end(input)
  return running.ended
}

export interface Ready {
  readonly pid: number
  readonly page: string
  readonly log: { readonly last: number; readonly version: string; readonly url: string }
  readonly seconds: number
  readonly ownerKey?: string
}

/** Starts `wadjet run` on a data folder, and answers once it says that it is ready. */
export const startSystem = async (settings: Settings) => {
  const running = start(["run", "--json"], settings)
  const ready = JSON.parse(await running.firstLine) as Ready
  return { ...running, ready }
}

export type System = Awaited<ReturnType<typeof startSystem>>

/** Asks a system to stop, as Ctrl-C does, and answers how it ended. */
export const stopSystem = ({ child, ended }: Running, signal: NodeJS.Signals = "SIGINT"): Promise<Ended> => {
  child.kill(signal)
  return ended
}

export const get = async (
  url: string,
  key: string
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } })
  return { status: response.status, body: await response.json() }
}

/** Posts in the sandbox chat; answers with the sequence of the message. */
export const post = async (page: string, key: string, text: string): Promise<number> => {
  const response = await fetch(`${page}/v1/sandbox/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ text })
  })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return ((await response.json()) as { readonly sequence: number }).sequence
}

/** A folder for one test file. `remove` also ends what a failed test left running on it. */
export const makeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "wadjet-e2e-"))
  const remove = async () => {
    const ending = [...left].map((child) => once(child, "close"))
    for (const child of left) child.kill("SIGTERM")
    await Promise.all(ending)
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, path: (name: string) => join(folder, name), remove }
}
