/** Baileys is imported when a number is linked or being linked: it costs some sixty megabytes. */
import { Effect } from "effect"
import { containRejections } from "./contain.ts"
import { hastenSignatures } from "./fast-signatures.ts"
import { hushLibraries } from "./hush.ts"

export type Baileys = typeof import("@whiskeysockets/baileys")

let loading: Promise<Baileys> | undefined

const load = async (): Promise<Baileys> => {
  const baileys = await import("@whiskeysockets/baileys")
  await hastenSignatures()
  return baileys
}

/** Baileys, imported the first time; its libraries are kept from the console before they can say anything. */
export const loadBaileys: Effect.Effect<Baileys> = Effect.promise(() => {
  hushLibraries()
  containRejections()
  return (loading ??= load())
})
