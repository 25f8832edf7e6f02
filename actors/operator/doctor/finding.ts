/** What a check of `wadjet doctor` found. */
import { Effect } from "effect"
import type { Config } from "../../../infra/config/settings.ts"
import type { Host } from "../host.ts"
import type { RunRecord } from "../run-file.ts"

export interface Finding {
  readonly level: "ok" | "warn" | "fail"
  readonly found: string
  /** What to do about it; nothing where all is well. */
  readonly mend?: string
}

export const ok = (found: string): Finding => ({ level: "ok", found })
export const warn = (found: string, mend: string): Finding => ({ level: "warn", found, mend })
export const fail = (found: string, mend: string): Finding => ({ level: "fail", found, mend })

/** What checks look at. */
export interface Patient {
  readonly config: Config
  /** Absolute. */
  readonly dataFolder: string
  /** The folder of the program. */
  readonly home: string
  /** The system that runs on the data folder, if one does. */
  readonly running: RunRecord | undefined
}

export interface Check {
  readonly name: string
  readonly look: (patient: Patient) => Effect.Effect<Finding, never, Host>
}

/** A check that throws is a finding, too. */
export const check = (
  name: string,
  look: (patient: Patient) => Effect.Effect<Finding, unknown, Host>,
  mend = "This should not happen: please report it."
): Check => ({
  name,
  look: (patient) =>
    Effect.sandbox(look(patient)).pipe(Effect.catch((cause) => Effect.succeed(fail(because(cause), mend))))
})

const because = (cause: { readonly reasons: ReadonlyArray<unknown> }): string => {
  for (const reason of cause.reasons) {
    const fault = reason as { readonly error?: unknown; readonly defect?: unknown }
    const error = fault.error ?? fault.defect
    if (error instanceof Error) return error.cause instanceof Error ? error.cause.message : error.message
    if (error !== undefined) return String(error)
  }
  return "it did not end"
}
