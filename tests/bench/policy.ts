/**
 * How long the verdict actor takes from a stored scan to the stored verdict, which carries its outbox entry, and to
 * start, while many chats have settings of their own and many overrides are in force. Over a real nats-server, every
 * append synced.
 *
 *     node tests/bench/policy.ts [chats, 10000] [overrides, 100000] [links, 1000] [a second, 20]
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import { verdict } from "../../actors/verdict/actor.ts"
import { runManager, services } from "../../actors/operator/system.ts"
import type { AnyFact } from "../../contracts/catalogue.ts"
import { ChatId, hashOf, HostId, LinkId, MessageKey, OverrideId, PersonId } from "../../contracts/ids.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { MessageReceived } from "../../contracts/message.ts"
import { OverrideSet, SettingsChanged } from "../../contracts/policy.ts"
import { ScanCompleted } from "../../contracts/scan.ts"
import { EventLog, type EventLogService, type Entry } from "../../infra/event-log/event-log.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"
import { startNatsServer } from "../../infra/nats-server/start.ts"
import { machineLines, quantile } from "./machine.ts"

/** As `wadjet` starts it: with a larger young generation a collection takes ten milliseconds, and not two. */
const asWadjetRuns = "--max-semi-space-size=4"
if (!process.execArgv.includes(asWadjetRuns)) {
  const again = spawnSync(process.execPath, [asWadjetRuns, ...process.argv.slice(1)], { stdio: "inherit" })
  process.exit(again.status ?? 1)
}

const [chats = 10_000, overrides = 100_000, links = 1_000, perSecond = 20] = process.argv.slice(2).map(Number)
/** Chats that links are posted in, each of which has a key by then. */
const spokenIn = 100
/** What one commit holds while the log is filled. */
const seededAtOnce = 500
const say = (line: string) => Effect.sync(() => console.log(line))

const chatOf = (number: number) => ChatId.make(`c${hashOf("chat", number).slice(0, 14)}`)
const person = PersonId.make("pbench00000")
const yearMillis = 365 * 86_400_000

const settingsOf = (number: number): AnyFact =>
  SettingsChanged({
    chat: chatOf(number),
    settings: {
      language: number % 2 === 0 ? "en" : "ar",
      quietHours: "22:00-07:00",
      timeZone: "Europe/Berlin",
      cooldownMinutes: number % 10
    },
    by: "operator"
  })

/** One in ten is for one chat, one in four runs out in a year; what is posted is about other hosts. */
const overrideOf = (key: Uint8Array, number: number): AnyFact => {
  const pattern = `shop${number}.example`
  return OverrideSet({
    override: OverrideId.make(`01941f29-7c00-7000-8000-${String(number).padStart(12, "0")}`),
    match: "domain",
    token: HostId.make(linkId(key, pattern)),
    effect: number % 2 === 0 ? "deny" : "allow",
    ...(number % 10 === 0 ? { chat: chatOf(number % chats) } : {}),
    ...(number % 4 === 0 ? { expiresAt: Date.now() + yearMillis } : {}),
    by: "operator",
    words: { pattern }
  })
}

const linkOf = (key: Uint8Array, number: number) => {
  const url = `http://login${number}.bad.example/x`
  const host = HostId.make(linkId(key, `login${number}.bad.example`))
  const domain = HostId.make(linkId(key, "bad.example"))
  return { url, link: LinkId.make(linkId(key, url)), host, domains: [host, domain] }
}

const seed = Effect.fnUntraced(function* (log: EventLogService, facts: ReadonlyArray<AnyFact>, from: string) {
  for (let at = 0; at < facts.length; at += seededAtOnce) {
    const [first, ...rest] = facts
      .slice(at, at + seededAtOnce)
      .map((fact, index): Entry => ({ fact, id: hashOf(from, at + index) }))
    yield* log.append([first!, ...rest], { actor: "bench" })
  }
})

