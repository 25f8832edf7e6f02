/**
 * The envelope: CloudEvents 1.0, NATS binding, binary mode. Attributes travel as headers, the data as JSON.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md
 * @see https://www.w3.org/TR/trace-context/
 */

/** Header names, each with what it carries. */
export const headerNames = {
  specVersion: "ce-specversion",
  id: "ce-id",
  type: "ce-type",
  source: "ce-source",
  time: "ce-time",
  contentType: "content-type",
  /** The id of the event or command that led to this one. */
  cause: "wadjet-cause",
  /** The id of the first of the chain. */
  correlation: "wadjet-correlation",
  traceparent: "traceparent",
  /** The server's own duplicate recognition; always equal to `ce-id`. */
  messageId: "Nats-Msg-Id"
} as const

/** `wadjet.message.received.v1`: the event's name, and the version of its data. */
export const cloudEventType = (name: string, version: number): string => `wadjet.${name}.v${version}`

const typePattern = /^wadjet\.([a-z-]+\.[a-z-]+)\.v([1-9][0-9]*)$/

/** The name and version in a CloudEvents type, or `undefined` where it is none of ours. */
export const parseCloudEventType = (
  text: string
): { readonly name: string; readonly version: number } | undefined => {
  const match = typePattern.exec(text)
  return match === null ? undefined : { name: match[1]!, version: Number(match[2]) }
}

/** `/wadjet/<account>/<actor>`. */
export const sourceOf = (account: string, actor: string): string => `/wadjet/${account}/${actor}`
