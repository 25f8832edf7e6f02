/** `wadjet link` and `wadjet unlink`: a number becomes a linked device, and stops being one. */
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { Effect, Option, Stream } from "effect"
import { LinkSession, UnlinkSession } from "../../contracts/commands.ts"
import { LiveSession, liveSessionTopic, type LinkOutcome, riskNotice } from "../../contracts/session.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { Nats } from "../../infra/nats/connection.ts"
import { listenLive } from "../../infra/nats/live.ts"
import { noteAsked } from "../admin/note-asked.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { Output } from "./output.ts"
import { qrLines } from "./qr-lines.ts"
import { reachSystem } from "./reach.ts"

interface LinkInput {
  readonly code: Option.Option<string>
  readonly accept: boolean
  readonly json: boolean
}

/** Digits with the country code, however they were written; `undefined` where that is none. */
const digitsOf = (number: string): string | undefined => {
  const digits = number.replace(/[\s().+-]/gu, "")
  return /^[1-9]\d{6,14}$/u.test(digits) ? digits : undefined
}

const phoneOf = Effect.fnUntraced(function* (code: LinkInput["code"]) {
  if (Option.isNone(code)) return undefined
  const phone = digitsOf(code.value)
  if (phone !== undefined) return phone
  return yield* new OperatorFailed({
    what: "There is no such number",
    why: `expected a phone number with its country code, such as +49 170 0000000, found "${code.value}"`,
    next: "Write it as it is dialled from abroad.",
    exit: "usage"
  })
})

const notTaken = new OperatorFailed({
  what: "Nothing was linked",
  why: "the risk was not accepted",
  next: "Run it again with --accept-risk, or answer yes, once you have decided."
})

/** The next line that is typed; empty at the end of the input. */
const lineOf = (input: Readable) =>
  Effect.promise(async (signal) => {
    for await (const line of createInterface({ input, signal })) return line
    return ""
  })

/** Says what is risked, and asks where a person is there to answer. */
const warn = Effect.fnUntraced(function* ({ accept, json }: LinkInput) {
  const output = yield* Output
  const { stdin } = yield* Host
  yield* Effect.forEach(riskNotice, output.note, { discard: true })
  if (accept) return
  if (json || !output.watched || !("isTTY" in stdin && stdin.isTTY === true)) return yield* notTaken
  yield* output.note("Link a number? Type yes, or anything else to leave it:")
  const answer = yield* lineOf(stdin)
  if (answer.trim().toLowerCase() !== "yes") return yield* notTaken
})

const endings: Readonly<Record<LinkOutcome, { readonly why: string; readonly next: string }>> = {
  expired: { why: "nobody used the code in time", next: "Take the phone at hand, and run it again." },
  cancelled: { why: "linking was ended elsewhere", next: "Run it again." },
  "passkey-required": {
    why: "WhatsApp wants a passkey of whatsapp.com for this account, which no other program may ask for",
    next: "Link another number, or remove the passkey from this one in WhatsApp (Settings, Account, Passkeys), if it lets you."
  },
  refused: {
    why: "WhatsApp refused",
    next: "Look at the phone for a reason; try again later, or with another number."
  }
}

/** What a person sees of it. Answers `true` once the number is linked and open. */
const showing = Effect.fnUntraced(function* (message: LiveSession, json: boolean) {
  const output = yield* Output
  if (json) yield* output.json(message)
  switch (message.live) {
    case "qr":
      if (!json) {
        yield* output.line("")
        yield* Effect.forEach(qrLines(message.text), output.line, { discard: true })
        yield* output.line("Scan it with WhatsApp on the phone: Settings, Linked devices, Link a device.")
      }
      return false
    case "code":
      if (!json) {
        yield* output.line(`Code: ${message.code.slice(0, 4)}-${message.code.slice(4)}`)
        yield* output.line(
          "Type it in WhatsApp on the phone: Settings, Linked devices, Link a device, Link with phone number."
        )
      }
      return false
    case "state":
      return message.state.state === "open" || message.state.state === "degraded"
    case "ended":
      return yield* new OperatorFailed({ what: "No number was linked", ...endings[message.outcome] })
  }
})

const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Host.config, ({ logLevel }) => Effect.provide(effect, pinoLogger(logLevel)))

/** Links a number, and answers once its connection is open. */
export const linkNumber = Effect.fn("linkNumber")(
  function* (input: LinkInput) {
    const output = yield* Output
    const config = yield* Host.config
    const { command } = yield* Host
    const phone = yield* phoneOf(input.code)
    yield* warn(input)
    const system = yield* reachSystem(config, { whatsApp: true })
    const linking = Effect.gen(function* () {
      const nats = yield* Nats
      const { account } = yield* Keyring
      const heard = yield* listenLive(nats, account, liveSessionTopic, LiveSession)
      yield* (yield* CommandBus).request(LinkSession, {
        method: phone === undefined ? "qr" : "code",
        ...(phone === undefined ? {} : { phone }),
        riskAccepted: true,
        by: "operator"
      })
      yield* Stream.runForEachWhile(heard, (message) =>
        Effect.map(showing(message, input.json), (done) => !done)
      )
    })
    yield* Effect.raceFirst(Effect.provideContext(linking, system.context), system.stopped)
    if (input.json) return
    yield* output.line("Linked. The connection is open.")
    if (system.running === undefined) yield* output.line(`Start it with \`${command} run\`.`)
  },
  Effect.scoped,
  logged
)

/** Logs the linked number out. */
export const unlinkNumber = Effect.fn("unlinkNumber")(
  function* ({ json }: { readonly json: boolean }) {
    const output = yield* Output
    const config = yield* Host.config
    const system = yield* reachSystem(config, { whatsApp: true })
    const placed = yield* Effect.raceFirst(
      Effect.provideContext(
        Effect.andThen(
          noteAsked(UnlinkSession, "operator"),
          CommandBus.use((bus) => bus.request(UnlinkSession, { by: "operator" }))
        ),
        system.context
      ),
      system.stopped
    )
    if (json) yield* output.json({ unlinked: true, ...placed })
    else yield* output.line("Unlinked. Its credentials are deleted; what was recorded stays.")
  },
  Effect.scoped,
  logged
)
