/** The thread that asks the outside, as something that breaks, and that is asked to end. */
import { existsSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Logger, Scope } from "effect"
import { askedBy, type Asking } from "../../../../actors/scan/compose-outside.ts"
import { evidenceName } from "../../../../actors/scan/evidence.ts"
import { inputOf, type ThreadInput } from "../../../../actors/scan/outside-thread/outside-protocol.ts"
import { openOutsideThread } from "../../../../actors/scan/outside-thread/outside-thread.ts"
import type { Outlook } from "../../../../actors/scan/outside.ts"
import { judgeUrl } from "../../../../infra/guarded-client/judge-url.ts"
import { temporaryFolder } from "../../../faults/temporary-folder.ts"
import { everybody } from "../../../loopback-internet/everybody.ts"
import { openLoopbackInternet } from "../../../loopback-internet/internet.ts"

const nobodyHears = () => Effect.void
const namesOf = ({ evidence }: Outlook) => evidence.map(evidenceName)

/** A thread that is odd over some sites, what it logs, and how each one ended. */
const open = Effect.fnUntraced(function* () {
  const internet = yield* openLoopbackInternet()
  internet.allBecome("prompt")
  const folder = yield* temporaryFolder
  const logged: Array<string> = []
  const logger = Logger.make<unknown, void>(({ cause, logLevel, message }) => {
    logged.push(`${logLevel} ${JSON.stringify(message)} ${cause.reasons.length > 0 ? String(cause) : ""}`)
  })
  const started: Array<Promise<number>> = []
  const scope = yield* Scope.fork(yield* Effect.scope)
  const launch = (input: ThreadInput) => {
    const workerData = { ...input, internet: internet.place }
    const worker = new Worker(new URL("./odd-thread.ts", import.meta.url), { workerData })
    started.push(new Promise((resolve) => worker.once("exit", resolve)))
    return worker
  }
  const outside = yield* openOutsideThread(askedBy(everybody, internet.client), {
    input: () => inputOf(folder, everybody, undefined),
    noted: () => {},
    launch
  }).pipe(Effect.provide(Logger.layer([logger])), Scope.provide(scope))
  const lookAt = (site: string) => Effect.map(outside.look(`https://${site}.com/`, nobodyHears), namesOf)
  return { folder, logged, lookAt, outside, started, close: Scope.close(scope, Exit.void), internet }
})

describe("the thread that asks the outside", () => {
  it.live("begins looks again where it breaks, logs through its process, and ends when it is told to", () =>
    Effect.gen(function* () {
      const { close, folder, internet, logged, lookAt, outside, started } = yield* open()
      const found = yield* Effect.all([lookAt("breaks"), lookAt("listed-1")], { concurrency: "unbounded" })
      expect(found.map((names) => names.includes("urlhaus.listed"))).toEqual([false, true])
      expect(started).toHaveLength(2)
      expect(yield* Effect.promise(() => started[0]!)).toBe(7)
      expect(logged).toHaveLength(1)
      expect(logged[0]).toContain("an actor stopped and is started again")
      expect(logged[0]).toContain("the thread that asks the outside ended with code 7")
      yield* lookAt("logs")
      expect(logged[1]).toBe('Warn ["something is odd",{"host":"logs.com","times":2}] ')
      internet.allBecome("silent")
      yield* Effect.forkScoped(outside.look("https://garden.com/", nobodyHears))
      yield* Effect.yieldNow
      yield* close
      expect(yield* Effect.promise(() => started[1]!)).toBe(0)
      expect(existsSync(join(folder, "sources.db"))).toBe(true)
      expect(existsSync(join(folder, "sources.db-wal"))).toBe(false)
    }).pipe(Effect.scoped)
  )
})

describe("the product's own thread", () => {
  it.live("goes nowhere inside, whatever it is handed", () =>
    Effect.gen(function* () {
      let connections = 0
      const inside = createServer((_, response) => response.end()).on("connection", () => connections++)
      yield* Effect.acquireRelease(
        Effect.callback<void>((resume) => void inside.listen(0, "127.0.0.1", () => resume(Effect.void))),
        () => Effect.sync(() => inside.close())
      )
      const address = inside.address()
      const port = address !== null && typeof address === "object" ? address.port : 0
      const asking: Asking = {
        expand: true,
        icons: new Map(),
        brands: everybody.brands,
        sources: { ...everybody.sources, keyless: false, ...noKeys }
      }
      const folder = yield* temporaryFolder
      // As if somebody had found a way to hand it more than there is in the protocol.
      const handed = { exempt: true, ca: "", resolve: "127.0.0.1", internet: { port, dead: port } }
      const outside = yield* openOutsideThread(askedBy(asking, { judge: judgeUrl }), {
        input: () => ({ ...inputOf(folder, asking, undefined), ...handed }),
        noted: () => {}
      })
      for (const host of ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "localhost"]) {
        const { missing } = yield* outside.look(`http://${host}:${port}/`, nobodyHears)
        expect(missing.find(({ source }) => source === "redirects")?.reason).toMatch(/^not visited: /)
      }
      expect(connections).toBe(0)
    }).pipe(Effect.scoped)
  )
})

const noKeys = {
  safeBrowsing: undefined,
  urlhaus: undefined,
  virusTotal: undefined,
  phishTank: undefined,
  urlscan: undefined
}
