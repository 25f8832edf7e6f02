import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { evidenceName } from "../../../../actors/scan/evidence.ts"
import type { KnownIcons } from "../../../../actors/scan/page/brand-icons.ts"
import { pageEvidence } from "../../../../actors/scan/page/page-evidence.ts"
import { readPage } from "../../../../actors/scan/page/read-page.ts"
import { score } from "../../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../../actors/scan/rules/wadjet.ts"

const url = "https://secure.example.net/a/b"

const evidenceIn = async (html: string, at = url, icons?: KnownIcons) =>
  pageEvidence(await readPage(html, at), at, icons)

const namesIn = async (html: string, at = url, icons?: KnownIcons) =>
  (await evidenceIn(html, at, icons)).map((evidence) => evidenceName(evidence).slice("page.".length))

const password = '<input type="password" name="p">'
const form = (action: string, inside = password) => `<form method="post" action="${action}">${inside}</form>`

describe("the forms of a page", () => {
  it("speak against it where they send a password to another site", async () => {
    expect(await evidenceIn(form("https://collect.example.org/p.php"))).toEqual([
      { source: "page", kind: "password-off-site", detail: "collect[.]example[.]org" }
    ])
    expect(await namesIn(form("//collect.example.org/"))).toEqual(["password-off-site"])
    expect(await namesIn(form("mailto:me@example.org"))).toEqual(["password-off-site"])
  })

  it("may send it anywhere within the site's own domain", async () => {
    for (const action of ["", "/login", "p.php", "https://login.example.net/", "javascript:go()", "#"])
      expect([action, await namesIn(form(action))]).toEqual([action, ["password-field"]])
  })

  it("send where the base of the page and the button say, and not where the tag seems to", async () => {
    expect(await namesIn(`<base href="https://collect.example.org/">${form("p.php")}`)).toEqual([
      "password-off-site"
    ])
    const button = `${password}<button formaction="https://collect.example.org/">go</button>`
    expect(await namesIn(form("/login", button))).toEqual(["password-off-site"])
    const image = `${password}<input type=image formaction="https://collect.example.org/">`
    expect(await namesIn(form("/login", image))).toEqual(["password-off-site"])
  })

  it("say something where they send on what else is written, and nothing where they only search", async () => {
    const email = '<input type="email" name="e">'
    expect(await namesIn(form("https://news.example.org/", email))).toEqual(["form-off-site"])
    expect(await namesIn(form("https://news.example.org/", "<textarea></textarea>"))).toEqual([
      "form-off-site"
    ])
    expect(await namesIn('<form action="https://search.example.org/"><input name=q></form>')).toEqual([])
    expect(await namesIn(form("https://news.example.org/", '<input type="hidden" name="h">'))).toEqual([])
  })

  it("ask for a password in every way that a field can", async () => {
    for (const field of [
      "<INPUT TYPE=PASSWORD>",
      "<input type=' password '>",
      '<input name="passwd">',
      '<input id="user_password" type=text>',
      '<input autocomplete="section-a current-password">'
    ])
      expect([field, await namesIn(field)]).toEqual([field, ["password-field"]])
    for (const field of ["<input name=passenger>", '<input type="hidden" name="password">', "<input>"])
      expect([field, await namesIn(field)]).toEqual([field, []])
  })

  it("ask for a card", async () => {
    for (const field of [
      '<input autocomplete="billing cc-number">',
      '<input name="card_number">',
      "<input id=cvv>"
    ])
      expect([field, await namesIn(field)]).toEqual([field, ["card-field"]])
  })

  it("count as a browser shows them: not in scripts, comments, templates, text areas and other raw text", async () => {
    for (const html of [
      `<script>document.write('${form("https://collect.example.org/")}')</script>`,
      `<!-- ${password} -->`,
      `<textarea>${password}</textarea>`,
      `<title>${password}</title>`,
      `<style>${password}</style>`,
      `<noscript>${password}</noscript>`,
      `<xmp>${password}</xmp>`
    ])
      expect([html, await namesIn(html)]).toEqual([html, []])
  })

  it("count however the page is written", async () => {
    for (const html of [
      `<form method=post action=https://collect.example.org/><input type=password>`,
      `<FORM METHOD=POST ACTION="HTTPS://COLLECT.example.ORG/"><INPUT TYPE=password >`,
      `<form method=post action="h&#116;tps:&#x2f;/collect.example.org/"><input type="pass&#119;ord">`,
      `<form method=post action=" https://collect&period;example.org/"><input/type="password"/>`,
      `</p><form method=post action='https://collect.example.org/'><form action="/"><input type=password>`
    ])
      expect([html, await namesIn(html)]).toEqual([html, ["password-off-site"]])
    // A tag that never ends is none, as in a browser.
    expect(await namesIn(`${form("/login", "")}<input type=password`)).toEqual([])
  })
})

