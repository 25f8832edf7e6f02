/** Everything that `infra/event-log/event-log.ts` promises, as tests of any implementation. */
import { Effect, type Scope } from "effect"
import type { Vitest } from "@effect/vitest"
import { appendContract } from "./event-log/append.contract.ts"
import { codecContract } from "./event-log/codec.contract.ts"
import { readContract } from "./event-log/read.contract.ts"
import type { LogLayer, LogTest } from "./event-log/subject.ts"
import { workContract } from "./event-log/work.contract.ts"

/**
 * Runs the whole suite against a log. The layer is built anew for each test and must be empty then; `test`
 * registers one, under Effect's test clock or, where a server keeps its own time, the real one.
 */
export const eventLogContract = <R>(test: Vitest.Tester<R | Scope.Scope>, layer: LogLayer<R>): void => {
  const register: LogTest = (name, body) => test(name, () => Effect.provide(body, layer, { local: true }))
  appendContract(register)
  codecContract(register)
  readContract(register)
  workContract(register)
}
