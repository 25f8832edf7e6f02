/**
 * Traces: one per chain of causes, derived from ids that are in the log anyway, so that the same event has
 * the same place in the same trace however often it is handled.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
import { hash } from "node:crypto"
import { Context, Effect, Tracer } from "effect"

const digest = (text: string, hexDigits: number): string => hash("sha256", text).slice(0, hexDigits)

/** The trace of a chain: 32 hexadecimal digits. */
export const traceIdOf = (correlation: string): string => digest(`trace:${correlation}`, 32)

/** The span in which an event was written: 16 hexadecimal digits. */
export const spanIdOf = (cause: string): string => digest(`span:${cause}`, 16)

/** The header of an event: its chain's trace, and the span of what caused it. Always sampled. */
export const traceparentOf = (cause: string, correlation: string): string =>
  `00-${traceIdOf(correlation)}-${spanIdOf(cause)}-01`

/** Whether spans go anywhere: making one costs more than much of what would be in it. */
const isTraced = (context: Context.Context<never>): boolean =>
  Context.get(context, Tracer.Tracer) !== Tracer.nativeTracer

/** Runs something in a span that is the child of what caused it, where somebody takes spans. */
export const inSpan =
  (
    name: string,
    reason: { readonly cause: string; readonly correlation: string },
    attributes: Readonly<Record<string, unknown>>
  ) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.contextWith((context: Context.Context<never>) =>
      isTraced(context)
        ? Effect.withSpan(effect, name, {
            attributes: { ...attributes, cause: reason.cause },
            // A span is found by its name, and a stack trace costs more than the span.
            captureStackTrace: false,
            parent: Tracer.externalSpan({
              spanId: spanIdOf(reason.cause),
              traceId: traceIdOf(reason.correlation),
              sampled: true
            })
          })
        : effect
    )
