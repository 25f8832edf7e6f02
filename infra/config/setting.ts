/** What a setting is, and the kinds of numbers that settings are. */

export interface Setting<T> {
  readonly name: string
  readonly about: string
  readonly accepts: string
  readonly fallback: string | undefined
  readonly secret: boolean
  /** The value, or `undefined` where the text is not one. */
  readonly parse: (text: string) => T | undefined
  /** A text of lines, of which the first may be empty: it is taken from its file as it stands there. */
  readonly isText?: boolean
  /** What is wrong with a text that `parse` does not take, and where, in the place of the whole text. */
  readonly fault?: (text: string) => string
  /** What is shown in the place of a text that may be very long, where `parse` takes it. */
  readonly summary?: (text: string) => string | undefined
}

export const setting = <T>(it: Omit<Setting<T>, "secret"> & { readonly secret?: boolean }): Setting<T> => ({
  secret: false,
  ...it
})

export const positive = (text: string): number | undefined =>
  /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined

export const fromZero = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) ? Number(text) : undefined

export const parseSwitch = (text: string): boolean | undefined =>
  text === "on" ? true : text === "off" ? false : undefined
