import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { linkTarget } from "../../../contracts/link/link-target.ts"
import { unwrap } from "../../../contracts/link/unwrap.ts"

const target = "https://example.com/a/b?x=1&y=2"
const escaped = encodeURIComponent(target)
const base64 = (text: string) => Buffer.from(text).toString("base64")
const base64url = (text: string) => Buffer.from(text).toString("base64url")

const unwrapped = (url: string) => {
  const result = unwrap(url)
  if ("error" in result) throw new Error(`${url}: ${result.error}`)
  return result
}

const mandrill = JSON.stringify({ s: "x", v: 1, p: JSON.stringify({ u: 1, url: target }) }).replaceAll(
  "/",
  "\\/"
)

const wrapped: ReadonlyArray<readonly [name: string, url: string]> = [
  ["facebook", `https://l.facebook.com/l.php?u=${escaped}&h=AT0`],
  ["facebook", `https://lm.facebook.com/l.php?h=AT0&u=${escaped}`],
  ["facebook", `https://www.facebook.com/flx/warn/?u=${escaped}`],
  ["instagram", `https://l.instagram.com/?u=${escaped}&e=AT`],
  ["whatsapp", `https://l.wl.co/l?u=${escaped}`],
  ["youtube", `https://www.youtube.com/redirect?event=video&redir_token=QUFF&q=${escaped}`],
  ["vk", `https://vk.com/away.php?to=${escaped}&cc_key=`],
  ["vk", `https://m.vk.com/away?to=${escaped}`],
  ["steam", `https://steamcommunity.com/linkfilter/?url=${escaped}`],
  ["steam", `https://steamcommunity.com/linkfilter/?u=${escaped}`],
  ["steam", `https://steamcommunity.com/linkfilter/${target}`],
  ["reddit", `https://out.reddit.com/t3_abc?url=${escaped}&token=A`],
  ["linkedin", `https://www.linkedin.com/redir/redirect?url=${escaped}&urlhash=ab`],
  ["linkedin", `https://www.linkedin.com/safety/go?url=${escaped}`],
  ["slack", `https://slack-redir.net/link?url=${escaped}`],
  ["tiktok", `https://www.tiktok.com/link/v2?aid=1988&lang=en&scene=bio_url&target=${escaped}`],
  ["yelp", `https://www.yelp.com/biz_redir?url=${escaped}&website_link_type=website`],
  ["leetcode", `https://leetcode.cn/link/?target=${escaped}`],
  ["edgepilot", `https://link.edgepilot.com/s/0a1b2c3d/AbC_dEf?u=${escaped}`],
  ["vade", `https://antiphishing.vadesecure.com/v4?f=a&i=b&k=c&r=d&s=e&u=${escaped}`],
  ["menlo", `https://isolate.menlosecurity.com/1/3735928037/${target}`],
  ["bitdefender", `https://lsems.gravityzone.bitdefender.com/scan/${base64url(target)}/ABCDEF?c=1&i=1`],
  ["amazon", `https://www.amazon.de/gp/r.html?C=ABC&K=DEF&U=${escaped}&H=GHI`],
  ["amazon-ads", `https://aax-us-east.amazon-adsystem.com/x/c/QmFzZTY0/${target}`],
  ["cision", `https://c212.net/c/link/?t=0&l=en&o=1-1&h=2&u=${escaped}&a=Example`],
  ["impact", `https://example.pxf.io/c/123/456/789?u=${escaped}`],
  ["rakuten-japan", `https://hb.afl.rakuten.co.jp/hgc/0a.1b/?pc=${escaped}&m=http%3A%2F%2Fm.example.com%2F`],
  ["tldr", `https://tracking.tldrnewsletter.com/CL0/${escaped}/1/0100018-000000/abc=300`],
  ["govdelivery", `https://links-2.govdelivery.com/CL0/${escaped}/1/0100018-000000/abc=300`],
  ["govdelivery", `https://links.govdelivery.com/track?type=click&enid=ABC&&&101&&&${target}`],
  [
    "govdelivery",
    `https://lnks.gd/l/eyJhbGciOiJIUzI1NiJ9.${base64url(JSON.stringify({ bulletin_link_id: 101, url: target }))}.abc/s/1/br/2-l`
  ],
  ["mailjet", `https://x9w8.mjt.lu/lnk/AAAA/BBBB/1/CCCC/${base64url(target)}`],
  ["convertkit", `https://click.convertkit-mail2.com/abc123/def456/${base64(target)}`],
  ["tumblr", `https://t.umblr.com/redirect?z=${escaped}&t=abc`],
  ["disqus", `https://disq.us/url?url=${escaped}%3AhashHASHhashHASHhash&cuid=1`],
  ["deviantart", `https://www.deviantart.com/users/outgoing?${target}`],
  ["referrer-remover", `https://href.li/?${target}`],
  ["google", `https://www.google.com/url?sa=t&rct=j&q=&esrc=s&url=${escaped}&usg=AOv`],
  ["google", `https://www.google.co.uk/url?q=${escaped}&sa=D`],
  ["google", `https://www.google.de/url?q=words+that+were+searched&url=${escaped}`],
  [
    "google-images",
    `https://www.google.com/imgres?imgurl=http%3A%2F%2Fi.example%2Fa.png&imgrefurl=${escaped}`
  ],
  ["google-ads", `https://www.googleadservices.com/pagead/aclk?sa=L&adurl=${escaped}`],
  ["google-amp", "https://www.google.com/amp/s/example.com/a/b?x=1&y=2&usqp=mq331AQ"],
  ["amp-cache", "https://example-com.cdn.ampproject.org/c/s/example.com/a/b?x=1&y=2"],
  ["google-translate", "https://example-com.translate.goog/a/b?x=1&y=2&_x_tr_sl=en&_x_tr_tl=de"],
  ["bing", `https://www.bing.com/ck/a?!&&p=abc&ptn=3&u=a1${base64url(target)}&ntb=1`],
  ["duckduckgo", `https://duckduckgo.com/l/?uddg=${escaped}&rut=x`],
  ["yahoo", `https://r.search.yahoo.com/_ylt=AwrE;_ylu=Y29s/RV=2/RE=1675/RO=10/RU=${escaped}/RK=2/RS=abc-`],
  ["safelinks", `https://nam02.safelinks.protection.outlook.com/?url=${escaped}&data=05%7C01&reserved=0`],
  ["safelinks", `https://eur01.safelinks.protection.outlook.com/ap/w-59584e83/?url=${escaped}&amp;data=05`],
  ["proofpoint", `https://urldefense.proofpoint.com/v1/url?u=${escaped}&k=abc`],
  [
    "proofpoint",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.com_a_b-3Fx-3D1-26y-3D2&d=Dw&c=x"
  ],
  ["proofpoint", "https://urldefense.com/v3/__https://example.com/a/b?x=1&y=2__;!!Abc!def$"],
  ["proofpoint", "https://urldefense.com/v3/__https:/example.com/a/b?x=1&y=2__;!!Abc!def$"],
  [
    "proofpoint",
    `https://urldefense.com/v3/__https://example.com/a/b*x=1*y=2__;${base64url("?&")}!!Abc!def$`
  ],
  [
    "proofpoint",
    `https://urldefense.us/v3/__https://example.com/a/**A*=1&y=2__;${base64url("b?x")}!!Abc!def$`
  ],
  ["barracuda", `https://linkprotect.cudasvc.com/url?a=${escaped}&c=E,1,x&typo=1`],
  ["cisco", `https://secure-web.cisco.com/1abcDEF/${escaped}`],
  ["sophos", `https://eu.protection.sophos.com/?d=example.com&u=${encodeURIComponent(base64(target))}&i=a`],
  ["trend-micro", `https://ca-1.mails.trendmicro.com:443/wis/clicktime/v1/query?url=${escaped}&umid=1`],
  ["symantec", `https://clicktime.symantec.com/3abc?u=${escaped}`],
  ["fireeye", `https://protect2.fireeye.com/v1/url?k=1&q=1&e=2&u=${escaped}`],
  ["check-point", `https://protect.checkpoint.com/v2/r01/___${target}___.YzJ1`],
  ["check-point", `https://url.avanan.click/v2/___${target}___.YXAz`],
  ["ses", `https://abc.r.us-east-1.awstrack.me/L0/${escaped.replace("%3A", ":")}/1/0100018/xyz=1`],
  ["postmark", "https://click.pstmrk.it/3s/example.com%2Fa%2Fb%3Fx%3D1%26y%3D2/abc/def"],
  ["mandrill", `https://mandrillapp.com/track/click/123/example.com?p=${base64(mandrill)}`],
  ["substack", `https://substack.com/redirect/2/${base64url(JSON.stringify({ e: target }))}.signature`],
  ["awin", `https://www.awin1.com/cread.php?awinmid=1&ued=${escaped}`]
]