const postedAndScanned = (key: Uint8Array, number: number): readonly [AnyFact, AnyFact] => {
  const { domains, host, link, url } = linkOf(key, number)
  const chat = chatOf(number % Math.min(chats, spokenIn))
  const posted = MessageReceived({
    chat,
    message: MessageKey.make(hashOf("message", number)),
    sender: person,
    gateway: "sandbox",
    arrival: "live",
    sentAt: Date.now(),
    links: [{ link, host, domains }],
    said: {
      text: url,
      whatsAppId: `3A${number}`,
      links: [{ link, url, raw: url, start: 0, end: url.length, defanged: false }]
    },
    who: { name: "Ada" }
  })
  const scanned = ScanCompleted({
    link,
    chat,
    sender: person,
    level: "malicious",
    score: 30,
    ruleSet: "bench",
    evidence: [{ source: "feed", kind: "url", weight: 30 }],
    missing: [],
    validUntil: Date.now() + yearMillis,
    found: { url, details: [null] }
  })
  return [posted, scanned]
}

/** The moments of one link, by this process's clock in milliseconds. */
interface Moments {
  /** The scanner was told that its result is stored. */
  stored: number
  /** The actor was handed it. */
  handed: number
  /** It had decided, and began to append. */
  decided: number
  /** It was told that its verdict is stored. */
  told: number
}

const stages = {
  "handed to the actor": ({ handed, stored }: Moments) => handed - stored,
  "folded and decided": ({ decided, handed }: Moments) => decided - handed,
  "verdict stored": ({ decided, told }: Moments) => told - decided,
  "in all": ({ stored, told }: Moments) => told - stored
} as const

/** Notes the moments of each link on its way. */
const makeStopwatch = () => {
  const all = new Map<string, Moments>()
  const done = new Set<string>()
  const of = (link: string): Moments => {
    const known = all.get(link) ?? { stored: 0, handed: 0, decided: 0, told: 0 }
    all.set(link, known)
    return known
  }
  const hand = (link: string) => {
    const moments = of(link)
    if (moments.handed === 0) moments.handed = performance.now()
  }
  const verdicts = (entries: ReadonlyArray<Entry>) =>
    entries.flatMap(({ fact }) => (fact.type === "verdict.decided" ? [fact.data.link] : []))
  return {
    of,
    all,
    /** Waits until so many links have their verdict. */
    judged: (count: number) =>
      Effect.gen(function* () {
        while (done.size < count) yield* Effect.sleep(20)
      }),
    log: (inner: EventLogService): EventLogService => ({
      ...inner,
      read: (options) =>
        Stream.tap(inner.read(options), ({ events }) =>
          Effect.sync(() => {
            for (const event of events) if (event.type === "scan.completed") hand(event.data.link)
          })
        ),
      append: (entries, provenance) =>
        Effect.suspend(() => {
          for (const link of verdicts(entries)) of(link).decided = performance.now()
          return Effect.tap(inner.append(entries, provenance), () =>
            Effect.sync(() => {
              for (const link of verdicts(entries)) {
                of(link).told = performance.now()
                done.add(link)
              }
            })
          )
        })
    })
  }
}

/**
 * What a third append takes behind two others at the same rate, while nobody listens: what the disk and nats-server
 * leave to everybody, in milliseconds each.
 */
const bareAppends = Effect.fnUntraced(function* (log: EventLogService, key: Uint8Array) {
  const first = performance.now()
  const took: Array<number> = []
  for (let number = 0; number < links; number++) {
    yield* Effect.sleep(Math.max(0, first + (number * 1_000) / perSecond - performance.now()))
    const [posted, scanned] = postedAndScanned(key, number)
    const began = { at: 0 }
    for (const [index, fact] of [posted, scanned, scanned].entries()) {
      began.at = performance.now()
      yield* log.append([{ fact, id: hashOf("bare", number, index) }], { actor: "bench" })
    }
    took.push(performance.now() - began.at)
  }
  return took
})

/** Starts the actor on what it left on the disk, and answers with how long that took, and how to stop it. */
const start = Effect.fnUntraced(function* (dataFolder: string) {
  const scope = yield* Scope.make()
  const began = performance.now()
  const ready = yield* runManager(verdict, dataFolder).pipe(Scope.provide(scope))
  yield* ready.ready
  return { tookMillis: performance.now() - began, stop: Scope.close(scope, Exit.void) }
})

