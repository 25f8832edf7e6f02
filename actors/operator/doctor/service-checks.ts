/** What runs: nats-server, the system itself, and the address that the page wants. */
import { createServer } from "node:net"
import { Effect, Schema } from "effect"
import { HealthReport } from "../../../contracts/http/system.ts"
import { findNatsServer } from "../../../infra/nats-server/find.ts"
import { durabilityOf } from "../durability.ts"
import { checkExternal } from "../external-server.ts"
import { check, type Check, fail, type Finding, ok, type Patient, warn } from "./finding.ts"

/** A healthy system answers in milliseconds. */
const answerMillis = 3_000

const own = Effect.fnUntraced(function* ({ dataFolder, running }: Patient) {
  if (running !== undefined && running.server === "embedded")
    return ok(
      `${running.serverVersion} runs, started by process ${running.pid}; ${durabilityOf("embedded").detail}`
    )
  const { found, passedOver } = yield* findNatsServer(dataFolder)
  const without = passedOver.length === 0 ? "" : ` (passed over: ${passedOver.join("; ")})`
  return found === undefined
    ? warn(`none found${without}`, "The first start fetches one; or install nats-server 2.14 or newer.")
    : ok(`${found.version} at ${found.path}, started with sync_interval: always${without}`)
})

const external = ({ config }: Patient, url: string) =>
  checkExternal({ url, user: config.natsUser, password: config.natsPassword }).pipe(
    Effect.map((version) =>
      warn(
        `${version} answers at ${url}; ${durabilityOf("external").detail}`,
        "Nobody can ask a server for its sync_interval: see that its configuration says sync_interval: always."
      )
    ),
    Effect.catch((error) =>
      Effect.succeed(
        fail(error.message, "Start or update that server, or correct WADJET_NATS_URL, _USER and _PASSWORD.")
      )
    )
  )

const server = check("nats-server", (patient) =>
  patient.config.natsUrl === undefined ? own(patient) : external(patient, patient.config.natsUrl)
)

const decodeReport = Schema.decodeUnknownEffect(Schema.fromJsonString(HealthReport))

const readiness = Effect.fnUntraced(function* (url: string, pid: number): Effect.fn.Return<Finding, unknown> {
  const text = yield* Effect.tryPromise((signal) =>
    fetch(`${url}/readyz`, { signal: AbortSignal.any([signal, AbortSignal.timeout(answerMillis)]) }).then(
      (it) => it.text()
    )
  )
  const { checks, ready } = yield* decodeReport(text)
  const broken = checks.filter((it) => !it.ok).map(({ detail, name }) => `${name}: ${detail ?? "not well"}`)
  return ready
    ? ok(`process ${pid} is ready (${checks.map(({ name }) => name).join(", ")})`)
    : fail(`process ${pid} is not ready: ${broken.join("; ")}`, "Its log on standard error says more.")
})

const system = check(
  "system",
  ({ running }) => {
    if (running === undefined) return Effect.succeed(ok("not running"))
    return running.httpUrl === null
      ? Effect.succeed(ok(`process ${running.pid}, without a page`))
      : readiness(running.httpUrl, running.pid)
  },
  "It runs but does not answer: read its log on standard error, or stop it and start it again."
)

/** Listens for a moment, to see whether somebody else does. */
const listens = (host: string, port: number) =>
  Effect.callback<string | undefined>((resume) => {
    const probe = createServer()
    probe.once("error", (error: NodeJS.ErrnoException) => resume(Effect.succeed(error.code ?? error.message)))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resume(Effect.succeed(undefined))))
  })

const address = check("page address", ({ config, running }) =>
  Effect.gen(function* () {
    const { host, port } = config.http
    if (running?.httpUrl !== undefined && running.httpUrl !== null) return ok(`${running.httpUrl}, ours`)
    const problem = yield* listens(host, port)
    if (problem === undefined) return ok(`${host}:${port} is free`)
    return fail(
      `${host}:${port} cannot be listened on: ${problem === "EADDRINUSE" ? "another program does" : problem}`,
      "Stop that program, or set WADJET_HTTP to another address."
    )
  })
)

export const serviceChecks: ReadonlyArray<Check> = [server, system, address]
