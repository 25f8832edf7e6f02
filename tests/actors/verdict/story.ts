/** Given/when/then for the verdict actor: facts are folded as the log would hold them, and its work is done. */
import Database from "better-sqlite3"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { OwnSettings } from "../../../contracts/chat-settings.ts"
import type { AnyFact, AnyRecorded } from "../../../contracts/catalogue.ts"
import { eventTypeOf } from "../../../contracts/catalogue.ts"
import {
  ChatId,
  hashOf,
  HostId,
  LinkId,
  MessageKey,
  type OutboxId,
  OverrideId,
  PersonId,
  whatsAppIdOf
} from "../../../contracts/ids.ts"
import type { Level } from "../../../contracts/level.ts"
import { MessageEdited, MessageReceived, MessageRevoked } from "../../../contracts/message.ts"
import { OutboxCancelled, OutboxClaimed, OutboxFailed } from "../../../contracts/outbox.ts"
import type { Payload } from "../../../contracts/command.ts"
import { CallOffMessages } from "../../../contracts/schedule-commands.ts"
import { entryQueuedBy } from "../../../contracts/queued-entry.ts"
import { Muted, OverrideRemoved, OverrideSet, SettingsChanged, Unmuted } from "../../../contracts/policy.ts"
import { ScanCompleted } from "../../../contracts/scan.ts"
import { evolve, type Heard, listens } from "../../../actors/verdict/evolve.ts"
import { perform, type Said } from "../../../actors/verdict/perform.ts"
import type { Self } from "../../../infra/actor/process-manager.ts"
import { CommandBus, type CommandBusService, Unanswered } from "../../../infra/command-bus/command-bus.ts"
import { openStateStore } from "../../../infra/actor/state-store.ts"
import { Keyring, type KeyringService } from "../../../infra/keyring/keyring.ts"

export const chat = (number: number) => ChatId.make(`cchat${String(number).padStart(4, "0")}`)
export const message = (name: string) => MessageKey.make(hashOf("message", name))
export const link = (url: string) => LinkId.make(hashOf("link", url))
export const host = (name: string) => HostId.make(hashOf("host", name))
export const override = (number: number) =>
  OverrideId.make(`01941f29-7c00-7000-8000-${String(number).padStart(12, "0")}`)
export const sender = PersonId.make("psender000")

export const here = chat(1)
export const there = chat(2)
export const bad = "http://login.bad.example/x"
export const other = "http://other.example/"

const startMillis = 1_767_225_600_000
export const minute = 60_000

const sightingOf = (url: string) => {
  const { hostname } = new URL(url)
  const labels = hostname.split(".")
  const domains = labels.slice(0, -1).map((_, index) => labels.slice(index).join("."))
  return { link: link(url), host: host(hostname), domains: domains.toReversed().map(host) }
}

const saidOf = (urls: ReadonlyArray<string>) => ({
  text: urls.join(" "),
  whatsAppId: "3A00",
  links: urls.map((url) => ({ link: link(url), url, raw: url, start: 0, end: url.length, defanged: false }))
})

/** What says of a result that not everybody was heard. */
type PartialScan = { readonly awaits?: ReadonlyArray<string>; readonly past?: true }

type OverrideChange = Partial<ReturnType<typeof OverrideSet>["data"]>