const program = Effect.gen(function* () {
  const { path: binary } = yield* ensureNatsServer({ dataFolder: ".cache/nats-server", say })
  const dataFolder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "wadjet-bench-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  mkdirSync(join(dataFolder, "actors"), { recursive: true })
  const { pass, url, user, version } = yield* startNatsServer({ binary, dataFolder })
  const watch = makeStopwatch()
  const foundation = {
    address: { url, user, password: Redacted.make(pass) },
    dataFolder,
    server: "external" as const,
    serverVersion: version,
    died: Effect.never
  }
  const base = yield* Layer.build(services(foundation, { log: watch.log }))
  for (const line of machineLines(version)) yield* say(line)
  yield* Effect.gen(function* () {
    const log = yield* EventLog
    const key = (yield* Keyring).linkKeys([]).current
    yield* seed(
      log,
      Array.from({ length: chats }, (_, number) => settingsOf(number)),
      "settings"
    )
    yield* seed(
      log,
      Array.from({ length: overrides }, (_, number) => overrideOf(key, number)),
      "overrides"
    )
    const folded = yield* start(dataFolder)
    yield* folded.stop
    const started = yield* start(dataFolder)
    // The first link of each chat makes its key, and warms the code.
    for (let number = links; number < links + spokenIn; number++)
      for (const [index, fact] of postedAndScanned(key, number).entries())
        yield* log.append([{ fact, id: hashOf("warm-up", number, index) }], { actor: "bench" })
    yield* watch.judged(spokenIn)
    watch.all.clear()
    const first = performance.now()
    const used = process.cpuUsage()
    for (let number = 0; number < links; number++) {
      yield* Effect.sleep(Math.max(0, first + (number * 1_000) / perSecond - performance.now()))
      const [posted, scanned] = postedAndScanned(key, number)
      yield* log.append([{ fact: posted, id: hashOf("posted", number) }], { actor: "bench" })
      yield* log.append([{ fact: scanned, id: hashOf("scanned", number) }], { actor: "bench" })
      watch.of(linkOf(key, number).link).stored = performance.now()
    }
    yield* watch.judged(spokenIn + links)
    const { system, user } = process.cpuUsage(used)
    yield* say(
      `${chats.toLocaleString("en")} chats with settings, ${overrides.toLocaleString("en")} overrides in force, ${links.toLocaleString("en")} links at ${perSecond}/s`
    )
    const ms = (value: number) => `${value.toFixed(1)} ms`
    yield* say(`folding it all          ${ms(folded.tookMillis)}`)
    yield* say(`start, all folded       ${ms(started.tookMillis)}`)
    const moments = [...watch.all.values()]
    for (const [stage, tookOf] of Object.entries(stages)) {
      const took = moments.map((it) => Math.max(0, tookOf(it)))
      const [half, most] = [quantile(took, 0.5), quantile(took, 0.99)]
      yield* say(`${stage.padEnd(23)} p50 ${ms(half)}, p99 ${ms(most)}`)
    }
    const slowest = moments
      .toSorted((a, b) => stages["in all"](b) - stages["in all"](a))
      .slice(0, Math.ceil(links / 100))
    const where = Object.entries(stages).map(
      ([stage, tookOf]) =>
        `${stage} ${ms(slowest.reduce((sum, it) => sum + Math.max(0, tookOf(it)), 0) / slowest.length)}`
    )
    yield* say(`the slowest of a hundred, on average: ${where.join(", ")}`)
    yield* say(
      `processor time          ${ms((user + system) / 1_000 / links)} a link, for storing both, folding, deciding and storing the verdict`
    )
    yield* started.stop
    const bare = yield* bareAppends(log, key)
    yield* say(
      `a bare append, at last  p50 ${ms(quantile(bare, 0.5))}, p99 ${ms(quantile(bare, 0.99))}: with nobody listening`
    )
  }).pipe(Effect.provideContext(base))
}).pipe(Effect.scoped)

await Effect.runPromise(program)
