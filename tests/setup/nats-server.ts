import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import type { TestProject } from "vitest/node"
import { ensureNatsServer } from "../../infra/nats-server/ensure.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the nats-server that tests run, or why there is none. */
    readonly natsServer: { readonly path: string } | { readonly missing: string }
  }
}

/** Outside the data folder, so that a test run leaves nothing behind but this, and the next one starts at once. */
const cacheFolder = fileURLToPath(new URL("../../.cache/nats-server", import.meta.url))

/** What Node compiled is kept for the processes that tests start, which are hundreds, and for the next run. */
const compiledFolder = fileURLToPath(new URL("../../.cache/compiled", import.meta.url))

/**
 * Vitest's global set-up: finds or fetches nats-server once for all test files. Where there is none, the
 * tests that need it fail with the reason, and the others run.
 */
export default async (project: TestProject): Promise<void> => {
  process.env["NODE_COMPILE_CACHE"] ??= compiledFolder
  const program = ensureNatsServer({
    dataFolder: cacheFolder,
    say: (line) => Effect.sync(() => console.log(line))
  })
  const outcome = await Effect.runPromise(
    program.pipe(
      Effect.map(({ path }) => ({ path })),
      Effect.catch((error) => Effect.succeed({ missing: error.message }))
    )
  )
  project.provide("natsServer", outcome)
}
