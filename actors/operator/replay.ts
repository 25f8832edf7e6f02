/** `wadjet replay`: the log once more, by other rules or into other read models. */
import { Effect, Option } from "effect"
import { OperatorFailed } from "./failure.ts"
import { replayModels } from "./replay-models.ts"
import { replayRules } from "./replay-rules.ts"

export interface ReplayInput {
  readonly rules: Option.Option<string>
  readonly into: Option.Option<string>
  readonly from: Option.Option<string>
  readonly to: Option.Option<string>
  readonly compare: boolean
  readonly open: boolean
  readonly json: boolean
}

const unclear = (why: string) =>
  new OperatorFailed({
    what: "It is not clear what to replay",
    why,
    next: "`wadjet replay --rules FILE --compare` weighs what was scanned by other rules, `wadjet replay --into FILE` folds the read models up to a point into a file.",
    exit: "usage"
  })

/** Decides between the two ways to replay. */
export const replay = Effect.fn("replay")(function* (input: ReplayInput) {
  const { compare, from, into, open, rules } = input
  if (Option.isSome(rules) && Option.isSome(into))
    return yield* unclear("expected --rules or --into, found both")
  if (Option.isSome(rules)) return yield* replayRules({ ...input, rules: rules.value })
  if (Option.isNone(into)) return yield* unclear("expected --rules or --into, found neither")
  if (Option.isSome(from) || compare || open)
    return yield* unclear("expected --to alone beside --into: read models are folded from the first event on")
  return yield* replayModels({ ...input, into: into.value })
})
