/** How fast Wadjet speaks at most, so that a number is not taken for a spammer's. */

export interface PacingLimits {
  /** Messages a minute, over all chats. */
  readonly overallPerMinute: number
  /** Messages a minute in one chat. */
  readonly chatPerMinute: number
  /** Messages that may leave at once after a silence. */
  readonly burst: number
  /** Days over which the limits of a number grow that was linked just now; 0 for none. */
  readonly warmUpDays: number
  /** How long after each connection a quarter of the limits holds. */
  readonly slowStartSeconds: number
  /** The longest rest, drawn by lot, after each message. */
  readonly jitterMillis: number
  /** First messages within 24 hours to people who never wrote to this account. */
  readonly firstMessagesPerDay: number
  /** How fast it seems to type. */
  readonly typedCharactersPerMinute: number
  /** The longest time it seems to type; 0 for not at all. */
  readonly typingSecondsMax: number
}

/**
 * Careful enough for a number of some age. Locks of 24 hours are reported after 15 to 40 first messages a day,
 * and a person types 200 to 400 characters a minute; a chat would wait too long for that.
 */
export const defaultPacing: PacingLimits = {
  overallPerMinute: 60,
  chatPerMinute: 20,
  burst: 5,
  warmUpDays: 7,
  slowStartSeconds: 60,
  jitterMillis: 1_000,
  firstMessagesPerDay: 10,
  typedCharactersPerMinute: 1_500,
  typingSecondsMax: 5
}

/** Limits on how many messages leave, and nothing that makes one wait which they let go. */
export const plainPacing = (
  limits: Pick<PacingLimits, "overallPerMinute" | "chatPerMinute" | "burst">
): PacingLimits => ({
  ...limits,
  warmUpDays: 0,
  slowStartSeconds: 0,
  jitterMillis: 0,
  firstMessagesPerDay: 1_000,
  typedCharactersPerMinute: 1,
  typingSecondsMax: 0
})
