/** The shape of WhatsApp's messages, found out by asking Baileys' own classes what they take. */
import { proto } from "@whiskeysockets/baileys"

export interface MessageClass {
  readonly prototype: object
  readonly fromObject: (value: Record<string, unknown>) => object
  readonly getTypeUrl: (prefix: string) => string
}

export interface FieldShape {
  readonly name: string
  readonly kind: "text" | "bytes" | "message" | "other"
  readonly repeated: boolean
  /** What a `message` field holds. */
  readonly holds: MessageClass | undefined
}

const isMessageClass = (value: unknown): value is MessageClass =>
  typeof value === "function" && "fromObject" in value && "getTypeUrl" in value

/** Without `proto.` and `Message.` in front, as the rules of reading call it. */
export const nameOf = (type: MessageClass): string =>
  type.getTypeUrl("").replace(/^\/proto\.(?:Message\.)?/u, "")

const attempt = (run: () => object): object | string => {
  try {
    return run()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const shapeOf = (type: MessageClass, name: string, repeated = false): FieldShape => {
  const made = (value: unknown) => attempt(() => type.fromObject({ [name]: repeated ? [value] : value }))
  const valueIn = (it: object): unknown => {
    const value: unknown = Reflect.get(it, name)
    return repeated && Array.isArray(value) ? value[0] : value
  }
  const probed = made("AAAA")
  const shape = (kind: FieldShape["kind"], holds?: MessageClass): FieldShape => ({
    name,
    kind,
    repeated,
    holds
  })
  if (typeof probed === "string") {
    if (probed.includes("array expected") && !repeated) return shapeOf(type, name, true)
    if (!probed.includes("object expected")) return shape("other")
    const held = made({})
    const holds: unknown = typeof held === "string" ? undefined : (valueIn(held) as object).constructor
    return isMessageClass(holds) ? shape("message", holds) : shape("other")
  }
  const value = valueIn(probed)
  if (typeof value === "string") return shape("text")
  return shape(value instanceof Uint8Array ? "bytes" : "other")
}

const shapes = new Map<MessageClass, ReadonlyArray<FieldShape>>()

/** The fields of a class, in the order of the protocol's definition. */
export const fieldsOf = (type: MessageClass): ReadonlyArray<FieldShape> => {
  const known = shapes.get(type)
  if (known !== undefined) return known
  const fields = Object.entries(type.prototype)
    .filter(([, value]) => typeof value !== "function")
    .map(([name]) => shapeOf(type, name))
  shapes.set(type, fields)
  return fields
}

/** One step from a message towards a text in it. */
export interface Step {
  readonly type: MessageClass
  readonly field: FieldShape
}

export type Path = readonly [Step, ...ReadonlyArray<Step>]

/** Every text in every class that a message can hold, with the shortest way to it. */
export const textPaths = (): ReadonlyArray<Path> => {
  const found: Array<Path> = []
  const seen = new Set<MessageClass>([proto.Message])
  let edge: Array<{ readonly type: MessageClass; readonly steps: ReadonlyArray<Step> }> = [
    { type: proto.Message, steps: [] }
  ]
  while (edge.length > 0) {
    const next: typeof edge = []
    for (const { type, steps } of edge) {
      for (const field of fieldsOf(type)) {
        const path: Path = [...steps, { type, field }] as unknown as Path
        if (field.kind === "text" || field.kind === "bytes") found.push(path)
        if (field.holds === undefined || seen.has(field.holds)) continue
        seen.add(field.holds)
        next.push({ type: field.holds, steps: path })
      }
    }
    edge = next
  }
  return found
}

/** A message that holds a value at the end of a path. */
export const plant = (path: Path, value: string | Uint8Array): proto.IMessage =>
  proto.Message.fromObject(
    path.reduceRight<unknown>(
      (inner, { field }) => ({ [field.name]: field.repeated ? [inner] : inner }),
      value
    ) as Record<string, unknown>
  )

/** `ImageMessage.caption`, as the rules of reading call it. */
export const placeOf = (path: Path): string => {
  const { type, field } = path.at(-1)!
  return `${nameOf(type)}.${field.name}`
}
