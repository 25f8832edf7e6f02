import { Effect } from "effect"

/**
 * Runs what a module offers, loading it only now: `wadjet scan` must not pay for NATS, HTTP and SQLite.
 *
 * @example lazily(() => import("../scan-url.ts"), ({ scanUrl }) => scanUrl(input))
 */
export const lazily = <M, A, E, R>(load: () => Promise<M>, use: (module: M) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.promise(load), use)
