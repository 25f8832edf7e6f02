/** The OpenAPI document of a running server, as what can be asked and what may be answered. */
import { Ajv2020 } from "ajv/dist/2020.js"
import { Schema } from "effect"
import type { JsonSchema } from "./schema-arbitrary.ts"

const AnySchema = Schema.Record(Schema.String, Schema.Unknown)
const Content = Schema.Record(Schema.String, Schema.Struct({ schema: Schema.optionalKey(AnySchema) }))

const Operation = Schema.Struct({
  operationId: Schema.String,
  parameters: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      in: Schema.Literals(["path", "query", "header"]),
      required: Schema.optionalKey(Schema.Boolean),
      schema: AnySchema
    })
  ),
  requestBody: Schema.optionalKey(
    Schema.Struct({ content: Content, required: Schema.optionalKey(Schema.Boolean) })
  ),
  responses: Schema.Record(Schema.String, Schema.Struct({ content: Schema.optionalKey(Content) })),
  security: Schema.Array(Schema.Unknown)
})

const Document = Schema.Struct({
  openapi: Schema.String,
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Operation)),
  components: Schema.Struct({ schemas: AnySchema })
})

export interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header"
  readonly required: boolean
  readonly schema: JsonSchema
}

/** What is wrong with an answer; `undefined` where it is as declared. */
export type Judge = (status: number, contentType: string, body: string) => string | undefined

export interface Asked {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly parameters: ReadonlyArray<Parameter>
  /** The schema of its JSON body, if it has one. */
  readonly body: JsonSchema | undefined
  readonly judge: Judge
}

const mediaTypeOf = (contentType: string): string => contentType.split(";")[0]!.trim().toLowerCase()

const isStream = (mediaType: string): boolean => mediaType === "text/event-stream"

/** Reads a document. References are followed within it. */
export const readDocument = (text: string) => {
  const document = Schema.decodeUnknownSync(Schema.fromJsonString(Document))(text)
  const ajv = new Ajv2020({ strict: false, allErrors: false, unicodeRegExp: true })
  ajv.addSchema({ $id: "wadjet:", components: document.components })
  /** Compiled once it is needed: most answers that are declared are never given. */
  const validatorOf = (schema: object) => {
    let compiled: ReturnType<typeof ajv.compile> | undefined
    return () => {
      const local = JSON.stringify(schema).replaceAll('"#/', '"wadjet:#/')
      compiled ??= ajv.compile(JSON.parse(local) as object)
      return compiled
    }
  }

  const judgeOf = ({ operationId, responses }: typeof Operation.Type): Judge => {
    const declared = new Map(
      Object.entries(responses).map(([status, { content = {} }]) => [
        Number(status),
        new Map(
          Object.entries(content).map(([type, { schema }]) => [
            mediaTypeOf(type),
            schema === undefined ? undefined : validatorOf(schema)
          ])
        )
      ])
    )
    return (status, contentType, body) => {
      if (status === 0) return "no answer"
      // That it is not ready is what it is asked.
      if (status >= 500 && operationId !== "probes.readiness") return `a fault of the server: ${status}`
      const contents = declared.get(status)
      if (contents === undefined) return `the status ${status} is not declared`
      if (contents.size === 0) return body === "" ? undefined : "a body where none is declared"
      const type = mediaTypeOf(contentType)
      if (!contents.has(type)) return `the content type ${type} is not declared for ${status}`
      const validator = contents.get(type)
      if (validator === undefined || isStream(type)) return undefined
      const validate = validator()
      const value: unknown = type.endsWith("json") ? JSON.parse(body) : body
      if (validate(value)) return undefined
      return `the body of ${status} is not as declared: ${ajv.errorsText(validate.errors)}`
    }
  }

  const asked: ReadonlyArray<Asked> = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters.map(({ required = false, schema, ...rest }) => ({
        ...rest,
        required,
        schema: schema as JsonSchema
      })),
      body: operation.requestBody?.content["application/json"]?.schema as JsonSchema | undefined,
      judge: judgeOf(operation)
    }))
  )
  const resolve = (ref: string): JsonSchema => {
    const found = document.components.schemas[ref.replace("#/components/schemas/", "")]
    if (found === undefined) throw new Error(`the document has no ${ref}`)
    return found as JsonSchema
  }
  return { asked, resolve }
}
