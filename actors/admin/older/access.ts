/** The check in front of the older systems' routes, which says with each answer that they are deprecated. */
import { type Context, Effect, Layer } from "effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { CurrentKey } from "../../../contracts/http/access.ts"
import {
  deprecatedSince,
  OlderScannerAccess,
  OlderSchedulerAccess
} from "../../../contracts/http/older-access.ts"
import type { Accounts } from "../accounts.ts"
import { type Asked, authorize } from "../authorize.ts"
import type { KeyRates } from "../key-rates.ts"
import { orTold, toldByScanner, toldByScheduler } from "./told.ts"

/** RFC 9745, and where what takes their place is described. */
export const deprecated = (response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setHeaders(response, {
    deprecation: deprecatedSince,
    link: '</v1/openapi.json>; rel="successor-version"'
  })

const sayDeprecated = HttpEffect.appendPreResponseHandler((_request, response) =>
  Effect.succeed(deprecated(response))
)

type ScannerGuard = Context.Service.Shape<typeof OlderScannerAccess>["bearer"]
type SchedulerGuard = Context.Service.Shape<typeof OlderSchedulerAccess>["bearer"]

export const olderAccess = (accounts: Accounts, overTls: boolean, rates: KeyRates) => {
  const check = (asked: Asked) => Effect.andThen(sayDeprecated, authorize(accounts, rates, overTls, asked))
  const scanner: ScannerGuard = (answer, asked) =>
    Effect.flatMap(check(asked).pipe(orTold(toldByScanner)), (key) =>
      Effect.provideService(answer, CurrentKey, key)
    )
  const scheduler: SchedulerGuard = (answer, asked) =>
    Effect.flatMap(check(asked).pipe(orTold(toldByScheduler)), (key) =>
      Effect.provideService(answer, CurrentKey, key)
    )
  return Layer.mergeAll(
    Layer.succeed(OlderScannerAccess, { bearer: scanner, header: scanner, cookie: scanner }),
    Layer.succeed(OlderSchedulerAccess, { bearer: scheduler, header: scheduler, cookie: scheduler })
  )
}
