/**
 * The contexts of the log: who writes each one, along which consistency boundary, and what the writer
 * expects of the log when it appends. A boundary is of bounded number, never one per message or link:
 * a million subjects would cost the server half a gigabyte.
 */

/** How the boundary token of a subject is read off an event's data. */
export type BoundaryRule = "main" | "chat" | "chat-or-all" | "link-shard" | "job" | "contact-shard" | "source"

/** The parts of Wadjet that append to the log. `runtime` is any actor's own runtime. */
export type Writer = "whatsapp" | "scan" | "verdict" | "schedule" | "backup" | "admin" | "runtime"

/** Contexts with `expectation: "boundary"` refuse a writer that has not folded its boundary to its end. */
export interface ContextDefinition {
  readonly boundary: BoundaryRule
  readonly writer: Writer
  readonly expectation: "boundary" | "none"
  readonly about: string
}

const context = <const Rule extends BoundaryRule>(
  boundary: Rule,
  writer: Writer,
  expectation: "boundary" | "none",
  about: string
): ContextDefinition & { readonly boundary: Rule } => ({ boundary, writer, expectation, about })

export const contexts = {
  session: context("main", "whatsapp", "boundary", "the connection to WhatsApp"),
  message: context("chat", "whatsapp", "boundary", "what was said in a chat, and who came and went"),
  scan: context("link-shard", "scan", "none", "what was found out about a link"),
  policy: context("chat-or-all", "verdict", "boundary", "what a chat or the operator wants"),
  verdict: context("chat", "verdict", "boundary", "what a chat is told about a link it posted"),
  outbox: context("chat", "whatsapp", "boundary", "what is to be said, and what became of it"),
  schedule: context("job", "schedule", "boundary", "jobs and their occurrences"),
  contact: context("contact-shard", "schedule", "boundary", "the people and groups that jobs name"),
  feed: context("source", "scan", "boundary", "lists of dangerous links that were fetched"),
  source: context("source", "scan", "boundary", "circuits and quotas of reputation sources"),
  backup: context("main", "backup", "boundary", "what was shipped, verified and restored"),
  erasure: context("main", "admin", "boundary", "who asked to be forgotten, and that it was done"),
  account: context("main", "admin", "boundary", "keys, users and webhooks; never a secret"),
  actor: context("main", "runtime", "boundary", "inputs that an actor could not handle"),
  projection: context("main", "runtime", "boundary", "whether read models are what the log makes of them")
} as const satisfies Record<string, ContextDefinition>

export type Context = keyof typeof contexts

/** The data fields that a context's boundary is read from. */
export interface BoundaryFields {
  readonly main: Record<never, never>
  readonly chat: { readonly chat: string }
  /** What is about no chat at all need not have the field. */
  readonly "chat-or-all": { readonly chat?: string; readonly [field: string]: unknown }
  readonly "link-shard": { readonly link: string }
  readonly job: { readonly job: string }
  readonly "contact-shard": { readonly contact: string }
  readonly source: { readonly source: string }
}

type Readable = Partial<Record<"chat" | "link" | "job" | "contact" | "source", unknown>>

const boundaries: { readonly [Rule in BoundaryRule]: (data: Readable) => unknown } = {
  main: () => "main",
  chat: (data) => data.chat,
  "chat-or-all": (data) => data.chat ?? "all",
  "link-shard": (data) => firstByte(data.link),
  job: (data) => data.job,
  "contact-shard": (data) => contactShard(data.contact),
  source: (data) => data.source
}

/** The first byte of a link id, two hexadecimal digits: one of 256 shards. */
const firstByte = (link: unknown) => String(link).slice(0, 2)

/** A contact id is a UUIDv7, whose last byte is random: two bits less make 64 shards. */
const contactShard = (contact: unknown) =>
  (Number.parseInt(String(contact).slice(-2), 16) & 63).toString(16).padStart(2, "0")

/** The boundary token of an event's subject. */
export const boundaryOf = (context: Context, data: object): string =>
  String(boundaries[contexts[context].boundary](data as Readable))
