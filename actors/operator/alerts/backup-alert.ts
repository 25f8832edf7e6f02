/** What is news of backups and of the log itself, and when it is over. Pure: a fold over the facts of backups. */
import { keepStepWords } from "../../../contracts/backup.ts"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { Active, Alert } from "./alert.ts"

export type BackupEvent = RecordedOf<
  | "backup.place-changed"
  | "backup.keeping-changed"
  | "backup.verified"
  | "backup.unverified"
  | "backup.scrubbed"
>

const change = (
  about: Alert["about"],
  isWrong: boolean,
  active: Active,
  at: number,
  texts: { readonly raised: string; readonly over: string }
): ReadonlyArray<Alert> => {
  if (isWrong === active.has(about)) return []
  return [{ about, state: isWrong ? "raised" : "over", text: isWrong ? texts.raised : texts.over, at }]
}

/** What has to be told after a fact, given what was told before. */
export const backupAlertsAfter = (event: BackupEvent, active: Active): ReadonlyArray<Alert> => {
  const { at, place } = event.data
  switch (event.type) {
    case "backup.place-changed": {
      const { reason, state } = event.data
      return change(`backup-${place}`, state !== "shipping", active, at, {
        raised: `${place}, a place for backups, is ${state}${reason === undefined ? "" : `: ${reason}`}`,
        over: `${place}, a place for backups, does what it is asked again`
      })
    }
    case "backup.keeping-changed": {
      const { reason, state, step } = event.data
      const words = keepStepWords[step]
      return change(`backup-${step}-${place}`, state === "failing", active, at, {
        raised: `${place}, a place for backups, is not kept as it should be: ${words} fails${reason === undefined ? "" : `: ${reason}`}`,
        over: `${place}, a place for backups, is kept as it should be again: ${words} succeeds`
      })
    }
    case "backup.verified": {
      const { problems } = event.data
      const checked = change(`backup-check-${place}`, problems.length > 0, active, at, {
        raised: `${place} cannot give back everything: ${problems.join("; ")}`,
        over: `${place} was checked and is good again`
      })
      if (problems.length > 0) return checked
      return [
        ...checked,
        ...change(`backup-unverified-${place}`, false, active, at, {
          raised: "",
          over: `${place} was checked again, and is good`
        })
      ]
    }
    case "backup.unverified":
      return change(`backup-unverified-${place}`, true, active, at, {
        raised: `${place} was last found to be good on ${new Date(event.data.since).toISOString()}: nobody knows whether anything can be restored from it`,
        over: ""
      })
    case "backup.scrubbed": {
      const { log, mended, problems } = event.data
      // Each place is held against the log by itself, and may have other events than the others.
      const found = change(`log-${place}`, log.length > 0, active, at, {
        raised: `the log, held against ${place}, is damaged: ${log.join("; ")}. \`wadjet mend\` fills its holes from a backup; where events differ, which it refuses, \`wadjet restore\` makes the log anew from one`,
        over: `the log, held against ${place}, is whole again`
      })
      if (problems.length === 0) return found
      const text = `${place} was damaged, and ${mended} of its segments were stored again: ${problems.join("; ")}`
      return [...found, { about: `backup-${place}`, state: "notice", text, at }]
    }
  }
}
