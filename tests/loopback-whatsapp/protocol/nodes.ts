import type { BinaryNode } from "@whiskeysockets/baileys"

/** How the server itself is named. */
export const server = "@s.whatsapp.net"

/** A stanza or a part of one. */
export type Node = BinaryNode
export type Attributes = Readonly<Record<string, string | undefined>>

/** Builds a node; attributes that are `undefined` are left out. */
export const node = (tag: string, attributes: Attributes = {}, content?: Node["content"]): Node => {
  const attrs = Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined)
  )
  return content === undefined ? { tag, attrs } : { tag, attrs, content }
}

export const children = (parent: Node | undefined, tag?: string): readonly Node[] => {
  const content = Array.isArray(parent?.content) ? parent.content : []
  return tag === undefined ? content : content.filter((child) => child.tag === tag)
}

export const child = (parent: Node | undefined, tag: string): Node | undefined => children(parent, tag)[0]

/** The bytes in a node; none when it holds nothing or other nodes. */
export const bytes = (holder: Node | undefined): Buffer => {
  const content = holder?.content
  if (content === undefined || Array.isArray(content)) return Buffer.alloc(0)
  return Buffer.from(content)
}

/** The unsigned big-endian number in a node. */
export const number = (holder: Node | undefined): number =>
  bytes(holder).reduce((total, byte) => total * 256 + byte, 0)

export const bigEndian = (value: number, length: number): Buffer => {
  const buffer = Buffer.alloc(length)
  buffer.writeUIntBE(value, 0, length)
  return buffer
}

export const result = (request: Node, content?: Node["content"]): Node =>
  node("iq", { from: request.attrs.to ?? server, type: "result", id: request.attrs.id }, content)

export const failure = (request: Node, code: string, text: string): Node =>
  node("iq", { from: request.attrs.to ?? server, type: "error", id: request.attrs.id }, [
    node("error", { code, text })
  ])
