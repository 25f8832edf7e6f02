import type { Note } from "./in-zone.ts"
import { localText } from "./local-time.ts"
import type { InstantSeconds } from "./zone.ts"

/** @example utcText(873205200) // "1997-09-02T13:00:00Z" */
export const utcText = (at: InstantSeconds): string => `${localText(at)}Z`

/** What is odd about an occurrence, in a sentence. */
export function noteText(note: Note, zone: string): string {
  if (note.kind === "first-of-two") return `this time comes twice on this day in ${zone}: this is the first`
  if (note.kind === "second-of-two") return `this time comes twice on this day in ${zone}: this is the second`
  return `${localText(note.from)} does not exist in ${zone}: moved on by ${durationText(note.bySeconds)}`
}

function durationText(seconds: number): string {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const parts = [
    hours === 0 ? "" : `${hours} h`,
    minutes === 0 ? "" : `${minutes} min`,
    seconds % 60 === 0 ? "" : `${seconds % 60} s`
  ]
  return parts.filter((part) => part !== "").join(" ")
}
