/** `wadjet run` as a process: start, stop, being killed, and everything that may stand in its way. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { createServer } from "node:net"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import {
  entry,
  get,
  makeFolder,
  post,
  run,
  searchPath,
  start,
  startSystem,
  stopSystem,
  type System
} from "./cli-process.ts"

const { folder, path, remove } = makeFolder()
const systems: Array<System> = []
afterAll(remove)

const running = async (settings: Readonly<Record<string, string>>) => {
  const system = await startSystem(settings)
  systems.push(system)
  return system
}

/** The first line of the log with a message that begins so. */
const logged = (err: string, begins: string): unknown =>
  err
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { readonly msg?: string })
    .find(({ msg }) => msg?.startsWith(begins) === true)

/** What a server answers that is asked by a name. */
const statusAs = (page: string, host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(`${page}/healthz`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on("error", reject)
      .end()
  })

interface Verdicts {
  readonly items: ReadonlyArray<{
    readonly level: string | null
    readonly url: string | null
    readonly status: string
  }>
}

/** Waits for the verdict of the newest link. */
const verdict = async (page: string, key: string, sequence: number) => {
  while (true) {
    const { body } = await get(`${page}/v1/verdicts?after=${sequence}&limit=1`, key)
    const [newest] = (body as Verdicts).items
    if (newest !== undefined && newest.level !== null) return newest
  }
}

const dataFolder = path("data")
const settings = { WADJET_DATA: dataFolder, WADJET_HTTP_NAMES: "nas.lan" }
let key = ""
let last = 0

describe("a system from its first start on", () => {
  it("shows the owner's key once, judges what is posted, and ends with 0 when it is interrupted twice", async () => {
    const system = await running(settings)
    const { page, ownerKey } = system.ready
    key = ownerKey!
    expect(key).toMatch(/^wadjet_/)
    expect(JSON.parse(readFileSync(join(dataFolder, "run.json"), "utf8"))).toMatchObject({
      pid: system.child.pid,
      httpUrl: page
    })
    const sequence = await post(page, key, "look http://192.0.2.7/login.exe")
    expect(await verdict(page, key, sequence)).toMatchObject({
      level: "malicious",
      url: "http://192.0.2.7/login.exe"
    })
    expect(await (await fetch(`${page}/readyz`)).json()).toMatchObject({ ready: true })
    expect([await statusAs(page, "nas.lan"), await statusAs(page, "evil.example")]).toEqual([200, 421])

    const ended = stopSystem(system)
    system.child.kill("SIGINT")
    const { code, err } = await ended
    expect(code).toBe(0)
    expect(logged(err, "asked to stop")).toMatchObject({ by: "SIGINT", parent: process.pid })
    expect(existsSync(join(dataFolder, "run.json"))).toBe(false)
  })

  it("carries on at its second start, says in how much time, and shows no key", async () => {
    const again = start(["run"], settings)
    while (!again.written.out.includes("Ctrl-C"))
      await new Promise((resolve) => again.child.stdout!.once("data", resolve))
    again.child.kill("SIGTERM")
    const { code, out } = await again.ended
    expect(code).toBe(0)
    expect(out).toMatch(/^Wadjet \d+\.\d+\.\d+, ready in \d+\.\d\d s\n/)
    expect(out).toMatch(/ {2}log {4}\d+ events, nats-server \d/)
    expect(out).toContain("sync_interval: always: acknowledged means on disk")
    expect(out).not.toContain("#key=")
    expect(out).toContain("Stopped. What was acknowledged is on disk; the next start carries on.")
  })

  it("has everything that was acknowledged after it was killed", async () => {
    const system = await running(settings)
    const { page } = system.ready
    const sequence = await post(page, key, "and http://203.0.113.77/invoice.scr")
    system.child.kill("SIGKILL")
    await system.ended
    const after = await running(settings)
    expect(logged(after.written.err, "the run before ended without a stop")).toMatchObject({
      process: system.child.pid
    })
    expect(after.ready.log.last).toBeGreaterThanOrEqual(sequence)
    expect(await verdict(after.ready.page, key, sequence)).toMatchObject({
      url: "http://203.0.113.77/invoice.scr",
      level: "malicious"
    })
    last = after.ready.log.last
  })
})

