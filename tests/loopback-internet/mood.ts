/** What may be wrong with a service: all of them share one program, so each question says how it is to be taken. */

/** As in life, without any delay, out of order, or silent. */
export type Mood = "alive" | "prompt" | "broken" | "silent"

export const moodHeader = "x-mood"
