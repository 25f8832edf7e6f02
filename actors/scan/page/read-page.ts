/** What a page asks of its reader: its title, its forms, its icons and its words. The page is tokenized as browsers do. */
import { setImmediate } from "node:timers/promises"
import { SAXParser, type StartTag } from "parse5-sax-parser"

/** A secret that a page asks for. */
export type Secret = "password" | "card"

export interface PageForm {
  /** Where it sends what is written into it, as absolute URLs: its own target, and those of its buttons. */
  readonly targets: ReadonlyArray<string>
  readonly isPost: boolean
  /** Whether anything can be written into it. */
  readonly hasText: boolean
  readonly secrets: ReadonlySet<Secret>
}

export interface Page {
  /** As it stands in the page; empty where there is none. */
  readonly title: string
  readonly forms: ReadonlyArray<PageForm>
  /** What is asked for anywhere, in a form or not. */
  readonly secrets: ReadonlySet<Secret>
  /** Absolute URLs, also of the kind `data:`. */
  readonly icons: ReadonlyArray<string>
  /** What is to be read, up to a limit. */
  readonly text: string
  /** Whether scripts or frames show more than is written in it. */
  readonly showsMore: boolean
}

/** Beyond these a page is not read on: nobody reads such titles, and no honest page has as many forms. */
const titleLengthMax = 500
const textLengthMax = 32_768
const formsMax = 100
const iconsMax = 8

/** What is in them is run, drawn or left out, and not read. */
const unread = new Set([
  "script",
  "style",
  "noscript",
  "noframes",
  "noembed",
  "iframe",
  "template",
  "svg",
  "math"
])
/** Drawings within drawings: each costs as much as all around it, and no honest page is read further. */
const unreadDepthMax = 64

/** What shows something that is not in the page itself. */
const shows = new Set(["script", "iframe", "frame", "frameset", "object", "embed"])

const textTypes = new Set(["", "text", "email", "tel", "number", "search", "url", "password"])
const iconRels = /^(?:.*\s)?(?:icon|apple-touch-icon|apple-touch-icon-precomposed)(?:\s.*)?$/is

type Attributes = ReadonlyMap<string, string>

const attributesOf = ({ attrs }: StartTag): Attributes =>
  new Map(attrs.map(({ name, value }) => [name, value] as const))

const passwordName = /^(?:user_?|login_?)?(?:pass|pwd)(?:wo?r?d|code|phrase)?$/i
const cardName = /^(?:card_?-?(?:num|number|no)|cc_?-?(?:num|number|no)|cvv2?|cvc2?)$/i

/** A field that hides what is written is one for a password; others say so by their name, or to the browser. */
const secretOf = (field: Attributes): Secret | undefined => {
  const type = field.get("type")?.trim().toLowerCase() ?? ""
  if (type === "password") return "password"
  if (!textTypes.has(type)) return undefined
  const named = [field.get("name") ?? "", field.get("id") ?? ""]
  const completed = (field.get("autocomplete") ?? "").toLowerCase().split(/\s+/)
  if (completed.includes("cc-number") || completed.includes("cc-csc")) return "card"
  if (named.some((name) => cardName.test(name))) return "card"
  const isPassword = completed.some((word) => word.endsWith("-password"))
  return isPassword || named.some((name) => passwordName.test(name)) ? "password" : undefined
}

interface OpenForm {
  readonly targets: Set<string>
  readonly isPost: boolean
  hasText: boolean
  readonly secrets: Set<Secret>
}

