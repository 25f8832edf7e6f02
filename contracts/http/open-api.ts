/** The description of the API as OpenAPI 3.1, with the role that each request needs as `x-wadjet-role`. */
import { Context, Option } from "effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as OpenApi from "effect/http-api/OpenApi"
import type { Role } from "../account.ts"
import { NeedsRole } from "./access.ts"
import { api } from "./api.ts"

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

interface Operation {
  readonly operationId: string
  readonly security?: ReadonlyArray<unknown>
}

const isOpen = (operation: Operation): boolean => (operation.security ?? []).length === 0

const described = (operation: Operation) =>
  isOpen(operation) ? operation : { ...operation, "x-wadjet-role": roles.get(operation.operationId) }

/** The document, made anew each time: it is asked for seldom. */
export const openApiDocument = () => {
  const document = OpenApi.fromApi(api)
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item as Readonly<Record<string, Operation>>).map(([method, operation]) => [
        method,
        described(operation)
      ])
    )
  ])
  return { ...document, paths: Object.fromEntries(paths) as typeof document.paths }
}
