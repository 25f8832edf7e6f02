/** The WhatsApp actor: what comes in from chats, and what goes out to them. */
import { Effect } from "effect"
import {
  type ActError,
  type Performed,
  processManager,
  type Self
} from "../../infra/actor/process-manager.ts"
import type { Work } from "../../infra/actor/state.ts"
import type { EventLog } from "../../infra/event-log/event-log.ts"
import type { Keyring } from "../../infra/keyring/keyring.ts"
import { answers, answersWith } from "./commands.ts"
import { makeDeliver, type Published, publishes } from "./deliver.ts"
import { evolve, listens } from "./evolve.ts"
import type { Gateways } from "./gateway.ts"
import { defaultHistory, drain, type HistoryLimits } from "./incoming/drain.ts"
import type { PictureReading } from "./incoming/pictures/drain-pictures.ts"
import { makeCallOff, type ToBeCalledOff } from "./outgoing/call-off.ts"
import { listen, publishes as heard } from "./outgoing/listen.ts"
import type { PacingLimits } from "./pacing/limits.ts"
import { makePacer } from "./pacing/pacer.ts"
import { quarantineAnswers, quarantineFacts } from "./quarantine/decide.ts"
import { sessionAnswers } from "./session/answers.ts"
import { runSession } from "./session/beside.ts"
import { sessionEvents } from "./session/fold.ts"
import { publishes as aboutCalls, rejectCalls } from "./session/reject-calls.ts"

/** Deliveries under way at once: warnings, notices, what merely waits, what is belated. */
const slots = [16, 8, 4, 4]

/** What its work and its answers need between them. */
type Needs = EventLog | Gateways | Keyring
type Deliver = (work: Work, self: Self<Published>) => Effect.Effect<Performed, ActError, Needs>

/** What becomes of calls to the linked number. */
export type Calls = "ring" | "reject"

/** What becomes of pictures: nothing, or the QR codes in them are read. */
export type Pictures = "off" | "qr"

/** `pictures` is what pictures are read with; left out, none is. */
export const makeWhatsApp = (
  pacing: PacingLimits,
  history: HistoryLimits = defaultHistory,
  calls: Calls = "ring",
  pictures?: PictureReading
) => {
  const toBeCalledOff: ToBeCalledOff = new Map()
  const perform: Deliver = makeDeliver(pacing, makePacer(pacing), toBeCalledOff)
  const connected = runSession(drain(history, pictures))
  return processManager({
    name: "whatsapp",
    version: 10,
    owns: ["session", "message", "outbox"],
    listens,
    publishes: [...publishes, ...heard, ...answersWith, ...quarantineFacts, ...sessionEvents, ...aboutCalls],
    slots,
    // The verdict on its links follows: the warning leaves no later for it, and the verdict is there sooner.
    awaitsNext: (event) => event.type === "message.received" && event.data.links.length > 0,
    evolve,
    perform,
    answers: [...answers, makeCallOff(toBeCalledOff), ...quarantineAnswers, ...sessionAnswers],
    beside: (own) =>
      Effect.raceAllFirst([connected(own), listen(own), ...(calls === "reject" ? [rejectCalls(own)] : [])])
  })
}
