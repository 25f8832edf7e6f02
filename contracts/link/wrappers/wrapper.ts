/**
 * A service whose links carry another link within them: what it is called, the hosts that are its own, and
 * how its links are read.
 */
export interface Wrapper {
  readonly name: string
  /** Host names, without `www.`; `*.` before one stands for every name below it. */
  readonly hosts: ReadonlyArray<string>
  /** The link within, as far as it could be read; undefined where there is none. It need not be a URL. */
  readonly within: (url: URL) => string | undefined
}

/** The words of a list. */
export const listed = (list: string): ReadonlyArray<string> => list.split(/\s+/).filter((word) => word !== "")

/** Undoes percent-escapes once. What is not UTF-8 is replaced, and what is no escape stays. */
export const percentDecoded = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"))

/** Base64 of either alphabet, with or without padding. */
export const base64Decoded = (text: string): string => Buffer.from(text, "base64").toString("utf8")

/** The value of a query parameter as it stands in the URL, with `+` and escapes untouched. */
export const rawParameter = (url: URL, name: string): string | undefined =>
  url.search
    .slice(1)
    .split(/&(?:amp;)?/)
    .find((parameter) => parameter.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** Everything behind the host: path, query and fragment. */
export const behindHost = (url: URL): string => url.pathname + url.search + url.hash
