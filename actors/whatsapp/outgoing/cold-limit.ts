/** Whether people may be written to who never wrote to this account, by what WhatsApp said of it. */

const hour = 60 * 60_000
/** How long first messages rest after one was refused, at least: each that is refused makes it worse. */
const afterRefusalMillis = hour
/** How long they rest where WhatsApp limits them and does not say until when. */
export const unstatedMillis = 24 * hour

export interface ColdLimit {
  /** A first message was refused. */
  readonly refused: (now: number) => void
  /** WhatsApp said whether there is a limit, and perhaps until when. */
  readonly told: (active: boolean, until: number | undefined, now: number) => void
  /** Until when first messages rest; a moment of the past where they do not. */
  readonly until: () => number
}

export const makeColdLimit = (): ColdLimit => {
  let stated = 0
  let rested = 0
  return {
    refused: (now) => {
      rested = now + afterRefusalMillis
    },
    told: (active, until, now) => {
      stated = active ? (until ?? now + unstatedMillis) : 0
    },
    until: () => Math.max(stated, rested)
  }
}
