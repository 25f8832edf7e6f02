/**
 * The description of the API as OpenAPI 3.1, with the role that each request needs as `x-wadjet-role`, and the entity tags
 * that every reading has.
 */
import { Context, Option } from "effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as OpenApi from "effect/http-api/OpenApi"
import type { Role } from "../account.ts"
import { NeedsRole } from "./access.ts"
import { api } from "./api.ts"
import { meaningOf } from "./lists.ts"

/** The role that an endpoint declares. Forgetting to declare one closes it to all but the owner. */
export const neededRole = (endpoint: Pick<HttpApiEndpoint.Top, "annotations">): Role =>
  Option.getOrElse(Context.getOption(endpoint.annotations, NeedsRole), () => "owner" as const)

/** All endpoints, with the group they belong to. */
export const endpoints: ReadonlyArray<{ readonly group: string; readonly endpoint: HttpApiEndpoint.Top }> =
  Object.values(api.groups).flatMap((group) =>
    (Object.values(group.endpoints) as ReadonlyArray<HttpApiEndpoint.Top>).map((endpoint) => ({
      group: group.identifier,
      endpoint
    }))
  )

const operationId = (group: string, { identifier }: HttpApiEndpoint.Top): string => `${group}.${identifier}`

const roles: ReadonlyMap<string, Role> = new Map(
  endpoints.map(({ endpoint, group }) => [operationId(group, endpoint), neededRole(endpoint)])
)

interface Answered {
  readonly description?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, unknown>>
}

interface Operation {
  readonly operationId: string
  readonly security?: ReadonlyArray<unknown>
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string }>
  readonly responses?: Readonly<Record<string, Answered>>
}

const isOpen = (operation: Operation): boolean => (operation.security ?? []).length === 0

const withRole = (operation: Operation) =>
  isOpen(operation) ? operation : { ...operation, "x-wadjet-role": roles.get(operation.operationId) }

const ifNoneMatch = {
  name: "if-none-match",
  in: "header",
  required: false,
  schema: { type: "string" },
  description:
    "The `ETag` of an answer that whoever asks has kept: where it would be the same, it is not sent again."
} as const

const entityTag = {
  ETag: { schema: { type: "string" }, description: "The same answer has the same tag." }
} as const

/** A stream of events is never the same answer twice. */
const isTagged = ({ responses }: Operation): boolean => {
  const types = Object.keys(responses?.["200"]?.content ?? {})
  return types.length > 0 && !types.includes("text/event-stream")
}

const withTags = (operation: Operation): Operation => {
  const { parameters = [], responses = {} } = operation
  return {
    ...operation,
    parameters: [...parameters.filter(({ name }) => name !== ifNoneMatch.name), ifNoneMatch],
    responses: {
      ...responses,
      "200": { ...responses["200"], headers: entityTag },
      "304": { description: "It is the answer of that tag.", headers: entityTag }
    }
  }
}

const withMeanings = (operation: Operation): Operation => ({
  ...operation,
  parameters: (operation.parameters ?? []).map((parameter) =>
    parameter.in === "query" && meaningOf[parameter.name] !== undefined
      ? { ...parameter, description: meaningOf[parameter.name] }
      : parameter
  )
})

const described = (path: string, method: string, operation: Operation) =>
  withRole(
    withMeanings(
      method === "get" && path.startsWith("/v1/") && isTagged(operation) ? withTags(operation) : operation
    )
  )

/** The document, made anew each time: it is asked for seldom. */
export const openApiDocument = () => {
  const document = OpenApi.fromApi(api)
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item as Readonly<Record<string, Operation>>).map(([method, operation]) => [
        method,
        described(path, method, operation)
      ])
    )
  ])
  return { ...document, paths: Object.fromEntries(paths) as typeof document.paths }
}
