/** `wadjet config`: every setting with where its value comes from. */
import { Effect, Result } from "effect"
import { describeConfig, readConfig } from "../../infra/config/settings.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"

type Described = ReturnType<typeof describeConfig>[number]

const sources = { environment: "set", file: "from a file", default: "default", unset: "not set" } as const

const settingLines = ({ about, accepts, name, source, value }: Described) => [
  `${name} = ${value === null || value === "" ? "(nothing)" : value}   (${sources[source]})`,
  `    ${about} Accepts ${accepts}.`
]

/** Prints all settings. Fails where one is wrong, after printing. */
export const showConfig = Effect.fn("showConfig")(function* ({ json }: { readonly json: boolean }) {
  const output = yield* Output
  const { environment } = yield* Host
  const checked = yield* Effect.result(readConfig(environment))
  const problem = Result.isFailure(checked) ? checked.failure : undefined
  const described = yield* Effect.try({
    try: () => describeConfig(environment),
    catch: (cause) =>
      problem ??
      new OperatorFailed({
        what: "A setting's file cannot be read",
        why: String(cause),
        next: "Check its name and its permissions."
      })
  })
  for (const setting of described) {
    const own = problem?.setting === setting.name ? { problem: problem.message } : {}
    if (json) yield* output.json({ ...setting, ...own })
    else yield* Effect.forEach(settingLines(setting), output.line, { discard: true })
  }
  if (problem !== undefined) return yield* problem
})
