/** The whole of Wadjet on a nats-server of its own, with the API on a free port, for the tests of this folder. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Context, Effect, Layer, Redacted, Schema } from "effect"
import { accountsFile, openAccounts } from "../../../actors/admin/accounts.ts"
import { type AdminOptions, startAdmin } from "../../../actors/admin/start-admin.ts"
import type { Copying } from "../../../actors/operator/run-backup.ts"
import { calendarOf } from "../../../actors/operator/calendar.ts"
import { readContactText } from "../../../actors/operator/read-contact-text.ts"
import { readOlder } from "../../../actors/operator/read-older.ts"
import { serveProjections } from "../../../actors/operator/serve-projections.ts"
import { runActors, services } from "../../../actors/operator/system.ts"
import { weighingOf } from "../../../actors/operator/weighing.ts"
import type { Role } from "../../../contracts/account.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import { FetchFailed } from "../../../infra/guarded-client/fetch-failed.ts"
import { judgeUrl } from "../../../infra/guarded-client/judge-url.ts"
import { PastModels } from "../../../projections/past/models.ts"
import { ReadModels } from "../../../projections/reader.ts"
import { type ProjectorOptions, startProjector } from "../../../projections/start-projector.ts"
import { startTestNats } from "../../setup/local-nats.ts"
import { plainPacing } from "../../../actors/whatsapp/pacing/limits.ts"

export const webFolder = fileURLToPath(new URL("../../../actors/admin/web", import.meta.url))

/** Fast enough that nothing a test says has to wait its turn. */
export const pacing = plainPacing({ overallPerMinute: 6_000, chatPerMinute: 6_000, burst: 100 })

export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "wadjet-admin-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** A nats-server and an empty data folder, which outlive whatever is started and stopped on them. */
export const ground = Effect.gen(function* () {
  const nats = yield* startTestNats({ sync: "default" })
  const dataFolder = yield* temporaryFolder
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const foundation = {
    address,
    dataFolder,
    server: "external" as const,
    serverVersion: "",
    died: Effect.never
  }
  return { nats, dataFolder, foundation }
})

export type Ground = Effect.Success<typeof ground>

/** What of a ground is needed to stand on it. */
type Standing = Omit<Ground, "nats"> & { readonly nats: Pick<Ground["nats"], "url" | "user" | "pass"> }

export const healthy = Effect.succeed({ ready: true, checks: [{ name: "log", ok: true }] })

const nowhere = () => new FetchFailed({ fault: "unreachable", message: "there is no way out of this test" })

/** Webhooks are told nothing, and no name server is asked for their hosts. */
const noWayOut: GuardedClientService = {
  judge: judgeUrl,
  ask: () => nowhere(),
  download: () => nowhere(),
  certificate: () => nowhere()
}

/** Everything, composed as the product composes it, until the scope closes. */
export const whole = Effect.fnUntraced(function* (
  { dataFolder, foundation, nats }: Standing,
  refresh?: AdminOptions["refresh"],
  copying?: Copying,
  webhooks: Pick<AdminOptions, "outbound" | "retrying"> = {},
  installed: Pick<ProjectorOptions, "workerEntry"> = {}
) {
  const context = yield* Layer.build(services(foundation))
  return yield* Effect.gen(function* () {
    yield* runActors({ dataFolder, pacing, copying })
    const projector = yield* startProjector({
      nats: { url: nats.url, user: nats.user, password: nats.pass },
      dataFolder,
      /** Asked whenever a thread starts. */
      get workerEntry() {
        return installed.workerEntry
      }
    })
    const threads = { nats: { url: nats.url, user: nats.user, password: nats.pass }, dataFolder }
    const models = yield* Layer.build(Layer.merge(ReadModels.layer(projector), PastModels.layer(threads, 0)))
    yield* serveProjections(projector, { ...threads, niceness: 0 })
    const http = { host: "127.0.0.1", port: 0 }
    const started = yield* startAdmin({
      http,
      webFolder,
      dataFolder,
      wantsFirstKey: true,
      health: healthy,
      weighingOf,
      calendarOf,
      readContacts: readContactText,
      readOlder,
      refresh,
      outbound: webhooks.outbound ?? noWayOut,
      retrying: webhooks.retrying
    }).pipe(Effect.provideContext(models))
    const accounts = yield* openAccounts(join(dataFolder, accountsFile))
    const keyOf = (role: Role) => Effect.map(accounts.createKey({ role }), ({ text }) => text)
    return { ...started, accounts, keyOf, context: Context.merge(context, models), projector }
  }).pipe(Effect.provideContext(context))
})

export type Whole = Effect.Success<ReturnType<typeof whole>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body read as JSON of a shape; throws where it has another one. */
  readonly as: <S extends Schema.Codec<unknown, unknown>>(shape: S) => S["Type"]
}

/** One request, and its whole answer. */
export const call = async (url: string, key: string | undefined, init: RequestInit = {}): Promise<Answer> => {
  const headers = new Headers(init.headers)
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`)
  if (init.body !== undefined) headers.set("content-type", "application/json")
  const response = await fetch(url, { ...init, headers })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    as: (shape) => Schema.decodeUnknownSync(Schema.fromJsonString(shape))(text)
  }
}

const eventuallySeconds = 30

/** Asks again until what is asked for holds. */
export const eventually = async <A>(ask: () => Promise<A>, holds: (value: A) => boolean): Promise<A> => {
  const until = Date.now() + eventuallySeconds * 1_000
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    if (Date.now() > until)
      throw new Error(`it never came to hold; last: ${JSON.stringify(value).slice(0, 2_000)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
