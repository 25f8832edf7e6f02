/**
 * Records: the very many small values of an actor's state, each a few bytes. They lie in the order in which
 * they were added, and are found by marks, which are short: what is found is looked at before it is believed.
 */

export interface Records<V> {
  /** Tells an actor's kinds of records apart: 0 to 7. */
  readonly kind: number
  readonly pack: (value: V) => Buffer
  readonly unpack: (bytes: Buffer) => V
}

export interface Kept<V> {
  readonly id: number
  readonly value: V
}

/**
 * Where a record is looked for: 44 bits of the hashes that it is about. Two hashes with one mark meet once in
 * 17 million million times, and then a record is looked at in vain.
 */
export type Mark = number

/** The first and the last of some marks. */
export type Marks = readonly [from: Mark, to: Mark]

const digits = (hash: string, count: number): number => Number.parseInt(hash.slice(0, count), 16)

/** The mark of a hash of 40 hexadecimal digits. */
export const markOf = (hash: string): Mark => digits(hash, 11)

const secondSpan = 16 ** 4

/** The mark of two hashes together; all of one first hash lie side by side. */
export const markOfPair = (first: string, second: string): Mark =>
  digits(first, 7) * secondSpan + digits(second, 4)

/** The marks of a first hash, whatever the second is. */
export const marksOfFirst = (first: string): Marks => {
  const from = digits(first, 7) * secondSpan
  return [from, from + secondSpan - 1]
}