/** Takes a page's tags and words in their order. */
const makeReader = (url: string, stop: () => void) => {
  let base = url
  let hasBase = false
  let title = ""
  let isInTitle = false
  let hasTitle = false
  let text = ""
  let showsMore = false
  const unreadNow: Array<string> = []
  const forms: Array<OpenForm> = []
  let form: OpenForm | undefined
  const secrets = new Set<Secret>()
  const icons: Array<string> = []

  const absolute = (written: string | undefined): string | undefined =>
    written === undefined || written.trim() === "" ? url : URL.parse(written, base)?.href

  const openForm = (tag: Attributes): void => {
    // A form within a form is none, as in a browser.
    if (form !== undefined || forms.length >= formsMax) return
    const target = absolute(tag.get("action"))
    form = {
      targets: new Set(target === undefined ? [] : [target]),
      isPost: tag.get("method")?.trim().toLowerCase() === "post",
      hasText: false,
      secrets: new Set()
    }
    forms.push(form)
  }

  const readField = (tag: Attributes): void => {
    const secret = secretOf(tag)
    if (secret !== undefined) {
      secrets.add(secret)
      form?.secrets.add(secret)
    }
    if (form !== undefined && textTypes.has(tag.get("type")?.trim().toLowerCase() ?? "")) form.hasText = true
    readButton(tag)
  }

  const readButton = (tag: Attributes): void => {
    const elsewhere = tag.get("formaction")
    const target = elsewhere === undefined ? undefined : absolute(elsewhere)
    if (target !== undefined) form?.targets.add(target)
  }

  const readLink = (tag: Attributes): void => {
    const href = tag.get("href")
    if (href === undefined || icons.length >= iconsMax || !iconRels.test(tag.get("rel") ?? "")) return
    const icon = absolute(href)
    if (icon !== undefined) icons.push(icon)
  }

  const readBase = (tag: Attributes): void => {
    const href = tag.get("href")
    if (href === undefined || hasBase) return
    hasBase = true
    base = URL.parse(href, url)?.href ?? url
  }

  const readers: Readonly<Record<string, (tag: Attributes) => void>> = {
    base: readBase,
    form: openForm,
    input: readField,
    textarea: () => void (form === undefined || (form.hasText = true)),
    button: readButton,
    link: readLink
  }

  return {
    startTag: (tag: StartTag): void => {
      const { selfClosing, tagName } = tag
      // Of several titles a browser shows the first; one of a drawing is none.
      if (tagName === "title") isInTitle = !hasTitle && unreadNow.length === 0
      if (unread.has(tagName) && !selfClosing) unreadNow.push(tagName)
      if (unreadNow.length > unreadDepthMax) return stop()
      if (shows.has(tagName)) showsMore = true
      const read = Object.hasOwn(readers, tagName) ? readers[tagName] : undefined
      read?.(attributesOf(tag))
    },
    endTag: (tagName: string): void => {
      if (tagName === "title") {
        hasTitle ||= isInTitle
        isInTitle = false
      }
      if (tagName === "form") form = undefined
      const at = unreadNow.lastIndexOf(tagName)
      if (at >= 0) unreadNow.length = at
    },
    words: (words: string): void => {
      if (isInTitle) title += words.slice(0, titleLengthMax - title.length)
      else if (unreadNow.length === 0 && text.length < textLengthMax)
        text += ` ${words.slice(0, textLengthMax - text.length)}`
    },
    page: (): Page => ({
      title,
      forms: forms.map(({ targets, ...rest }) => ({ ...rest, targets: [...targets] })),
      secrets,
      icons,
      text,
      showsMore
    })
  }
}

/** Of as many characters at a time, so that a page that is made to be slow keeps nobody else waiting. */
const partLength = 16_384

/** Reads a page that a URL answered with. It takes whatever is written. */
export const readPage = async (html: string, url: string): Promise<Page> => {
  const parser = new SAXParser()
  const reader = makeReader(url, () => parser.stop())
  parser.on("startTag", reader.startTag)
  parser.on("endTag", ({ tagName }) => reader.endTag(tagName))
  parser.on("text", ({ text }) => reader.words(text))
  const { promise, reject, resolve } = Promise.withResolvers<Page>()
  parser.once("finish", () => resolve(reader.page()))
  parser.once("error", reject)
  for (let at = 0; at < html.length; at += partLength) {
    parser.write(html.slice(at, at + partLength))
    await setImmediate()
  }
  parser.end()
  return promise
}
