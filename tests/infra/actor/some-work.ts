/** A piece of open work with nothing special about it but what is said. */
import type { Work } from "../../../infra/actor/state.ts"

export const work = (key: string, change: Partial<Work> = {}): Work => ({
  key,
  kind: "send",
  priority: 0,
  lane: "a",
  due: 0,
  cause: "c",
  correlation: "c",
  ...change
})