describe("the words of a page", () => {
  const login = (title: string, inside = "") => `<title>${title}</title>${form("/login")}${inside}`

  it("speak against it where it asks for secrets in a brand's name", async () => {
    expect(await evidenceIn(login("Log in to your PayPal account"))).toEqual([
      { source: "page", kind: "brand-login", detail: "paypal[.]com" }
    ])
    for (const title of [
      "PayPal",
      "Sign in | Bank of America",
      "Ｎｅｔｆｌｉｘ",
      "РауРаl: verify",
      "Anmelden - Sparkasse",
      "Apple ID: sign in"
    ])
      expect([title, await namesIn(login(title))]).toEqual([title, ["brand-login"]])
  })

  it("speak less against it where it only names one", async () => {
    expect(await namesIn("<title>Track your FedEx parcel</title>")).toEqual(["brand-words"])
    expect(
      await namesIn("<title>Why the new Netflix price is more than most of us would like to pay</title>")
    ).toEqual([])
  })

  it("are its owner's to use, there and abroad, and everybody's where they are words", async () => {
    for (const [at, kinds] of [
      ["https://www.paypal.com/signin", []],
      ["https://paypal.me/x", []],
      ["https://rakuten.com.br/", ["password-field"]],
      ["https://paypal.top/", ["brand-login"]]
    ] as const) {
      const title = at.includes("rakuten") ? "Log in to Rakuten" : "Log in to PayPal"
      expect([at, await namesIn(login(title), at)]).toEqual([at, kinds])
    }
    for (const title of [
      "Target practice for beginners",
      "A wise apple",
      "Orange marmalade: the recipe",
      "Log In ‹ My garden — WordPress",
      "Sign in · GitLab"
    ])
      expect([title, await namesIn(login(title))]).toEqual([title, ["password-field"]])
  })

  it("count in the text where it speaks of a brand again and again, and not where one may sign in with it", async () => {
    const once = "<p>Sign in with Google</p><p>Sign in with Facebook</p>"
    expect(await namesIn(login("Welcome", once))).toEqual(["password-field"])
    const often = "<p>Your Netflix plan</p><p>Netflix could not bill you</p><p>© Netflix</p>"
    expect(await namesIn(login("Welcome", often))).toEqual(["password-field", "brand-words"])
    expect(await namesIn(`<title>A blog</title>${often}`)).toEqual([])
  })

  it("are those of the first title, and not of a drawing", async () => {
    const drawing = "<svg><title>PayPal</title></svg>"
    expect(await namesIn(login("Welcome", drawing))).toEqual(["password-field"])
    expect(await namesIn(`${login("Welcome")}<title>PayPal</title>`)).toEqual(["password-field"])
  })

  it("are looked at where strangers fill a brand's own ground", async () => {
    expect(await namesIn(login("Microsoft account"), "https://sites.google.com/view/x")).toEqual([
      "brand-login"
    ])
    expect(await namesIn(login("Microsoft account"), "https://x.github.io/")).toEqual(["brand-login"])
    expect(await namesIn(login("Microsoft account"), "https://www.google.com/")).toEqual([])
  })
})

describe("the icons of a page", () => {
  const icon = (href: string) => `<link rel="shortcut icon" href="${href}">`

  it("speak against it where they are taken from a brand's own site", async () => {
    expect(await evidenceIn(icon("https://www.paypal.com/favicon.ico"))).toEqual([
      { source: "page", kind: "brand-icon", detail: "paypal[.]com" }
    ])
    for (const href of [
      "/favicon.ico",
      "https://paypal.example.org/favicon.ico",
      "https://cdn.shopify.com/s/files/favicon.png",
      "https://www.google.com/s2/favicons?domain=example.net",
      "https://bucket.s3.amazonaws.com/favicon.ico"
    ])
      expect([href, await namesIn(icon(href))]).toEqual([href, []])
    expect(await namesIn(icon("https://www.paypal.com/favicon.ico"), "https://www.paypal.me/")).toEqual([])
  })

  it("are known by their SHA-256 where the page carries them and the operator named them", async () => {
    const bytes = Buffer.from([0, 0, 1, 0, 255, 254])
    const known = new Map([[createHash("sha256").update(bytes).digest("hex"), "paypal"]])
    const inside = `data:image/x-icon;base64,${bytes.toString("base64")}`
    expect(await evidenceIn(icon(inside), url, known)).toEqual([
      { source: "page", kind: "brand-icon", detail: "paypal[.]com" }
    ])
    expect(await namesIn(icon(inside))).toEqual([])
    expect(await namesIn(icon("data:image/x-icon;base64,AAAA"), url, known)).toEqual([])
    const own = new Map([[createHash("sha256").update(bytes).digest("hex"), "village-bank"]])
    expect(await evidenceIn(icon(inside), url, own)).toMatchObject([{ detail: "village-bank" }])
  })
})

describe("what a page gives away", () => {
  it("is of words that somebody wrote no more than names of brands and hosts", async () => {
    const html = `<title>Dear Ada Lovelace, PayPal: log in</title>${form("https://ada.example.org/ada@example.org")}`
    const evidence = await evidenceIn(html)
    expect(JSON.stringify(evidence)).not.toMatch(/Lovelace|ada@/)
    expect(evidence.map(({ detail }) => detail)).toEqual(["ada[.]example[.]org", "paypal[.]com"])
  })

  it("makes a fraud suspicious by itself at most where much comes together, and never a login page", async () => {
    const levelOf = async (html: string) => score(wadjet, await evidenceIn(html)).level
    expect(await levelOf(form("/login"))).toBe("benign")
    expect(await levelOf(`<title>PayPal</title>${form("/login")}`)).toBe("benign")
    expect(await levelOf(`<title>PayPal</title>${form("https://collect.example.org/")}`)).toBe("suspicious")
  })
})
