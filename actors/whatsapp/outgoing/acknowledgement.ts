/** Waiting for what WhatsApp says of one message: who waits is told, and what nobody waits for is news. */
import { Deferred, Effect } from "effect"
import { TransmitFailed } from "../gateway.ts"

const unanswered = (message: string) => new TransmitFailed({ gateway: "whatsapp", final: false, message })

export interface Acknowledgements {
  /** Waits from now on; the answer may come before anybody asks for it. Whoever waited before waits no more. */
  readonly expect: (whatsApp: string) => Deferred.Deferred<void, TransmitFailed>
  readonly forget: (whatsApp: string, waiting: Deferred.Deferred<void, TransmitFailed>) => void
  /** Answers whether anybody waited. */
  readonly tell: (whatsApp: string, outcome: Effect.Effect<void, TransmitFailed>) => boolean
  /** The connection closed: what has no answer yet will have none on it. */
  readonly closed: () => void
}

export const makeAcknowledgements = (): Acknowledgements => {
  const waiting = new Map<string, Deferred.Deferred<void, TransmitFailed>>()
  return {
    expect: (whatsApp) => {
      const answer = Deferred.makeUnsafe<void, TransmitFailed>()
      waiting.set(whatsApp, answer)
      return answer
    },
    forget: (whatsApp, answer) => {
      if (waiting.get(whatsApp) === answer) waiting.delete(whatsApp)
    },
    tell: (whatsApp, outcome) => {
      const answer = waiting.get(whatsApp)
      if (answer === undefined) return false
      Deferred.doneUnsafe(answer, outcome)
      return true
    },
    closed: () => {
      const lost = unanswered("the connection closed before WhatsApp acknowledged the message")
      for (const answer of waiting.values()) Deferred.doneUnsafe(answer, Effect.fail(lost))
    }
  }
}
