/** A browser as the API sees one: it keeps a cookie, and shows the page's token. */
import { Schema } from "effect"
import { Who } from "../../../contracts/http/accounts.ts"
import { signInCookie } from "../../../contracts/http/access.ts"
import { type Answer, call } from "./whole.ts"

export { Who }

/** The value of the cookie that an answer sets; `undefined` where it sets none. */
export const cookieOf = (answer: Answer): string | undefined =>
  answer.headers
    .getSetCookie()
    .map((line) => new RegExp(`^${signInCookie}=([^;]*)`).exec(line)?.[1])
    .find((value) => value !== undefined)

export interface Tab {
  readonly cookie: string
  readonly pageToken: string
  readonly user: string
  readonly signIn: string
  readonly ask: (method: string, path: string, body?: unknown, headers?: Headers) => Promise<Answer>
}

type Headers = Readonly<Record<string, string>>

const isUser = Schema.is(Who)

/** A browser that was let in by an answer. */
export const tabOf = (url: string, answer: Answer): Tab => {
  const who = answer.as(Who)
  if (!isUser(who) || who.as !== "user") throw new Error(`expected to be let in, found ${answer.text}`)
  const cookie = cookieOf(answer)
  if (cookie === undefined) throw new Error("expected a cookie, found none")
  return {
    cookie,
    pageToken: who.pageToken,
    user: who.user,
    signIn: who.signIn,
    ask: (method, path, body, headers = {}) =>
      call(url + path, undefined, {
        method,
        headers: {
          cookie: `${signInCookie}=${cookie}`,
          "sec-fetch-site": "same-origin",
          ...(method === "GET" ? {} : { "x-wadjet-page": who.pageToken }),
          ...headers
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
  }
}

/** Asks at the entrance, as a page does that nobody is signed in to. */
export const enter = (url: string, path: string, body: unknown, headers: Headers = {}): Promise<Answer> =>
  call(url + path, undefined, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin", ...headers },
    body: JSON.stringify(body)
  })

/** The secret behind the `#` of a link. */
export const passIn = (link: string): string => link.split("#pass=")[1]!
