/** A client of the event stream that notes its place as a browser does. */

export interface Told {
  readonly id: string
  readonly event: {
    readonly sequence: number
    readonly type: string
    readonly context: string
    readonly data: Record<string, unknown>
  }
}

export interface Place {
  lastId: string | undefined
}

/** One connection, until it breaks, is aborted, or `enough` says so. Moves the place as a browser would. */
export const listen = async (
  url: string,
  key: string,
  place: Place,
  hear: (told: Told) => void,
  enough: () => boolean = () => false
): Promise<number> => {
  const abort = new AbortController()
  const headers = {
    authorization: `Bearer ${key}`,
    ...(place.lastId === undefined ? {} : { "last-event-id": place.lastId })
  }
  const response = await fetch(url, { headers, signal: abort.signal })
  if (!response.ok) return response.status
  let rest = ""
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    rest += piece
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const fields = Object.fromEntries(
        rest
          .slice(0, end)
          .split("\n")
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)])
      ) as { readonly id?: string; readonly data?: string }
      rest = rest.slice(end + 2)
      if (fields.data !== undefined) hear({ id: fields.id!, event: JSON.parse(fields.data) as Told["event"] })
      if (fields.id !== undefined) place.lastId = fields.id
    }
    if (enough()) {
      abort.abort()
      return 200
    }
  }
  return 200
}
