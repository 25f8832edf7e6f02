/** A span for each input, joined to what caused it, where somebody takes spans. */
import { expect, it } from "@effect/vitest"
import { Effect, Option, Tracer } from "effect"
import { inSpan, spanIdOf, traceIdOf } from "../../infra/telemetry/trace.ts"

const reason = { cause: "b", correlation: "a" }
const spanned = Effect.option(Effect.currentSpan).pipe(
  inSpan("scan.message.received", reason, { actor: "scan" })
)

it.effect("is the child of its cause, in the trace of its chain", () =>
  Effect.gen(function* () {
    const taken: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = Tracer.nativeTracer.span(options)
        taken.push(span)
        return span
      }
    })
    const span = Option.getOrThrow(yield* Effect.withTracer(spanned, tracer))
    expect(taken).toEqual([span])
    expect(span).toMatchObject({ name: "scan.message.received", traceId: traceIdOf("a") })
    expect(Option.getOrThrow(span.parent).spanId).toBe(spanIdOf("b"))
    expect(Object.fromEntries(span.attributes)).toMatchObject({ actor: "scan", cause: "b" })
  })
)

it.effect("is not made where nobody takes it", () =>
  Effect.gen(function* () {
    expect(Option.isNone(yield* spanned)).toBe(true)
  })
)
