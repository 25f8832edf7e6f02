/** For how long something seems to be typed before it is sent. */
import type { Priority, WireKind } from "../../../contracts/outbox.ts"
import type { PacingLimits } from "./limits.ts"

type Typing = Pick<PacingLimits, "typedCharactersPerMinute" | "typingSecondsMax">

/** Milliseconds; 0 for what nobody types: a warning, and whatever is no new text. */
export const typingMillis = (
  { typedCharactersPerMinute, typingSecondsMax }: Typing,
  text: string,
  wire: WireKind,
  priority: Priority
): number => {
  if (wire !== "text" || priority === "warning") return 0
  const millis = (text.length * 60_000) / typedCharactersPerMinute
  return Math.round(Math.min(millis, typingSecondsMax * 1_000))
}
