/** A store of secrets as a place holds it: its newest state, whatever point the log is restored to. */
import { Effect } from "effect"
import type { Place, PlaceFailed } from "../places/place.ts"
import { Damaged, damaged, unframe } from "../segment/frame.ts"
import { type Identity, unseal } from "../segment/seal.ts"
import { storeKey, type StoreName } from "../ship/keys.ts"
import { StoreHeader } from "../ship/stores.ts"

/** The database of a store, or `undefined` where the place does not hold it. */
export const readStore = Effect.fn("readStore")(function* (
  place: Place,
  account: string,
  store: StoreName,
  identity: Identity
): Effect.fn.Return<Buffer | undefined, PlaceFailed | Damaged> {
  const bytes = yield* place.get(storeKey(account, store))
  if (bytes === undefined) return undefined
  return yield* Effect.tryPromise({
    try: () => {
      const { body, header } = unframe(bytes, StoreHeader)
      if (header.store !== store || header.account !== account)
        throw damaged("place", `the ${store} of ${account}`, `the ${header.store} of ${header.account}`)
      return unseal(body, identity, header.content.bytes)
    },
    catch: (cause) =>
      cause instanceof Damaged
        ? cause
        : damaged(
            "content",
            `the ${store} to be opened by this identity`,
            cause instanceof Error ? cause.message : String(cause)
          )
  })
})
