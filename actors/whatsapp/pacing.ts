/**
 * Pacing: how fast Wadjet speaks, so that a number is not taken for a spammer's. Token buckets, one per
 * chat and one for all. Warnings never wait; they draw on the buckets and others wait longer for it.
 */
import type { Priority } from "../../contracts/outbox.ts"

export interface PacingLimits {
  /** Messages a minute, over all chats. */
  readonly overallPerMinute: number
  /** Messages a minute in one chat. */
  readonly chatPerMinute: number
  /** Messages that may leave at once after a silence. */
  readonly burst: number
}

/** Careful enough for a number of some age; a fresh one warms up more slowly. */
export const defaultPacing: PacingLimits = { overallPerMinute: 60, chatPerMinute: 20, burst: 5 }

interface Bucket {
  tokens: number
  at: number
}

const refill = (bucket: Bucket, perMinute: number, burst: number, now: number) => {
  // A clock that was set back gives nothing, and takes nothing either.
  const elapsed = Math.max(0, now - bucket.at)
  bucket.tokens = Math.min(burst, bucket.tokens + (elapsed * perMinute) / 60_000)
  bucket.at = now
}

const readyAt = (bucket: Bucket, perMinute: number, now: number) =>
  bucket.tokens >= 1 ? now : now + Math.ceil(((1 - bucket.tokens) * 60_000) / perMinute)

export interface Pacer {
  /** Takes a turn: `undefined` when it may go now, else the moment (milliseconds) to ask again. */
  readonly take: (chat: string, priority: Priority, now: number) => number | undefined
  /** Gives back a turn that was taken and came to nothing. */
  readonly giveBack: (chat: string, now: number) => void
}

/** Chats whose buckets are remembered; a forgotten one starts with a full burst. */
const chatsRemembered = 10_000

export const makePacer = (limits: PacingLimits): Pacer => {
  const overall: Bucket = { tokens: limits.burst, at: 0 }
  const perChat = new Map<string, Bucket>()

  const bucketOf = (chat: string, now: number): Bucket => {
    const bucket = perChat.get(chat) ?? { tokens: limits.burst, at: now }
    perChat.delete(chat)
    perChat.set(chat, bucket)
    if (perChat.size > chatsRemembered) perChat.delete(perChat.keys().next().value!)
    return bucket
  }

  return {
    take: (chat, priority, now) => {
      const own = bucketOf(chat, now)
      refill(overall, limits.overallPerMinute, limits.burst, now)
      refill(own, limits.chatPerMinute, limits.burst, now)
      const at = Math.max(
        readyAt(overall, limits.overallPerMinute, now),
        readyAt(own, limits.chatPerMinute, now)
      )
      if (at > now && priority !== "warning") return at
      overall.tokens -= 1
      own.tokens -= 1
      return undefined
    },
    giveBack: (chat, now) => {
      const own = bucketOf(chat, now)
      overall.tokens = Math.min(limits.burst, overall.tokens + 1)
      own.tokens = Math.min(limits.burst, own.tokens + 1)
    }
  }
}
