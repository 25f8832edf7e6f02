/** How a trail ended, in a word or two. */
import type { Trail } from "../../../infra/guarded-client/follow.ts"

export const endsOf = (trail: Trail): string => {
  const { end } = trail
  if (end.kind === "refused") return `refused: ${end.rule}`
  return end.kind === "failed" ? `failed: ${end.fault}` : end.kind
}
