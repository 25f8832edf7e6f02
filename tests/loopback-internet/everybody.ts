/** The product's own sources, all of them, and following links, over a loopback internet. */
import { Worker } from "node:worker_threads"
import { Redacted } from "effect"
import { builtInBrands } from "../../actors/scan/brand-index.ts"
import { askedBy, type Asking, composeOutside } from "../../actors/scan/compose-outside.ts"
import { heedNoted } from "../../actors/scan/outside-thread/heed-noted.ts"
import { inputOf } from "../../actors/scan/outside-thread/outside-protocol.ts"
import { openOutsideThread } from "../../actors/scan/outside-thread/outside-thread.ts"
import { threadResources } from "../../actors/scan/outside-thread/start-thread.ts"
import { makePrefixMemory } from "../../actors/scan/safe-browsing/prefix-memory.ts"
import type { GuardedClientService } from "../../infra/guarded-client/client.ts"
import type { InternetPlace } from "./internet.ts"

const key = Redacted.make("a-key")

export const everybody: Asking = {
  expand: true,
  icons: new Map(),
  brands: builtInBrands(),
  sources: {
    safeBrowsing: key,
    urlhaus: key,
    virusTotal: key,
    phishTank: key,
    urlscan: key,
    keyless: true,
    certificates: true
  }
}

/** Everything outside, with the quotas of a data folder, asked by this thread. */
export const askEverybody = (client: GuardedClientService, dataFolder: string) =>
  composeOutside(dataFolder, everybody, client)

interface Internet {
  readonly client: GuardedClientService
  readonly place: InternetPlace
}

/** The same, asked by a thread of its own, as in the product. */
export const askEverybodyInThread = ({ client, place }: Internet, dataFolder: string) => {
  const memory = makePrefixMemory()
  return openOutsideThread(askedBy(everybody, client, { memory }), {
    input: () => inputOf(dataFolder, everybody, undefined),
    noted: heedNoted(memory, () => {}),
    launch: (input) =>
      new Worker(new URL("./outside-thread.ts", import.meta.url), {
        workerData: { ...input, internet: place },
        name: "wadjet-outside",
        resourceLimits: threadResources
      })
  })
}
