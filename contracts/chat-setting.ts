/** What a setting of a chat is, and the kinds of values that settings have. */
import { DateTime, Option, Schema } from "effect"

/** One setting. Its value is a fact of the log as it is, and a text wherever somebody types or reads it. */
export interface ChatSetting<T> {
  /** What it is called wherever somebody types it. */
  readonly name: string
  readonly about: string
  /** Which texts are values of it. */
  readonly accepts: string
  /** What holds where nobody set it. */
  readonly fallback: T
  readonly schema: Schema.Codec<T>
  /** The value that a text stands for, or `undefined`. */
  readonly read: (text: string) => T | undefined
  readonly write: (value: T) => string
}

type Said<T> = Pick<ChatSetting<T>, "name" | "about" | "fallback">

export const onOff = (said: Said<boolean>): ChatSetting<boolean> => ({
  ...said,
  accepts: "on or off",
  schema: Schema.Boolean,
  read: (text) => (text === "on" ? true : text === "off" ? false : undefined),
  write: (value) => (value ? "on" : "off")
})

const listed = (options: ReadonlyArray<string>): string =>
  options.length < 2 ? options.join() : `${options.slice(0, -1).join(", ")} or ${options.at(-1)}`

export const oneOf = <const Option extends string>(
  options: ReadonlyArray<Option>,
  said: Said<NoInfer<Option>>
): ChatSetting<Option> => ({
  ...said,
  accepts: listed(options),
  schema: Schema.Literals(options),
  read: (text) => options.find((option) => option === text),
  write: (value) => value
})

/** What stands for no value where there could be one. */
export const none = "none"

/** Several of some options, with commas between them. */
export const someOf = <const Option extends string>(
  options: ReadonlyArray<Option>,
  said: Said<ReadonlyArray<NoInfer<Option>>>
): ChatSetting<ReadonlyArray<Option>> => ({
  ...said,
  accepts: `${none}, or with commas between them: ${listed(options)}`,
  schema: Schema.Array(Schema.Literals(options)),
  read: (text) => {
    const wanted = text === none ? [] : text.split(",").map((part) => part.trim())
    return wanted.every((part) => options.some((option) => option === part))
      ? options.filter((option) => wanted.includes(option))
      : undefined
  },
  write: (value) => (value.length === 0 ? none : value.join(","))
})

export const wholeNumber = (
  { max, min, unit }: { readonly min: number; readonly max: number; readonly unit: string },
  said: Said<number>
): ChatSetting<number> => ({
  ...said,
  accepts: `a whole number of ${unit} from ${min} to ${max}`,
  schema: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: min, maximum: max }))),
  read: (text) => (/^\d{1,9}$/u.test(text) && +text >= min && +text <= max ? +text : undefined),
  write: String
})

const clockTime = (text: string): string | undefined => {
  const [, hours, minutes = "00"] = /^([01]?\d|2[0-3])(?::?([0-5]\d))?$/u.exec(text.trim()) ?? []
  return hours === undefined ? undefined : `${hours.padStart(2, "0")}:${minutes}`
}

const readHours = (text: string): string | undefined => {
  if (text === none) return none
  const [from, to, ...more] = text.split(/[-–]/u).map(clockTime)
  return from === undefined || to === undefined || from === to || more.length > 0
    ? undefined
    : `${from}-${to}`
}

/** Two times of day, from the first to the second, past midnight where the second is the smaller one. */
export const hours = (said: Said<string>): ChatSetting<string> => ({
  ...said,
  accepts: "none, or two times of day such as 22:00-07:00",
  schema: Schema.String.pipe(
    Schema.check(Schema.isPattern(/^(none|([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)$/u))
  ),
  read: readHours,
  write: (value) => value
})

/** Any name is kept as it is in the log: another host may not know the zone, and must read it all the same. */
export const zone = (said: Said<string>): ChatSetting<string> => ({
  ...said,
  accepts: "a time zone such as Europe/Berlin or UTC",
  schema: Schema.NonEmptyString.pipe(Schema.check(Schema.isMaxLength(64))),
  read: (text) => Option.getOrUndefined(DateTime.zoneMakeNamed(text))?.id,
  write: (value) => value
})
