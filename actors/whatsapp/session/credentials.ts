/** What the credentials say about us, read without Baileys: a system that is not linked does not load it. */
import { Option, Schema } from "effect"
import type { SelfIdentity } from "./connection.ts"
import type { OwnedStore } from "./store.ts"

/** Where `auth-state.ts` keeps them. */
export const credsPlace = { type: "creds", id: "creds" } as const

const Stored = Schema.fromJsonString(
  Schema.Struct({
    /** Signed by the phone: without it, a pairing was begun and not finished. */
    account: Schema.optionalKey(Schema.NullOr(Schema.Unknown)),
    me: Schema.optionalKey(
      Schema.Struct({
        id: Schema.String,
        lid: Schema.optionalKey(Schema.NullOr(Schema.String)),
        name: Schema.optionalKey(Schema.NullOr(Schema.String))
      })
    )
  })
)

const decode = Schema.decodeUnknownOption(Stored)

/** `491700000000:7@s.whatsapp.net` without its device. */
export const withoutDevice = (jid: string): string => jid.replace(/:\d+(?=@)/u, "")

/** Who a contact of Baileys' credentials is. */
export const selfOf = (me: {
  readonly id: string
  readonly lid?: string | null | undefined
  readonly name?: string | null | undefined
}): SelfIdentity => ({
  phone: withoutDevice(me.id),
  ...(typeof me.lid === "string" ? { lid: withoutDevice(me.lid) } : {}),
  ...(typeof me.name === "string" ? { name: me.name } : {})
})

/** The linked number of a store; `undefined` where none is linked. */
export const linkedIn = (store: OwnedStore): SelfIdentity | undefined => {
  const bytes = store.read(credsPlace.type, credsPlace.id)
  const creds = bytes === undefined ? undefined : Option.getOrUndefined(decode(bytes.toString("utf8")))
  const isLinked = creds?.account !== undefined && creds.account !== null
  return isLinked && creds.me !== undefined ? selfOf(creds.me) : undefined
}