describe("while it runs", () => {
  const page = () => systems.at(-1)!.ready.page

  it("a second one on the same data folder is refused, with the first one's number", async () => {
    const { code, err } = await run(["run"], settings)
    expect(code).toBe(1)
    expect(err).toContain(`process ${systems.at(-1)!.child.pid} runs Wadjet on it`)
    expect(err).toContain("WADJET_DATA")
  })

  it("read models are folded anew beside those that answer, and gone back to", async () => {
    for (const args of [["rebuild"], ["rebuild", "--back"]]) {
      const { code, err, out } = await run([...args, "--json"], settings)
      expect({ code, err }).toEqual({ code: 0, err: "" })
      expect((JSON.parse(out) as { readonly upTo: number }).upTo).toBeGreaterThanOrEqual(last)
    }
  })

  it("the log can be read", async () => {
    const { code, out } = await run(["events", "tail", "--from", "1", "--json"], settings)
    const events = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly sequence: number })
    expect(code).toBe(0)
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
    expect(events.length).toBeGreaterThanOrEqual(last)
    expect(out).not.toContain("192.0.2.7")
  })

  it("an event's words are opened with the keys of this machine, when that is asked for", async () => {
    const tail = await run(["events", "tail", "--from", "1", "--context", "message", "--json"], settings)
    const events = tail.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly sequence: number; readonly type: string })
    const { sequence } = events.find(({ type }) => type === "message.received")!
    expect((await run(["events", "show", String(sequence)], settings)).out).toContain("(sealed)")
    expect((await run(["events", "show", String(sequence), "--open"], settings)).out).toContain(
      "http://192.0.2.7/login.exe"
    )
  })

  it("a reader that has read enough ends the listing quietly", async () => {
    const shell = ["/bin/sh", "-c", `"$0" "$@" events tail --from 1 | head -n 1`, process.execPath]
    const entry = join(import.meta.dirname, "../../actors/operator/main.ts")
    const { code, err, out } = await run([], settings, "", [...shell, entry])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out.trim().split("\n")).toHaveLength(1)
  })

  it("doctor finds it ready, and its own port taken by itself", async () => {
    const { code, out } = await run(["doctor"], settings)
    expect(code).toBe(0)
    expect(out).toContain(`process ${systems.at(-1)!.child.pid} is ready`)
    expect(out).toContain(`${page()}, ours`)
  })

  it("a key that is made is accepted at once, and one that is revoked no longer", async () => {
    const made = JSON.parse((await run(["keys", "create", "--role", "viewer", "--json"], settings)).out) as {
      id: string
      key: string
    }
    expect((await get(`${page()}/v1/overview`, made.key)).status).toBe(200)
    expect((await run(["keys", "revoke", made.id], settings)).code).toBe(0)
    expect(await get(`${page()}/v1/overview`, made.key)).toMatchObject({
      status: 401,
      body: { title: expect.any(String) }
    })
    expect((await get(`${page()}/v1/overview`, "wadjet_nonsense")).status).toBe(401)
  })

  it("following the log shows what happens, until it is interrupted", async () => {
    const tail = start(["events", "tail", "--follow", "--json"], settings)
    await tail.firstLine
    const sequence = await post(page(), key, "hello")
    while (!tail.written.out.includes(`"sequence":${sequence},`))
      await new Promise((resolve) => tail.child.stdout!.once("data", resolve))
    tail.child.kill("SIGINT")
    expect((await tail.ended).code).toBe(130)
  })

  it("a person is forgotten from the command line, after a look at what that means", async () => {
    const tail = await run(["events", "tail", "--from", "1", "--context", "message", "--json"], settings)
    const first = tail.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { sequence: number; type: string; data: { sender?: string } })
    const { data, sequence } = first.find(({ type }) => type === "message.received")!
    const dry = await run(["erase", "person", data.sender!], settings)
    expect(dry.out).toContain("Nothing was done")
    expect((await run(["events", "show", String(sequence), "--open"], settings)).out).toContain("192.0.2.7")
    expect((await run(["erase", "person", data.sender!, "--yes"], settings)).out).toContain(
      "Forgotten: 1 key"
    )
    const shown = (await run(["events", "show", String(sequence), "--open"], settings)).out
    expect(shown).not.toContain("192.0.2.7")
    expect(shown).toContain("(forgotten)")
  })

  it("the system ends with a reason when its server is killed, and comes back whole", async () => {
    const system = systems.at(-1)!
    const [name] = readdirSync(join(dataFolder, "nats", "run"))
    process.kill(Number(/_(\d+)\.ports$/.exec(name!)![1]), "SIGKILL")
    const { code, err } = await system.ended
    expect(code).toBe(1)
    expect(logged(err, "a part ended, and everything is ended with it")).toMatchObject({
      level: 60,
      part: "nats-server"
    })
    expect(err).toContain("SIGKILL")
    expect(err).toContain("start again: what was acknowledged is on the disk")
    const after = await running(settings)
    expect(after.ready.log.last).toBeGreaterThanOrEqual(last)
    expect(await stopSystem(after)).toMatchObject({ code: 0 })
    const rebuilt = await run(["rebuild", "--json"], settings)
    expect(JSON.parse(rebuilt.out)).toMatchObject({ same: true })
  })
})

describe("a system whose output nobody reads any more", () => {
  it("goes on, and stops in order when it is asked to", async () => {
    const system = await running({ WADJET_DATA: path("unread") })
    system.child.stdout!.destroy()
    const { ownerKey, page } = system.ready
    expect(await post(page, ownerKey!, "hello")).toBeGreaterThan(0)
    expect(await stopSystem(system)).toMatchObject({ code: 0 })
  })
})

