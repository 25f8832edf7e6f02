import { createHash } from "node:crypto"

/** Ids that come out the same for the same seed and order of asking. */
export interface Ids {
  /** A message id of the look that phones give: `3A` and 18 upper-case hexadecimal digits. */
  readonly message: () => string
  /** An id of a stanza, a pairing reference and the like; `prefix` says of what. */
  readonly stanza: (prefix: string) => string
  /** A number below `below`. */
  readonly number: (below: number) => number
}

export const makeIds = (seed: number): Ids => {
  let asked = 0
  const digest = (purpose: string): Buffer =>
    createHash("sha256").update(`${seed}/${purpose}/${asked++}`).digest()
  return {
    message: () => `3A${digest("message").toString("hex").slice(0, 18).toUpperCase()}`,
    stanza: (prefix) => `${prefix}-${digest("stanza").toString("hex").slice(0, 10)}`,
    number: (below) => digest("number").readUInt32BE(0) % below
  }
}
