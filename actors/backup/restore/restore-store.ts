/** A store of secrets as a place holds it: its newest state, whatever point the log is restored to. */
import { Effect } from "effect"
import { writeFile } from "node:fs/promises"
import { PlaceFailed, type Place } from "../places/place.ts"
import { Damaged, damaged, unframe } from "../segment/frame.ts"
import { type Identity, unseal } from "../segment/seal.ts"
import { storeKey, type StoreName } from "../ship/keys.ts"
import { StoreHeader } from "../ship/stores.ts"

/** Puts a store into a file, and answers with whether the place holds it. */
export const restoreStore = Effect.fn("restoreStore")(function* (
  place: Place,
  account: string,
  store: StoreName,
  identity: Identity,
  path: string
): Effect.fn.Return<boolean, PlaceFailed | Damaged> {
  const bytes = yield* place.get(storeKey(account, store))
  if (bytes === undefined) return false
  yield* Effect.tryPromise({
    try: async () => {
      const { body, header } = unframe(bytes, StoreHeader)
      if (header.store !== store || header.account !== account)
        throw damaged("place", `the ${store} of ${account}`, `the ${header.store} of ${header.account}`)
      await writeFile(path, await unseal(body, identity, header.content.bytes), { mode: 0o600 })
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
  return true
})
