/** Where webhooks are told, and what is signed with: sealed, for the paths of such URLs are often secrets themselves. */
import type { AtRest } from "../../../infra/keyring/at-rest.ts"

export interface Target {
  readonly url: string
  readonly secret: Uint8Array
  /** The secret before, with which what is sent is signed as well until a time. */
  readonly former?: { readonly secret: Uint8Array; readonly until: number } | undefined
}

/** A row with sealed columns; times are milliseconds since the epoch. */
export interface SealedTarget {
  readonly id: string
  readonly target: Buffer
  readonly former: Buffer | null
  readonly former_until: number | null
}

/** The places that they are sealed for, so that they open nowhere else. */
const placeOf = (id: string): string => `webhook ${id}`
const formerPlaceOf = (id: string): string => `webhook ${id} before`

/** Seals a URL with its secret, and without the one before. */
export const sealTarget = (atRest: AtRest, id: string, { secret, url }: Target): Buffer =>
  atRest.seal(placeOf(id), Buffer.concat([Buffer.from([secret.length]), secret, Buffer.from(url)]))

export const sealFormer = (atRest: AtRest, id: string, secret: Uint8Array): Buffer =>
  atRest.seal(formerPlaceOf(id), Buffer.from(secret))

const openFormer = (atRest: AtRest, { former, former_until: until, id }: SealedTarget): Target["former"] =>
  former === null || until === null ? undefined : { secret: atRest.open(formerPlaceOf(id), former), until }

/** `undefined` where it was sealed under another keyring: then it can only be removed, and added anew. */
export const openTarget = (atRest: AtRest, row: SealedTarget): Target | undefined => {
  try {
    const plain = atRest.open(placeOf(row.id), row.target)
    const end = 1 + plain[0]!
    return {
      secret: plain.subarray(1, end),
      url: plain.subarray(end).toString(),
      former: openFormer(atRest, row)
    }
  } catch {
    return undefined
  }
}