describe("a wrapped link", () => {
  it.each(wrapped)("of %s is read: %s", (name, url) => {
    expect(unwrapped(url)).toEqual({ url: target, wrappers: [name] })
  })

  it("is read through wrappers in wrappers, from the outside in", () => {
    const inner = `https://l.facebook.com/l.php?u=${escaped}`
    const outer = `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(inner)}`
    expect(unwrapped(outer)).toEqual({ url: target, wrappers: ["safelinks", "facebook"] })
  })

  it("is read ten wrappers deep, and no deeper", () => {
    const wrap = (url: string) => `https://l.facebook.com/l.php?u=${encodeURIComponent(url)}`
    const deep = Array.from({ length: 11 }).reduce<string>(wrap, "http://a.example/")
    expect(unwrapped(deep)).toEqual({
      url: wrap("http://a.example/"),
      wrappers: Array.from({ length: 10 }, () => "facebook")
    })
  })

  it("may be escaped once more or lack its scheme", () => {
    expect(unwrapped(`https://vk.com/away.php?to=${encodeURIComponent(escaped)}`).url).toBe(target)
    expect(unwrapped("https://vk.com/away.php?to=example.com/a").url).toBe("http://example.com/a")
    expect(unwrapped("https://vk.com/away.php?to=//example.com/a").url).toBe("https://example.com/a")
  })

  it("may hold anything that the URL Standard takes", () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        expect(unwrapped(`https://www.google.com/url?q=${encodeURIComponent(url)}`).url).toBe(url)
        const v2 = encodeURIComponent(url).replaceAll(/[-_]/g, (it) => (it === "-" ? "%2D" : "%5F"))
        const v2Url = `https://urldefense.proofpoint.com/v2/url?u=${v2.replaceAll("%", "-").replaceAll("-2F", "_")}&d=x`
        expect(unwrapped(v2Url).url).toBe(url)
      }),
      { numRuns: 30 }
    )
  })
})

