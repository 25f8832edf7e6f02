import * as Result from "effect/Result"

/** A field of a cron expression: what it is called and which numbers it takes. */
export interface CronField {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Where `*` and `5/2` end, when that is not `max`: Saturday, since 7 is Sunday once more. */
  readonly last?: number
  /** Names for numbers, in upper case. */
  readonly names?: ReadonlyMap<string, number>
}

/**
 * Reads the items of a field that are numbers: `*`, `5`, `1-5`, `MON-FRI`, each with a step (`10-30/5`, or every fifteenth of all), and
 * `5/15`, which is `5-59/15` where 59 is the field's last.
 */
export function readItem(field: CronField, item: string): Result.Result<ReadonlyArray<number>, string> {
  return Result.gen(function* () {
    const [, range = "", step] = /^([^/]*)(?:\/(\d{1,4}))?$/.exec(item) ?? []
    if (range === "") return yield* Result.fail(expected(field, item))
    const [from = field.min, to = field.max] = yield* readRange(field, range, step !== undefined)
    if (from > to) {
      return yield* Result.fail(`expected a range of ${field.name} that ascends, found "${item}"`)
    }
    const by = step === undefined ? 1 : Number(step)
    if (by < 1 || by > field.max - field.min) {
      return yield* Result.fail(
        `expected a step of ${field.name} from 1 to ${field.max - field.min}, found "${item}"`
      )
    }
    const values: Array<number> = []
    for (let value = from; value <= to; value += by) values.push(value)
    return values
  })
}

function readRange(
  field: CronField,
  range: string,
  hasStep: boolean
): Result.Result<readonly [number, number], string> {
  if (range === "*") return Result.succeed([field.min, field.last ?? field.max])
  const ends = range.split("-")
  const [first, last] = ends.map((end) => valueOf(field, end))
  if (first === undefined || ends.length > 2 || (ends.length === 2 && last === undefined)) {
    return Result.fail(expected(field, range))
  }
  if (last === undefined)
    return Result.succeed([first, hasStep ? Math.max(first, field.last ?? field.max) : first])
  // SAT-SUN: a Sunday by its name ends a week as well as it begins one.
  return Result.succeed([
    first,
    field.max === 7 && last < first && ends[1]?.toUpperCase() === "SUN" ? 7 : last
  ])
}

function valueOf({ max, min, names }: CronField, text: string): number | undefined {
  const named = names?.get(text.toUpperCase())
  if (named !== undefined) return named
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}

/** What a field takes, and what was found. */
export function expected({ max, min, name, names }: CronField, found: string): string {
  const [first, last] = names === undefined ? [] : [names.keys().next().value, [...names.keys()].at(-1)]
  const named = first === undefined ? "" : ` or ${first} to ${last}`
  return `expected ${name} to be made of numbers from ${min} to ${max}${named}, ranges (a-b), steps (*/n) and *, found "${found}"`
}