export const makeStory = Effect.fnUntraced(function* () {
  const store = openStateStore(new Database(":memory:"), "g", 1)
  const listened = new Set<string>(listens.map(({ type }) => type))
  const forgotten = new Set<string>()
  const events: Array<AnyRecorded> = []
  let sequence = 0
  let now = startMillis
  /** Whether what is queued leaves at once. */
  let isConnected = true
  yield* TestClock.setTime(now)

  /** The plain form of sealed fields; what was sealed for the forgotten opens no more. */
  const keyring = {
    open: <T>(sealed: string | null): T | null => {
      const { owners, value } = JSON.parse((sealed ?? "").slice("s0:".length)) as {
        readonly owners: ReadonlyArray<string>
        readonly value: T
      }
      return owners.some((owner) => forgotten.has(owner)) ? null : value
    }
  } as KeyringService

  const record = ({ data, type }: AnyFact, cause?: string): AnyRecorded => {
    sequence++
    const sealed: Record<string, unknown> = { ...data }
    for (const [field, { owners }] of Object.entries(eventTypeOf(type)!.personal))
      if (sealed[field] !== undefined)
        sealed[field] =
          `s0:${JSON.stringify({ owners: owners.map((owner) => sealed[owner]), value: sealed[field] })}`
    return {
      type,
      data: sealed,
      sequence,
      id: `event ${sequence}`,
      time: now,
      boundary: "",
      source: "",
      cause,
      correlation: undefined,
      traceparent: undefined
    } as unknown as AnyRecorded
  }

  /** Folds facts, as the log would bring them. */
  const happened = (...facts: ReadonlyArray<AnyFact>) => {
    for (const fact of facts) {
      const event = record(fact)
      events.push(event)
      store.fold(event.sequence, () => {
        if (listened.has(event.type)) evolve(store.state, event as Heard)
      })
    }
  }

  /** What is queued leaves: nobody asks for the place of that in the log. */
  const leaves = (fact: Said) => {
    const entry = entryQueuedBy(fact)
    if (!isConnected || entry === undefined) return
    const { chat: where, outbox } = entry
    const claim = OutboxClaimed({
      chat: where,
      outbox,
      whatsApp: whatsAppIdOf(outbox),
      wire: "text",
      attempt: 1
    })
    const event = { ...claim, sequence, id: `claim of ${outbox}`, time: now } as unknown as Heard
    store.fold(sequence, () => evolve(store.state, event))
  }

  /** Whoever sends it finds that what is called off has not left. */
  const calledOff = ({ by, chat: where, outboxes }: Payload<typeof CallOffMessages>) =>
    Effect.sync(() => {
      happened(...outboxes.map((outbox) => OutboxCancelled({ chat: where, outbox, reason: "requested", by })))
      return { generation: "g", sequence, left: 0 }
    })
  const bus = {
    serve: () => Effect.die("a story asks nothing of the verdict actor"),
    request: (command: { readonly command: string }, payload: Payload<typeof CallOffMessages>) =>
      command === CallOffMessages
        ? calledOff(payload)
        : Effect.fail(new Unanswered({ command: command.command, message: "nobody answers in a story" }))
  } as unknown as CommandBusService

  let spoken: Array<Said> = []
  const self: Self<Said> = {
    state: store.state,
    generation: "g",
    append: (_reason, _part, facts) =>
      Effect.sync(() => {
        spoken.push(...facts)
        happened(...facts)
        for (const fact of facts) leaves(fact)
        return { sequence, duplicate: false }
      }),
    appendEach: () => Effect.die("a verdict has one cause"),
    record: () => Effect.die("a verdict has no outcome outside"),
    folded: () => Effect.void,
    upToDate: () => Effect.void,
    knowing: (_, make) => make,
    event: (at) => Effect.succeed(events[at - 1])
  }

  /** Does all work that is open, the most urgent first, and answers with what was appended. */
  const settle = Effect.gen(function* () {
    spoken = []
    for (let rounds = 0; ; rounds++) {
      if (rounds > 100) return yield* Effect.die(new Error("the work never ends"))
      const next = [0, 1, 2, 3]
        .map((priority) => store.work.next(priority, now, () => false))
        .find((it) => it !== undefined)
      if (next === undefined) return spoken
      yield* perform(next, self)
    }
  }).pipe(Effect.provideService(Keyring, keyring), Effect.provideService(CommandBus, bus), Effect.orDie)

  return {
    state: store.state,
    work: store.work,
    now: () => now,
    happened,
    settle,
    /** What is appended, as `<event> <level or reason>`, and what it queues. */
    words: Effect.map(settle, (facts) => facts.flatMap(inWords)),
    /** The outbox entries that are queued. */
    queued: Effect.map(settle, (facts) => facts.map(entryQueuedBy).filter((entry) => entry !== undefined)),
    pass: (millis: number) => {
      now += millis
      return TestClock.setTime(now)
    },
    /** From here on what is queued does not leave, or does again. */
    connected: (connected: boolean) => void (isConnected = connected),
    forget: (owner: string) => void forgotten.add(owner),
    posted: (
      name: string,
      urls: ReadonlyArray<string>,
      where = here,
      gateway: "sandbox" | "export" = "sandbox"
    ) =>
      happened(
        MessageReceived({
          chat: where,
          message: message(name),
          sender,
          gateway,
          arrival: "live",
          sentAt: now,
          links: urls.map(sightingOf),
          said: saidOf(urls),
          who: { name: "Ada" }
        })
      ),
    edited: (name: string, urls: ReadonlyArray<string>, where = here) =>
      happened(
        MessageEdited({
          chat: where,
          message: message(name),
          sender,
          gateway: "sandbox",
          editedAt: now,
          links: urls.map(sightingOf),
          said: saidOf(urls)
        })
      ),
    deleted: (name: string, where = here) =>
      happened(MessageRevoked({ chat: where, message: message(name), sender, revokedAt: now })),
    scanned: (url: string, level: Level, validMillis = 3_600_000, partial: PartialScan = {}) =>
      happened(
        ScanCompleted({
          link: link(url),
          chat: here,
          sender,
          level,
          score: 0,
          ruleSet: "test-1",
          evidence: [{ source: "structure", kind: "lure-name", weight: 12 }],
          missing: [],
          validUntil: now + validMillis,
          ...partial,
          found: { url, details: [null] }
        })
      ),
    muted: (until: number, where = here) => happened(Muted({ chat: where, until, by: "operator" })),
    unmuted: (where = here) => happened(Unmuted({ chat: where, by: "operator" })),
    set: (settings: OwnSettings, where: ChatId | "all" = here) =>
      happened(SettingsChanged({ settings, by: "operator", ...(where === "all" ? {} : { chat: where }) })),
    overridden: (number: number, effect: "allow" | "deny", change: OverrideChange = {}) =>
      happened(
        OverrideSet({
          override: override(number),
          match: "domain",
          token: host("bad.example"),
          effect,
          by: "operator",
          words: { pattern: "bad.example" },
          ...change
        })
      ),
    removed: (number: number) => happened(OverrideRemoved({ override: override(number), by: "operator" })),
    cancelled: (
      outbox: OutboxId,
      reason: "nothing-to-correct" | "superseded" | "forgotten" = "nothing-to-correct"
    ) => happened(OutboxCancelled({ chat: here, outbox, reason, by: "system" })),
    failed: (outbox: OutboxId) =>
      happened(
        OutboxFailed({
          chat: here,
          outbox,
          whatsApp: "3EB00000000000000000" as ReturnType<typeof OutboxFailed>["data"]["whatsApp"],
          attempt: 1,
          reason: "no such chat"
        })
      )
  }
})

export const inWords = (fact: Said): ReadonlyArray<string> => {
  const entry = entryQueuedBy(fact)
  return entry === undefined
    ? [verdictInWords(fact)]
    : [verdictInWords(fact), `queued ${entry.kind} ${entry.priority}`]
}

const verdictInWords = (fact: Said): string => {
  switch (fact.type) {
    case "verdict.decided":
      return `decided ${fact.data.level} ${fact.data.action}`
    case "verdict.suppressed":
      return `suppressed ${fact.data.level} ${fact.data.reason}`
    case "verdict.revised":
      return `revised ${fact.data.from} to ${fact.data.to}`
    case "verdict.withdrawn":
      return `withdrawn ${fact.data.reason}`
    case "verdict.deferred":
      return `deferred ${fact.data.level} until ${new Date(fact.data.until).toISOString().slice(0, 16)}Z`
    case "verdict.summarised":
      return `summarised ${fact.data.malicious} malicious, ${fact.data.suspicious} suspicious`
    case "policy.override-expired":
      return "override expired"
    default:
      return fact.type
  }
}
