/** Whether people may be written to who never wrote to this account, by what WhatsApp said of it. */

const hour = 60 * 60_000
/** How long first messages rest after one was refused, until WhatsApp says how long they have to. */
const afterRefusalMillis = hour
/** How long they rest where WhatsApp limits them and does not say until when. */
const unstatedMillis = 24 * hour

export interface ColdLimit {
  /** A first message was refused. */
  readonly refused: (now: number) => void
  /** WhatsApp said whether there is a limit, and perhaps until when. */
  readonly told: (active: boolean, until: number | undefined, now: number) => void
  /** Until when first messages rest; a moment of the past where they do not. */
  readonly until: () => number
}

export const makeColdLimit = (): ColdLimit => {
  let until = 0
  return {
    refused: (now) => {
      until = Math.max(until, now + afterRefusalMillis)
    },
    told: (active, stated, now) => {
      until = active ? (stated ?? now + unstatedMillis) : 0
    },
    until: () => until
  }
}
