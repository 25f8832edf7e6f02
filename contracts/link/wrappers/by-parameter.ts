import { googleHosts } from "./google-hosts.ts"
import { listed, type Wrapper } from "./wrapper.ts"

/**
 * Wrappers whose link is the value of a query parameter. Each row: its name, its hosts, the paths at and below
 * which it wraps (`/` is everywhere), and the parameters, the first of which that holds a link counts.
 */
const rows: ReadonlyArray<
  readonly [name: string, hosts: string | ReadonlyArray<string>, paths: string, parameters: string]
> = [
  // Networks and messengers.
  ["facebook", "l.facebook.com lm.facebook.com l.messenger.com l.workplace.com", "/", "u"],
  ["facebook", "facebook.com *.facebook.com", "/l.php /flx/warn /si/ajax/l/render_linkshim_log", "u"],
  ["instagram", "l.instagram.com instagram.com", "/", "u"],
  ["threads", "l.threads.net l.threads.com", "/", "u"],
  ["whatsapp", "l.wl.co", "/l", "u"],
  ["youtube", "youtube.com m.youtube.com music.youtube.com gaming.youtube.com", "/redirect", "q"],
  ["youtube-consent", "consent.youtube.com", "/", "continue"],
  [
    "vk",
    "vk.com m.vk.com vk.ru m.vk.ru away.vk.com away.vk.ru vkontakte.ru",
    "/away /away.php /m/away.php",
    "to"
  ],
  ["ok", "ok.ru m.ok.ru odnoklassniki.ru", "/dk", "st.link st.rfn"],
  ["steam", "steamcommunity.com store.steampowered.com", "/linkfilter", "url u"],
  ["reddit", "out.reddit.com click.redditmail.com", "/", "url"],
  [
    "linkedin",
    "linkedin.com *.linkedin.com",
    "/redir/redirect /redir/suspicious-page /safety/go /redirect",
    "url"
  ],
  ["slack", "slack-redir.net", "/link", "url"],
  ["tumblr", "t.umblr.com", "/redirect", "z"],
  ["twitter", "twitter.com x.com", "/i/redirect /safety/unsafe_link_warning", "url unsafe_link"],
  ["pinterest", "pinterest.com *.pinterest.com", "/offsite", "url"],
  ["medium", "medium.com", "/r", "url"],
  ["quora", "quora.com", "/_/redirect", "url"],
  ["telegram-instant-view", "t.me telegram.me", "/iv", "url"],
  ["pocket", "getpocket.com", "/redirect", "url"],
  ["flipboard", "flipboard.com", "/redirect", "url"],
  ["soundcloud", "gate.sc exit.sc", "/", "url"],
  ["curseforge", "curseforge.com *.curseforge.com", "/linkout", "remoteUrl"],
  ["zhihu", "link.zhihu.com", "/", "target"],
  ["juejin", "link.juejin.cn link.juejin.im", "/", "target"],
  ["csdn", "link.csdn.net", "/", "target"],
  ["gitee", "gitee.com", "/link", "target"],
  ["jianshu", "jianshu.com links.jianshu.com", "/go-wild /go", "url to"],
  ["douban", "douban.com", "/link2", "url"],
  ["weibo", "weibo.cn m.weibo.cn weibo.com", "/sinaurl", "u toasturl url"],
  ["qq", "c.pc.qq.com docs.qq.com", "/middlem.html /middleb.html /scenario/link.html", "pfurl url"],
  ["naver", "link.naver.com cc.naver.com", "/", "url u"],
  ["fandom", "fandom.com", "/leaving", "url"],
  ["tiktok", "tiktok.com *.tiktok.com", "/link", "target"],
  ["yelp", "yelp.com *.yelp.com", "/biz_redir", "url"],
  ["airbnb", "airbnb.com *.airbnb.com", "/external_link", "url"],
  ["livejournal", "livejournal.com *.livejournal.com", "/away", "to"],
  ["4pda", "4pda.to 4pda.ru", "/stat/go", "u"],
  ["oschina", "oschina.net my.oschina.net", "/action/GoToLink", "url"],
  ["infoq", "infoq.cn xie.infoq.cn", "/link", "target"],
  ["sspai", "sspai.com", "/link", "target"],
  ["yuque", "yuque.com", "/r/goto", "url"],
  ["leetcode", "leetcode.cn", "/link", "target"],
  ["tencent-cloud", "cloud.tencent.com", "/developer/tools/blog-entry", "target"],

  // Searching.
  ["google", googleHosts, "/url /interstitial /news/url", "q url"],
  ["google-images", googleHosts, "/imgres", "imgrefurl imgurl"],
  ["google-ads", googleHosts, "/aclk /pagead/aclk", "adurl"],
  ["google-ads", "googleadservices.com googleads.g.doubleclick.net adclick.g.doubleclick.net", "/", "adurl"],
  ["google-meet", "meet.google.com", "/linkredirect", "dest"],
  ["google-consent", "consent.google.com", "/", "continue"],
  ["google-lite", "googleweblight.com", "/", "lite_url u"],
  ["google-translate", "translate.google.com translate.googleusercontent.com", "/", "u"],
  ["bing", "bing.com *.bing.com", "/news/apiclick.aspx /alink/link /images/search", "url purl"],
  ["duckduckgo", "duckduckgo.com", "/l", "uddg"],
  ["yandex-translate", "translate.yandex.ru translate.yandex.com translate.yandex.net", "/", "url"],
  ["bing-translate", "translatetheweb.com microsofttranslator.com", "/", "a"],
  ["yandex", "yandex.ru yandex.com h.yandex.net sba.yandex.net sba.yandex.ru", "/redir /redirect", "url"],
  ["mail.ru", "click.mail.ru checklink.mail.ru", "/", "url u"],
  ["brave", "search.brave.com", "/link", "url"],
  ["startpage", "startpage.com *.startpage.com", "/do/redirect /cgi-bin/serveimage", "url"],

  // Mail providers and the gateways before them.
  [
    "safelinks",
    "*.safelinks.protection.outlook.com safelinks.protection.outlook.com *.safelinks.protection.office365.us *.safelinks.protection.outlook.cn *.safelinks.protection.outlook.de *.safelinks.o365filtering.com",
    "/",
    "url"
  ],
  ["safelinks", "statics.teams.cdn.office.net statics.teams.microsoft.com", "/", "url"],
  ["azure-email", "*.safelink.emails.azure.net emails.azure.microsoft.com", "/redirect", "destination"],
  ["proofpoint", "urldefense.proofpoint.com urldefense.com urldefense.us", "/v1/url", "u"],
  ["barracuda", "linkprotect.cudasvc.com", "/url", "a"],
  [
    "trend-micro",
    "*.trendmicro.com *.trendmicro.eu",
    "/wis/clicktime/v1/query /wis/clicktime/v2/query",
    "url"
  ],
  ["symantec", "clicktime.symantec.com", "/", "u"],
  ["postoffice", "clicktime.cloud.postoffice.net", "/", "U u"],
  ["fireeye", "protect.fireeye.com protect2.fireeye.com protection.fireeye.com", "/", "u"],
  ["esva", "urlsand.esvalabs.com", "/", "u"],
  ["edgepilot", "link.edgepilot.com", "/", "u"],
  ["vade", "antiphishing.vadesecure.com *.antiphishing.vadesecure.com", "/", "u"],
  ["trustwave", "scanmail.trustwave.com", "/", "u"],
  ["check-point", "avanan.url-protection.com *.protect.checkpoint.com", "/v1/url", "o"],
  [
    "gmx",
    "deref-gmx.net deref-gmx.com deref-gmx.at deref-gmx.ch deref-gmx.co.uk deref-gmx.fr deref-gmx.es deref-web.de deref-mail.com deref-1und1.de deref-1and1.com",
    "/mail/client",
    "redirectUrl"
  ],

  // Newsletters, shops and comments.
  ["disqus", "disq.us", "/url /", "url"],
  ["mailtrack", "mailtrack.io", "/trace/link", "url"],
  ["skimlinks", "go.skimresources.com go.redirectingat.com", "/", "url"],
  ["sovrn", "redirect.viglink.com", "/", "u"],
  ["awin", "awin1.com", "/", "ued p"],
  ["rakuten", "click.linksynergy.com", "/", "murl RD_PARM1"],
  ["shareasale", "shareasale.com shareasale-analytics.com", "/", "urllink"],
  ["commission-junction", "anrdoezrs.net dpbolvw.net jdoqocy.com kqzyfj.com tkqlhce.com", "/", "url"],
  ["tradedoubler", "clk.tradedoubler.com clkuk.tradedoubler.com", "/", "url _td_deeplink"],
  ["webgains", "track.webgains.com", "/", "wgtarget"],
  ["admitad", "ad.admitad.com", "/", "ulp"],
  ["digidip", "*.digidip.net", "/", "url"],
  ["adform", "track.adform.net", "/C", "ckurl"],
  [
    "ebay",
    "rover.ebay.com rover.ebay.co.uk rover.ebay.de rover.ebay.fr rover.ebay.it rover.ebay.es",
    "/",
    "mpre"
  ],
  ["aliexpress", "s.click.aliexpress.com", "/deep_link.htm", "dl_target_url"],
  [
    "amazon",
    "amazon.com amazon.ca amazon.com.mx amazon.com.br amazon.co.uk amazon.de amazon.fr amazon.it amazon.es amazon.nl amazon.se amazon.pl amazon.com.tr amazon.co.jp amazon.in amazon.com.au amazon.ae amazon.sg",
    "/gp/redirect.html /gp/r.html",
    "location U"
  ],
  ["cision", "c212.net", "/c/link", "u"],
  ["business-wire", "cts.businesswire.com", "/ct/CT", "url"],
  ["impact", "*.pxf.io *.sjv.io *.evyy.net *.7eer.net goto.walmart.com goto.target.com", "/c", "u"],
  ["pepperjam", "pjatr.com pjtra.com pntra.com pntrac.com pntrs.com gopjn.com", "/", "url"],
  ["avantlink", "avantlink.com avantlink.ca avantlink.com.au", "/click.php", "url"],
  ["effiliation", "track.effiliation.com", "/", "url"],
  ["tradetracker", "tc.tradetracker.net", "/", "u"],
  ["adtraction", "track.adtraction.com", "/", "url"],
  ["kwanko", "action.metaffiliation.com", "/", "redir"],
  ["partner-ads", "partner-ads.com", "/", "htmlurl"],
  ["adcell", "adcell.de", "/promotion/click", "param0"],
  ["exactag", "m.exactag.com", "/", "url"],
  ["flexoffers", "track.flexlinkspro.com track.flexlinks.com", "/", "url"],
  ["yieldkit", "srvtrck.com", "/", "url"],
  ["rakuten-japan", "hb.afl.rakuten.co.jp", "/", "pc m"],
  ["valuecommerce", "ck.jp.ap.valuecommerce.com", "/", "vc_url"],
  ["a8", "px.a8.net", "/", "a8ejpredirect"],
  ["moshimo", "af.moshimo.com", "/af/c/click", "url"]
]

const reads = (paths: ReadonlyArray<string>, parameters: ReadonlyArray<string>) => (url: URL) => {
  if (!paths.some((path) => isAtOrBelow(url.pathname, path))) return undefined
  const values = parameters.flatMap((parameter) => url.searchParams.get(parameter) ?? [])
  // A parameter may hold words that were searched for, and the next one the link.
  return values.find((value) => /^https?(:|%3a)/i.test(value)) ?? values[0]
}

const isAtOrBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`)

/** The wrappers of the table above. */
export const wrappersByParameter: ReadonlyArray<Wrapper> = rows.map(([name, hosts, paths, parameters]) => ({
  name,
  hosts: typeof hosts === "string" ? listed(hosts) : hosts,
  within: reads(listed(paths), listed(parameters))
}))
