/**
 * Points: the read models and the snapshots of actors as they stood at one moment. The files are cut into parts, each
 * an object that is known by what it holds; the point itself says which parts, in a header in the clear. It is stored
 * last: a point that is there is whole.
 */
import { Schema } from "effect"
import { Damaged, damaged, Digest, Extent, extentOf, frame, unframe } from "../segment/frame.ts"
import { type Identity, type Packing, type Recipient, seal, unseal } from "../segment/seal.ts"
import type { Origin } from "../segment/segment.ts"

const Owner = { account: Schema.String, generation: Schema.String }

/** A file as a point has it: `read-model/wadjet.db`, `actors/verdict.db`. */
export const PointFile = Schema.Struct({
  path: Schema.String,
  content: Extent,
  /** In their order; joined they are the file. */
  parts: Schema.Array(Extent)
})
export type PointFile = typeof PointFile.Type

export const PointHeader = Schema.Struct({
  kind: Schema.Literal("point"),
  ...Owner,
  /** When it was made, in milliseconds since the epoch. */
  at: Schema.Int,
  /** The last event that its read models stand for; those of actors may be a little ahead or behind. */
  sequence: Schema.Int,
  files: Schema.Array(PointFile),
  body: Extent
})
export type Point = typeof PointHeader.Type

export const PartHeader = Schema.Struct({
  kind: Schema.Literal("part"),
  ...Owner,
  /** Of the bytes before they were compressed and encrypted. */
  content: Extent,
  body: Extent
})

/** The object of a point. Nothing in it is secret: names, lengths and digests. */
export const encodePoint = (point: Omit<Point, "kind" | "body">): Buffer =>
  frame({ kind: "point", ...point }, Buffer.alloc(0))

/** For whom parts are sealed, and how they are made small. */
export interface Sealing {
  readonly recipients: ReadonlyArray<Recipient>
  readonly packing: Packing
}

/** The object of a part. */
export const encodePart = async (
  { account, generation }: Origin,
  plain: Buffer,
  { packing, recipients }: Sealing
): Promise<Buffer> =>
  frame(
    { kind: "part", account, generation, content: extentOf(plain) },
    await seal(plain, recipients, packing)
  )

const ofOwner = (found: Origin, { account, generation }: Origin, what: string): void => {
  if (found.account !== account || found.generation !== generation)
    throw damaged(
      "place",
      `${what} of ${account}, ${generation}`,
      `one of ${found.account}, ${found.generation}`
    )
}

/** Reads a point where its key says that it is. Throws `Damaged`. */
export const readPoint = (bytes: Buffer, origin: Origin, at: number): Point => {
  const { header } = unframe(bytes, PointHeader)
  ofOwner(header, origin, "a point")
  if (header.at !== at) throw damaged("place", `the point of ${at}`, `that of ${header.at}`)
  return header
}

/** Holds a part against its digests and its name, and opens it where there is an identity. Rejects with `Damaged`. */
export const readPart = async (
  bytes: Buffer,
  origin: Origin,
  wanted: Extent,
  identity: Identity | undefined
): Promise<Buffer | undefined> => {
  const { body, header } = unframe(bytes, PartHeader)
  ofOwner(header, origin, "a part")
  if (header.content.sha256 !== wanted.sha256 || header.content.bytes !== wanted.bytes)
    throw damaged("place", `a part of the digest ${wanted.sha256}`, header.content.sha256)
  if (identity === undefined) return undefined
  const plain = await unseal(body, identity, wanted.bytes).catch((cause: unknown) => {
    throw damaged(
      "content",
      "a body that this identity opens",
      cause instanceof Error ? cause.message : String(cause)
    )
  })
  const found = extentOf(plain)
  if (found.sha256 !== wanted.sha256)
    throw damaged("content", `content with the digest ${wanted.sha256}`, found.sha256)
  return plain
}

export { Damaged, Digest }
