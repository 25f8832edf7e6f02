/** Everything that anybody can ask the read models, as it is printed: lists, exports and explanations. */
import { Clock, Effect } from "effect"
import { exportOverrideList } from "../../actors/admin/override-lists.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { openSqliteReadOnly } from "../../infra/sqlite/open.ts"
import { locationIn } from "../../projections/location.ts"
import { queriesOn } from "../../projections/reader.ts"

/** Asks all of it, of the read models of a data folder. */
export const printed = Effect.fnUntraced(function* (dataFolder: string) {
  const models = queriesOn(yield* openSqliteReadOnly(locationIn(dataFolder).database), yield* Keyring)
  const now = yield* Clock.currentTimeMillis
  const page = { limit: 100 }
  const chats = models.chats.list()
  const verdicts = models.verdicts.list(page)
  return [
    chats,
    chats.map(({ chat }) => [models.messages.list(chat, page), models.chats.settings(chat)]),
    chats.map(({ chat }) => [models.consent.of(chat), models.consent.optOuts(chat)]),
    verdicts,
    verdicts.map(({ link }) => [models.explain(link), models.explanation(link, now)]),
    models.outbox.list(page),
    models.overrides.list(page),
    exportOverrideList(models, "csv"),
    exportOverrideList(models, "hosts"),
    models.reports.list(page),
    models.overview()
  ].map((answer) => Buffer.from(JSON.stringify(answer)))
})
