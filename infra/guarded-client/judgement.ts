/** What the guard says of a URL, a name or an address. */
import { Schema } from "effect"

/** Which rule refused: what was asked for is no URL, or its scheme, credentials, port, name or address is refused. */
export const Rule = Schema.Literals(["url", "scheme", "credentials", "port", "name", "address"])
export type Rule = typeof Rule.Type

export interface Refused {
  readonly allowed: false
  readonly rule: Rule
  /** Why, in words. */
  readonly reason: string
  /** The address in its ordinary spelling, where there is one. */
  readonly address?: string
}

export interface Allowed {
  readonly allowed: true
  readonly reason: string
  readonly address?: string
}

export type Judgement = Allowed | Refused