describe("a link in no wrapper", () => {
  it.each([
    ["whose target only the service knows", "https://t.co/abc"],
    ["that holds a script", "https://www.google.com/url?q=javascript:alert(1)"],
    ["that holds a link to a file", "https://l.facebook.com/l.php?u=file%3A%2F%2F%2Fetc%2Fpasswd"],
    ["on a host that only looks like a service", `https://google.evil.example/url?q=${escaped}`],
    ["on a host that begins like a service", `https://l.facebook.com.evil.example/l.php?u=${escaped}`],
    ["under an ending where anybody may have the name", `https://www.google.xyz/url?q=${escaped}`],
    ["of somebody else, whatever it holds", `https://example.com/redirect?url=${escaped}`],
    ["to another page of a service", `https://www.google.com/search?q=${escaped}`],
    ["whose encoding is broken off", "https://urldefense.com/v3/__https://example.com/**A__;!!Abc$"],
    ["to the front page", "https://l.facebook.com/"],
    ["of another kind", "mailto:a@example.com"]
  ])("%s stays as it is", (_name, url) => expect(unwrapped(url)).toEqual({ url, wrappers: [] }))

  it("that is no URL is refused", () => expect(unwrap("example.com")).toHaveProperty("error"))
})

describe("whatever is unwrapped", () => {
  const prefixes = wrapped.map(([, url]) => url.slice(0, url.search(/example|aHR0|eyJ/)))
  const tail = fc.string({ unit: fc.constantFrom(..."htps:/%25-_*.aA0=&?#;!é ") })

  it("never throws, and leaves a web link if it took anything off", () => {
    fc.assert(
      fc.property(fc.constantFrom(...prefixes), tail, (prefix, rest) => {
        const result = unwrap(prefix + rest)
        if ("error" in result || result.wrappers.length === 0) return
        expect(URL.parse(result.url)?.protocol).toMatch(/^https?:$/)
      }),
      { numRuns: 2_000 }
    )
  })
})

// Nothing is timed: at this length, what takes quadratic time outlives the time limit of a test.
describe("a wrapper made to wear somebody out", () => {
  const long = (piece: string) => piece.repeat(Math.floor(500_000 / piece.length))
  const backslashes = encodeURIComponent(base64(long("\\")))

  it.each([
    ["https://urldefense.com", long("/v3/__a")],
    ["https://urldefense.proofpoint.com/v2/url?u=", long("-")],
    ["https://mandrillapp.com/track/click/1/x?p=", backslashes],
    ["https://mandrillapp.com/track/click/1/", long("&p=")],
    ["https://clk.tradedoubler.com/click?", long("url(http:")],
    ["https://disq.us/url?", long("url=http:a:")],
    ["https://disq.us/url?url=http:", long("a:")],
    ["https://www.bing.com/ck/a?", long("&u=a1")],
    ["https://r.search.yahoo.com", long("/RU=a")],
    ["https://ad.doubleclick.net/", long(";?https")],
    ["https://protect.checkpoint.com/v2/", long("___a")],
    ["https://x.awstrack.me/L0/https:", long("a/b")],
    ["https://anrdoezrs.net/links/", long("/http")],
    ["https://vk.com/away.php?to=", long("a.")],
    ["https://vk.com/away.php?to=", long("%25")]
  ])("at %s is done with in linear time", (start, rest) => {
    expect(unwrap(start + rest)).toHaveProperty("wrappers")
  })
})

describe("the target of a link", () => {
  it("is canonical, and its own target", () => {
    const { url, wrappers } = linkTarget(
      `https://l.facebook.com/l.php?u=${encodeURIComponent("HTTPS://Example.com?utm_source=x&id=1#top")}`
    )
    expect({ url, wrappers }).toEqual({ url: "https://example.com/?id=1", wrappers: ["facebook"] })
    expect(linkTarget(url)).toEqual({ url, wrappers: [] })
  })

  it("is the link itself where there is no wrapper", () => {
    expect(linkTarget("https://example.com/")).toEqual({ url: "https://example.com/", wrappers: [] })
  })
})