describe("a system that ends for a reason of its own says which", () => {
  /** Has the program break as no part of it does. */
  const breaking = (how: string) => [
    process.execPath,
    "--import",
    `data:text/javascript,process.on("SIGUSR2",()=>{${how}})`,
    entry
  ]
  const brokenBy = async (how: string) => {
    const system = start(["run", "--json"], { WADJET_DATA: path("broken") }, breaking(how))
    await system.firstLine
    return stopSystem(system, "SIGUSR2")
  }

  it("something was thrown that nobody caught: it says what, stops in order, and answers that it failed", async () => {
    const { code, err } = await brokenBy('throw new Error("nobody expected this")')
    expect(code).toBe(1)
    expect(logged(err, "something broke")).toMatchObject({
      level: 60,
      origin: "uncaughtException",
      cause: expect.stringMatching(/^Error: nobody expected this\n {4}at /)
    })
    expect(logged(err, "asked to stop")).toMatchObject({ by: "uncaughtException" })
    expect(existsSync(join(path("broken"), "run.json"))).toBe(false)
  })

  it("a promise that nobody looked at was rejected: just so", async () => {
    const { code, err } = await brokenBy('Promise.reject(new Error("nor this"))')
    expect(code).toBe(1)
    expect(logged(err, "something broke")).toMatchObject({ origin: "unhandledRejection" })
    // Nothing was left behind by the one before, which would be told of as a run that was killed.
    expect(logged(err, "the run before ended without a stop")).toBeUndefined()
  })

  it("its terminal was closed", async () => {
    const system = start(["run", "--json"], { WADJET_DATA: path("broken") })
    await system.firstLine
    const { code, err } = await stopSystem(system, "SIGHUP")
    expect(code).toBe(0)
    expect(logged(err, "asked to stop")).toMatchObject({ by: "SIGHUP" })
  })
})

describe("what stands in the way of a start is named, with what to do", () => {
  it("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    const { port } = server.address() as { readonly port: number }
    const { code, err } = await run(["run"], { WADJET_DATA: path("port"), WADJET_HTTP: `127.0.0.1:${port}` })
    expect(code).toBe(1)
    expect(err).toContain(`127.0.0.1:${port}`)
    expect(err).toContain("set WADJET_HTTP to another address")
    server.close()
    const system = await running({ WADJET_DATA: path("port") })
    expect(system.ready.page).toMatch(/^http:/)
    expect(await stopSystem(system)).toMatchObject({ code: 0 })
  })

  it("a data folder that cannot be made", async () => {
    writeFileSync(path("a-file"), "mine")
    const { code, err } = await run(["run"], { WADJET_DATA: join(path("a-file"), "data") })
    expect(code).toBe(1)
    expect(err).toContain("a file where one of its parent folders should be")
    expect(readFileSync(path("a-file"), "utf8")).toBe("mine")
  })

  it("an old nats-server on the path is passed over, and said", async () => {
    const old = join(folder, "old")
    mkdirSync(old)
    writeFileSync(join(old, "nats-server"), "#!/bin/sh\necho nats-server: v2.9.10\n")
    chmodSync(join(old, "nats-server"), 0o755)
    const system = start(["run", "--json"], { WADJET_DATA: path("old-data"), PATH: `${old}:${searchPath()}` })
    await system.firstLine
    expect(system.written.err).toContain(
      `passing over ${old}/nats-server is version 2.9.10, older than 2.14.0`
    )
    expect(await stopSystem(system)).toMatchObject({ code: 0 })
  })

  it("a NATS server elsewhere that is too old, before anything is made on it", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined)
      socket.write(
        `INFO ${JSON.stringify({ server_id: "old", version: "2.9.10", max_payload: 1_048_576, headers: true })}\r\n`
      )
      socket.on("data", (data) => String(data).includes("PING") && socket.write("PONG\r\n"))
    }).listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    const { port } = server.address() as { readonly port: number }
    const { code, err } = await run(["run"], {
      WADJET_DATA: path("elsewhere"),
      WADJET_NATS_URL: `nats://127.0.0.1:${port}`
    })
    expect(code).toBe(1)
    expect(err).toContain("expected version 2.14.0 or newer, found 2.9.10")
    expect(err).toContain("leave WADJET_NATS_URL out")
    server.close()
  })

  it("a NATS server elsewhere that does not answer", async () => {
    const { code, err } = await run(["run"], {
      WADJET_DATA: path("elsewhere"),
      WADJET_NATS_URL: "nats://127.0.0.1:1"
    })
    expect(code).toBe(3)
    expect(err).toContain("expected nats-server at nats://127.0.0.1:1".replace("e", "E"))
    expect(err).toContain("is it running")
  })
})
