/** The database files: how they are, looking after them, and asking the read models whatever SQL can ask. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { Answer, DatabaseOperation, DatabaseState, OperationDone, Query } from "../database.ts"
import { Authorization, NeedsRole, wordsRole } from "./access.ts"
import { Impossible, InvalidRequest, NotFound, TooMany, Unavailable } from "./problems.ts"

const show = HttpApiEndpoint.get("show", "/v1/database", {
  success: Schema.Struct({ databases: Schema.Array(DatabaseState) }),
  error: [TooMany, Unavailable]
}).annotate(NeedsRole, "operator")

/** Answered when it is done, within two minutes. */
const operate = HttpApiEndpoint.post("operate", "/v1/database/:name/:operation", {
  params: {
    name: Schema.String.pipe(Schema.check(Schema.isPattern(/^[a-z0-9.-]{1,80}$/u))),
    operation: DatabaseOperation
  },
  success: OperationDone,
  error: [NotFound, Impossible, TooMany, Unavailable]
}).annotate(NeedsRole, "operator")

export const database = HttpApiGroup.make("database").add(show, operate).middleware(Authorization)

const errors = [InvalidRequest, TooMany, Unavailable] as const

/** What is sealed in the read models stays sealed in the answer. */
const run = HttpApiEndpoint.post("run", "/v1/query", {
  payload: Query,
  success: Answer,
  error: errors
}).annotate(NeedsRole, wordsRole)

/** The header that says which limit more rows of a table would have been over. */
export const truncatedHeader = "wadjet-truncated"

/** The same as a table (RFC 4180). Where there are more rows, the header `wadjet-truncated` says which limit there was. */
const table = HttpApiEndpoint.post("table", "/v1/query.csv", {
  payload: Query,
  success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" })),
  error: errors
}).annotate(NeedsRole, wordsRole)

export const query = HttpApiGroup.make("query").add(run, table).middleware(Authorization)
