/**
 * Driving the API from its own document: requests that are as declared or almost so, of every kind, by every role, in
 * any order; and every answer has to be one that is declared, and none a fault of the server.
 */
import fc from "fast-check"
import { type Asked, readDocument } from "./api-document.ts"
import { almost, arbitraryOf, asText, type JsonSchema, type Resolve } from "./schema-arbitrary.ts"

/** Ids that answers brought up: most requests are about something that is there. */
type Known = Map<string, Array<string>>
/** Of one kind; older ones make room. */
const knownMax = 40

interface Request {
  readonly asked: Asked
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly key: string | undefined
}

export interface Finding {
  readonly problem: string
  readonly request: string
  readonly body: string | undefined
  readonly answer: string
}

/** A request whose head is over 16 KiB is refused with 431 before anybody knows which one it is. */
const headCharactersMax = 1_500

const valueOf = (schema: JsonSchema, resolve: Resolve) =>
  asText(arbitraryOf(schema, resolve)).map((text) => text.slice(0, headCharactersMax))

/** Text that a header may have; a client that sends another is not one of HTTP. */
const headerText = (text: string) => text.replaceAll(/[^\x20-\x7E]/g, "?").trim()

/** What cannot be in a URL is no request at all. */
const inUrl = (text: string) => encodeURIComponent(text.toWellFormed())

const requestsOf = (asked: Asked, resolve: Resolve, known: Known, keys: ReadonlyArray<string>) => {
  const parameters = fc.tuple(
    ...asked.parameters.map((parameter) =>
      fc.record({
        parameter: fc.constant(parameter),
        given: parameter.required ? fc.constant(true) : fc.boolean(),
        known: fc.integer({ min: 0, max: 9 }),
        at: fc.nat(),
        text: valueOf(parameter.schema, resolve)
      })
    )
  )
  const bodies =
    asked.body === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 6, arbitrary: arbitraryOf(asked.body, resolve).map((value) => JSON.stringify(value)) },
          {
            weight: 3,
            arbitrary: almost(arbitraryOf(asked.body, resolve)).map((value) => JSON.stringify(value))
          },
          { weight: 1, arbitrary: fc.constantFrom("", "{", "[]", "null", '"text"', "{}", "\u0000") }
        )
  const owner = keys[keys.length - 1]
  const who = fc.oneof(
    { weight: 8, arbitrary: fc.constant(owner) },
    { weight: 2, arbitrary: fc.constantFrom(...keys) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, "wadjet_wrong") }
  )
  return fc.tuple(parameters, bodies, who).map(([given, body, key]): Request => {
    const headers: Record<string, string> = {}
    const query = new URLSearchParams()
    let { path } = asked
    for (const { at, given: isGiven, known: chance, parameter, text } of given) {
      if (!isGiven) continue
      const there = known.get(parameter.name) ?? []
      const value = chance < 6 && there.length > 0 ? there[at % there.length]! : text
      if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, inUrl(value))
      else if (parameter.in === "query") query.set(parameter.name, value.toWellFormed())
      else headers[parameter.name] = headerText(value)
    }
    const search = query.toString()
    return { asked, path: search === "" ? path : `${path}?${search}`, headers, body, key }
  })
}

/** Notes the ids in an answer under the names that paths have for them. */
const note = (known: Known, value: unknown, at = 0): void => {
  if (typeof value !== "object" || value === null || at > 6) return
  for (const [name, inner] of Object.entries(value)) {
    if ((typeof inner === "string" && inner.length < 80) || typeof inner === "number") {
      const list = known.get(name) ?? []
      if (!list.includes(String(inner))) list.push(String(inner))
      if (list.length > knownMax) list.shift()
      known.set(name, list)
    } else note(known, inner, at + 1)
  }
}

/** Whatever is asked is answered by then, or it is a finding. */
const answerSeconds = 20

/** A stream is only begun: its headers are its answer. */
const answerOf = async (url: string, { asked, body, headers, key, path }: Request) => {
  const abort = new AbortController()
  const response = await fetch(url + path, {
    method: asked.method,
    headers: {
      ...headers,
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" })
    },
    signal: AbortSignal.any([abort.signal, AbortSignal.timeout(answerSeconds * 1_000)]),
    ...(body === undefined || asked.method === "GET" ? {} : { body })
  })
  const type = response.headers.get("content-type") ?? ""
  const isStream = type.startsWith("text/event-stream")
  const text = isStream ? "" : await response.text()
  abort.abort()
  return { status: response.status, type, text }
}

/** A connection that was kept may be closed while it is taken up again; twice in a row it is not that. */
const answered = (url: string, request: Request) =>
  answerOf(url, request).catch(() =>
    answerOf(url, request).catch((error: unknown) => ({ status: 0, type: "", text: String(error) }))
  )

export interface DriveOptions {
  readonly url: string
  /** A key of each role, the owner's last. */
  readonly keys: ReadonlyArray<string>
  /** Requests of each kind. */
  readonly rounds: number
  readonly seed: number
  /** Whether an operation is asked; all of them where it is left out. */
  readonly only?: (operationId: string) => boolean
  readonly onFinding?: (finding: Finding) => void
  /** Ends it before its time, with the reason: what is asked was stopped, or is gone. */
  readonly stop?: AbortSignal
}

const fewest = 400

/** What a stopped run says of why: nothing that was asked meanwhile counts. */
const reasonOf = (stop: AbortSignal | undefined): string | undefined =>
  stop?.aborted === true ? String(stop.reason) : undefined

/**
 * Asks everything, round after round. Answers with what was wrong, with how often each status was answered, and with
 * why it was stopped, where it was.
 */
export const drive = async ({
  keys,
  onFinding,
  only = () => true,
  rounds,
  seed,
  stop,
  url
}: DriveOptions) => {
  const described = await fetch(`${url}/v1/openapi.json`, {
    headers: { authorization: `Bearer ${keys.at(-1)!}` }
  })
  const { asked, resolve } = readDocument(await described.text())
  const known: Known = new Map()
  const findings: Array<Finding> = []
  const statuses = new Map<number, number>()
  const kinds = asked.filter(({ id }) => only(id))
  for (let round = 0; round < rounds; round++)
    for (const kind of kinds) {
      // Drawn only now: what is known by now is asked about.
      const [request] = fc.sample(requestsOf(kind, resolve, known, keys), { seed: seed + round, numRuns: 1 })
      const { status, text, type } = await answered(url, request!)
      const stopped = reasonOf(stop)
      if (stopped !== undefined) return { findings, statuses, kinds: kinds.length, stopped }
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      const problem = kind.judge(status, type, text)
      if (problem === undefined) {
        if (status === 200 && type.startsWith("application/json")) note(known, JSON.parse(text))
        continue
      }
      const finding = {
        problem,
        request: `${kind.method} ${request!.path.slice(0, fewest)} ${JSON.stringify(request!.headers)}`,
        body: request!.body?.slice(0, fewest),
        answer: text.slice(0, fewest)
      }
      findings.push(finding)
      onFinding?.(finding)
    }
  return { findings, statuses, kinds: kinds.length, stopped: undefined }
}
