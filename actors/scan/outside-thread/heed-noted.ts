/** What happened in the thread that asks the outside, counted, told and remembered where everybody else is. */
import { countOutside } from "../outside-counts.ts"
import type { PrefixMemory } from "../safe-browsing/prefix-memory.ts"
import type { SourceNews } from "../sources/ask-source.ts"
import type { Noted } from "./outside-protocol.ts"

/** What Safe Browsing answered there is known in a first result here. */
export const heedNoted =
  (memory: PrefixMemory, tell: (news: SourceNews) => void) =>
  ({ counts, news, remembered }: Noted): void => {
    counts.forEach(countOutside)
    news.forEach(tell)
    for (const { asked, at, dangerous, seconds } of remembered) memory.remember(asked, dangerous, seconds, at)
  }
