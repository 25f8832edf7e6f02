/**
 * Declaring an event. From the declaration and nothing else come its TypeScript types, its codec, its
 * subject, its place in the reference, its golden fixture and the permissions of who publishes it.
 */
import { Schema } from "effect"
import type { BoundaryFields, Context, contexts } from "./contexts.ts"
import { type PersonalField, type Sealed, SealedText } from "./personal.ts"

export type DataFields = Readonly<Record<string, Schema.Codec<unknown, unknown>>>
export type PersonalFields = Readonly<Record<string, PersonalField>>

/** Turns the data of an older version into that of the next one. */
export type Upcast = (older: Record<string, unknown>) => Record<string, unknown>

/**
 * A fact of the log: its name and version, whom it belongs to, and the shape of its data.
 *
 * `data` is in the clear; `personal` is sealed before it is written and stays sealed when it is read.
 */
export interface EventType<
  Name extends string = string,
  Data extends DataFields = DataFields,
  Private extends PersonalFields = PersonalFields
> {
  readonly type: Name
  readonly context: Context
  /** The last token of the subject: the name without its context. */
  readonly event: string
  readonly version: number
  readonly about: string
  readonly data: Data
  readonly personal: Private
  /** The shape on the wire: `data`, and the personal fields as sealed text. */
  readonly recorded: Schema.Codec<unknown, unknown>
  /** The shape as written by an actor: `data`, and the personal fields in the clear. */
  readonly plain: Schema.Codec<unknown, unknown>
  /** `upcasts[n]` turns version n into n + 1. */
  readonly upcasts: Readonly<Record<number, Upcast>>
  readonly example: unknown
}

type DataOf<E> = E extends EventType<string, infer Data, PersonalFields> ? Schema.Struct<Data>["Type"] : never
type PersonalOf<E> = E extends EventType<string, DataFields, infer Private> ? Private : never
type NameOf<E> = E extends EventType<infer Name, DataFields, PersonalFields> ? Name : never

type Flat<T> = { readonly [K in keyof T]: T[K] }

/** The names of the personal fields that an event always has, or of those that it may come without. */
type KeysOf<Private, Optional extends boolean> = {
  [K in keyof Private]: Private[K] extends PersonalField<Schema.Codec<unknown, unknown>, Optional> ? K : never
}[keyof Private]

type ClearOf<Field> = Field extends PersonalField<infer S> ? S["Type"] : never

/** The personal fields as an actor writes them. */
type Plain<Private> = { readonly [K in KeysOf<Private, false>]: ClearOf<Private[K]> } & {
  readonly [K in KeysOf<Private, true>]?: ClearOf<Private[K]>
}

/** The personal fields as a reader finds them. */
type SealedFields<Private> = { readonly [K in KeysOf<Private, false>]: Sealed<ClearOf<Private[K]>> } & {
  readonly [K in KeysOf<Private, true>]?: Sealed<ClearOf<Private[K]>>
}

/** What an actor says happened: not yet sealed, not yet in the log. */
export type Fact<E> = E extends EventType
  ? { readonly type: NameOf<E>; readonly data: Flat<DataOf<E> & Plain<PersonalOf<E>>> }
  : never

/** What the log holds: sealed, numbered and timed. */
export type Recorded<E> = E extends EventType
  ? Origin & { readonly type: NameOf<E>; readonly data: Flat<DataOf<E> & SealedFields<PersonalOf<E>>> }
  : never

/** Where an event of the log came from. Times are milliseconds since the epoch. */
export interface Origin {
  /** Its place in the total order, from 1, without gaps. */
  readonly sequence: number
  readonly id: string
  readonly time: number
  readonly boundary: string
  /** `/wadjet/<account>/<actor>`, as in CloudEvents. */
  readonly source: string
  /** The id of the event or command that led to it. */
  readonly cause: string | undefined
  /** The id of the first of the chain. */
  readonly correlation: string | undefined
  readonly traceparent: string | undefined
}

type ContextOf<Name extends string> = Name extends `${infer C extends Context}.${string}` ? C : never

/** The data fields that the context's boundary is read from must be declared. */
type HasBoundary<
  Name extends string,
  Data extends DataFields
> = Schema.Struct<Data>["Type"] extends BoundaryFields[(typeof contexts)[ContextOf<Name>]["boundary"]]
  ? unknown
  : never

interface Declaration<Data, Private, Example> {
  readonly about: string
  readonly version?: number
  readonly data: Data
  readonly personal?: Private
  readonly upcasts?: Readonly<Record<number, Upcast>>
  readonly example: Example
}

/** The personal fields of an event as fields of a schema. */
const fieldsOf = (
  personal: PersonalFields,
  schemaOf: (field: PersonalField) => PersonalField["schema"]
): DataFields =>
  Object.fromEntries(
    Object.entries(personal).map(([name, field]) => [
      name,
      field.optional ? Schema.optionalKey(schemaOf(field)) : schemaOf(field)
    ])
  )

/**
 * Declares an event. The result is its type, and a function that makes a fact of it.
 *
 * @example
 * const Muted = event("policy.muted", { about: "…", data: { chat: ChatId, until: EpochMillis }, example: { … } })
 * const fact = Muted({ chat, until })
 */
export const event = <
  const Name extends `${Context}.${string}`,
  const Data extends DataFields,
  const Private extends PersonalFields = Record<never, never>
>(
  name: Name,
  declaration: Declaration<Data, Private, Flat<Schema.Struct<Data>["Type"] & Plain<NoInfer<Private>>>> &
    HasBoundary<Name, Data>
) => {
  const [context, eventName] = name.split(".") as [Context, string]
  const personal = declaration.personal ?? ({} as Private)
  const sealed = fieldsOf(personal, () => SealedText)
  const clear = fieldsOf(personal, ({ schema }) => schema)
  type Declared = EventType<Name, Data, Private>
  const type: Declared = {
    type: name,
    context,
    event: eventName,
    version: declaration.version ?? 1,
    about: declaration.about,
    data: declaration.data,
    personal,
    recorded: Schema.Struct({ ...declaration.data, ...sealed }),
    plain: Schema.Struct({ ...declaration.data, ...clear }),
    upcasts: declaration.upcasts ?? {},
    example: declaration.example
  }
  const make = (data: Fact<Declared>["data"]): Fact<Declared> => ({ type: name, data }) as Fact<Declared>
  return Object.assign(make, type)
}
