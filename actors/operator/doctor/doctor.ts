/** `wadjet doctor`: everything that Wadjet needs, looked at one by one, with how to mend it. */
import { resolve } from "node:path"
import { Effect, Result } from "effect"
import { readConfig } from "../../../infra/config/settings.ts"
import { OperatorFailed } from "../failure.ts"
import { Host } from "../host.ts"
import { Output } from "../output.ts"
import { runningOn } from "../run-file.ts"
import { counted } from "../words.ts"
import { archive } from "./archive-check.ts"
import { backups } from "./backup-check.ts"
import { dataChecks } from "./data-checks.ts"
import { fail, type Finding, ok } from "./finding.ts"
import { machineChecks } from "./machine-checks.ts"
import { origins } from "./origins-check.ts"
import { threatLists } from "./safe-browsing-check.ts"
import { serviceChecks } from "./service-checks.ts"
import { whatsApp } from "./session-check.ts"
import { linkSources } from "./source-check.ts"

export const checks = [
  ...machineChecks,
  ...dataChecks,
  ...serviceChecks,
  linkSources,
  threatLists,
  origins,
  whatsApp,
  archive,
  backups
]

const marks = { ok: "ok  ", warn: "WARN", fail: "FAIL" } as const
const nameWidth = 12

const findingLines = (name: string, { found, level, mend }: Finding) => [
  `${marks[level]}  ${name.padEnd(nameWidth)}  ${found}`,
  ...(mend === undefined ? [] : [`      ${"".padEnd(nameWidth)}  → ${mend}`])
]

/** Looks, prints, and fails where something must be mended. */
export const examine = Effect.fn("examine")(function* ({ json }: { readonly json: boolean }) {
  const output = yield* Output
  const { environment, home } = yield* Host
  const show = (name: string, finding: Finding) =>
    json
      ? output.json({ check: name, ...finding })
      : Effect.forEach(findingLines(name, finding), output.line, { discard: true })
  const read = yield* Effect.result(readConfig(environment))
  yield* show(
    "settings",
    Result.isSuccess(read)
      ? ok("all are understood")
      : fail(read.failure.message, "`wadjet config` shows every setting.")
  )
  // With a wrong setting, the rest is looked at as if nothing had been set.
  const config = Result.isSuccess(read) ? read.success : yield* readConfig({})
  const dataFolder = resolve(config.dataFolder)
  const patient = { config, dataFolder, home, running: runningOn(dataFolder) }
  let bad = Result.isSuccess(read) ? 0 : 1
  for (const { look, name } of checks) {
    const finding = yield* look(patient)
    if (finding.level === "fail") bad += 1
    yield* show(name, finding)
  }
  if (bad === 0) return
  return yield* new OperatorFailed({
    what: `${counted(bad, "thing")} must be mended`,
    why: "the lines marked FAIL say what was found",
    next: "Each says how, after the arrow."
  })
})
