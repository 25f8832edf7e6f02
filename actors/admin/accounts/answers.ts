/**
 * What named requests were answered, kept for a day: whoever did not hear the answer asks again under the same name, and
 * is told the same. Answers may hold a secret that is shown once, and are sealed.
 */
import type { AtRest } from "../../../infra/keyring/at-rest.ts"
import type { Sqlite } from "../../../infra/sqlite/open.ts"

/** Programs try again for minutes or hours, and a secret is not kept for longer than that. */
const keptMillis = 24 * 3_600_000
/** The oldest make room: each is some hundred bytes, and `accounts.db` goes to every place for backups. */
const answersMax = 10_000

export interface NamedRequest {
  /** What `nameOf` makes of who asks, what for, and the name that they gave it. */
  readonly request: string
  /** A hash of what is asked for with it. */
  readonly asked: string
}

/** What was answered, or that something else was asked for under that name. */
export type Answered<A> = { readonly answer: A } | "another-request"

const place = (request: string): string => `answer ${request}`

export const answersOn = (db: Sqlite, atRest: AtRest) => {
  /**
   * What was asked for, by request, the oldest first. It may be somebody's number, of which no file has as much as a hash:
   * after a restart it is not compared.
   */
  const known = new Map<string, string>()
  const sql = {
    find: db
      .prepare<[string, number], Buffer>("select answer from answer where request = ? and at > ?")
      .pluck(),
    keep: db.prepare<[string, Buffer, number]>(
      "insert or replace into answer (request, answer, at) values (?, ?, ?)"
    ),
    dropOld: db.prepare<[number]>("delete from answer where at <= ?"),
    dropMany: db.prepare<[number]>(
      "delete from answer where request in (select request from answer order by at desc limit -1 offset ?)"
    )
  }

  /** `undefined` where nothing was answered yet. */
  const find = <A>({ asked, request }: NamedRequest, now: number): Answered<A> | undefined => {
    const kept = sql.find.get(request, now - keptMillis)
    if (kept === undefined) return undefined
    if ((known.get(request) ?? asked) !== asked) return "another-request"
    return { answer: JSON.parse(atRest.open(place(request), kept).toString("utf8")) as A }
  }

  const keep = ({ asked, request }: NamedRequest, answer: unknown, now: number): void => {
    sql.dropOld.run(now - keptMillis)
    sql.keep.run(request, atRest.seal(place(request), Buffer.from(JSON.stringify(answer))), now)
    sql.dropMany.run(answersMax)
    known.delete(request)
    known.set(request, asked)
    if (known.size > answersMax) known.delete(known.keys().next().value!)
  }

  return {
    /** A name for a request, of which nobody can tell what is in it. */
    nameOf: (...parts: ReadonlyArray<string>): string => atRest.nameOf(...parts).toString("hex"),
    find,
    keep: db.transaction(keep),
    /** Does something here, and keeps its answer with it or not at all; what is `undefined` was not done. */
    once: <A>(named: NamedRequest | undefined, now: number, run: () => A): Answered<A> =>
      db
        .transaction((): Answered<A> => {
          const before = named === undefined ? undefined : find<A>(named, now)
          if (before !== undefined) return before
          const answer = run()
          if (named !== undefined && answer !== undefined) keep(named, answer, now)
          return { answer }
        })
        .immediate()
  }
}
