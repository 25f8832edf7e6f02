/** Measuring a connection: the vitals of the socket at hand, and whether the one before was deaf. */
import * as health from "./health.ts"
import type { Happening } from "./socket.ts"

interface Probe {
  readonly openedAt: number
  readonly closedAt: number
  readonly fruitless: number
}

export interface Watch {
  readonly vitals: () => health.Vitals
  readonly reconnects: () => number
  readonly decrypts: () => { readonly opened: number; readonly failed: number }
  /** A socket is being opened. */
  readonly opening: (now: number) => void
  /** A silent socket is given up, to see what the next one is handed. */
  readonly probing: (now: number) => void
  readonly heard: (happening: Happening, now: number) => void
  readonly sending: (id: string, now: number) => void
  readonly settled: (id: string) => void
  /** Everything that waited has been handed over: whether the socket before was deaf, if that was the question. */
  readonly replayed: () => boolean
}

export const makeWatch = (rhythm: health.Rhythm, began: number): Watch => {
  let vitals = health.freshVitals(rhythm, began)
  let openedAt = began
  let probe: Probe | undefined
  let waited: Array<number> = []
  let sockets = 0
  const decrypts = { opened: 0, failed: 0 }

  return {
    vitals: () => vitals,
    reconnects: () => Math.max(0, sockets - 1),
    decrypts: () => decrypts,
    opening: (now) => {
      sockets += 1
      waited = []
      vitals = health.freshVitals(vitals.rhythm, now, vitals)
    },
    probing: (now) => {
      probe = { openedAt, closedAt: now, fruitless: vitals.rhythm.fruitless }
    },
    heard: (happening, now) => {
      switch (happening.what) {
        case "open":
          openedAt = now
          vitals = { ...vitals, heardAt: now }
          return
        case "delivered":
          if (happening.waitedSince !== undefined) waited.push(happening.waitedSince)
          vitals = health.delivered(vitals, now)
          return
        case "decrypted":
          decrypts[happening.opened ? "opened" : "failed"] += 1
          vitals = health.decryptTried(vitals, happening.opened)
          return
        case "event":
          if (happening.event.event === "ack") vitals = health.acknowledged(vitals, happening.event.id)
          return
        default:
          return
      }
    },
    sending: (id, now) => {
      vitals = health.sent(vitals, id, now)
    },
    settled: (id) => {
      vitals = health.acknowledged(vitals, id)
    },
    replayed: () => {
      const asked = probe
      probe = undefined
      if (asked === undefined) return false
      if (health.wasDeaf(asked, waited)) return true
      const { gaps } = vitals.rhythm
      vitals = { ...vitals, rhythm: health.wasQuiet({ gaps, fruitless: asked.fruitless }) }
      return false
    }
  }
}
