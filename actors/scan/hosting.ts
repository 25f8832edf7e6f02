const names = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Services whose links lead somewhere else: what the link shows says nothing about where it ends. */
export const shorteners: ReadonlySet<string> = names(`
  1url.com adf.ly b.link bit.do bit.ly bitly.com bl.ink buff.ly clck.ru cli.re cutt.ly did.li dlvr.it
  dub.sh fb.me gg.gg goo.gl goo.su hyperurl.co is.gd j.mp kutt.it lnk.bio lnkd.in lstu.fr n9.cl ouo.io
  ow.ly po.st qr.ae qrco.de rb.gy rebrand.ly rotf.lol s.id s.yam.com shorte.st shorturl.asia
  shorturl.at short.gy shrtco.de snip.ly soo.gd surl.li t.co t.ly t2m.io tiny.cc tiny.one tinyurl.com
  tl.gd tr.im trib.al u.to urlz.fr utfg.sk v.gd v.ht vk.cc wp.me x.co x.gd zpr.io zzb.bz
`)

/** Wildcard DNS names that resolve to the address written in them; nobody publishes a site there. */
export const wildcardDns: ReadonlySet<string> = names(`
  sslip.io nip.io xip.io localtest.me traefik.me
`)

/** Free dynamic-DNS names: a host in minutes, without a registry. */
export const dynamicDns: ReadonlySet<string> = names(`
  duckdns.org ddns.net hopto.org zapto.org sytes.net no-ip.org no-ip.biz serveo.net myftp.org
  servehttp.com cloudns.asia cloudns.be cloudns.biz cloudns.cc cloudns.ch cloudns.cl cloudns.club cloudns.eu cloudns.in
  cloudns.info cloudns.nz cloudns.org cloudns.ph cloudns.pro cloudns.pw cloudns.us dynv6.net ngrok.io ngrok-free.app
  trycloudflare.com loca.lt bounceme.net redirectme.net mooo.com chickenkiller.com freedns.afraid.org
  dns.army kozow.com gleeze.com accesscam.org theworkpc.com
`)

/**
 * Top-level domains where abuse is far more common than use, by public abuse reports: cheap or free
 * names. The list is longer than the older scanner's, which is kept with its rule set.
 */
export const abusedTlds: ReadonlySet<string> = names(`
  zip mov tk ml cf gq ga work click country kim men party science top xyz club link
  bond cam casa cfd cyou digital fit fun gdn gives host icu lat live lol monster mom online pics pw quest
  rest review sbs shop site skin space store stream tattoo tokyo uno vip wang website win world beauty hair
  makeup autos boats homes motorcycles yachts life buzz loan download racing date faith trade accountant
  bid webcam cricket ru.com za.com sa.com br.com com.se
`)

/** Endings where abuse is more common than elsewhere, but use is common, too. */
export const cheapTlds: ReadonlySet<string> = names(`
  asia biz cc claims co.com com.ru gift info ltd market net.ru network one org.ru pp.ru pro biz.id my.id guru
`)

/** Hosting where a site is up in a minute and without a name, and where most of what people are sent to is phishing. */
export const throwawayHosts: ReadonlySet<string> = names(`
  appspot.com cprapid.com dweb.link firebaseapp.com ipfs.io glitch.me id.repl.co pages.dev r2.dev replit.app replit.dev
  repl.co square.site weebly.com weeblysite.com webflow.io wixsite.com wixstudio.com workers.dev myclickfunnels.com
  godaddysites.com mystrikingly.com b-cdn.net ipfs.dweb.link translate.goog hostingersite.com
`)

/** Registries that check who registers: a name there is not bought for an afternoon. */
export const restrictedTlds: ReadonlySet<string> = names(`
  gov edu mil int museum bank insurance
`)

/**
 * Services that give every customer a sub-domain named after the customer: a brand's name there is a
 * tenant, vouched for by a contract, not an imitation. Free hosting is deliberately absent.
 */
export const tenantHosts: ReadonlySet<string> = names(`
  akadns.net akamaiedge.net akamaihd.net akamaized.net apple-mapkit.com atlassian.net auth0.com
  azureedge.net b2clogin.com benchurl.com bamboohr.com cloudfront.net csod.com custhelp.com discourse.group
  edgekey.net edgesuite.net fastly.net fastlylb.net force.com freshdesk.com freshservice.com greenhouse.io
  helpscoutdocs.com intuit.com lever.co llnwd.net marketo.com myshopify.com mytickets.com myworkday.com
  myworkdayjobs.com oktapreview.com okta.com onmicrosoft.com optimizely.com oraclecloud.com pagerduty.com
  qualtrics.com readme.io recruitee.com salesforce.com sendgrid.net service-now.com sharepoint.com slack.com
  smartrecruiters.com statuspage.io successfactors.com surveymonkey.com taleo.net tumblr.com uservoice.com
  workable.com yammer.com zendesk.com zoom.us
  8686c.com cdngslb.com chinacache.net demdex.net edgecastcdn.net footprint.net llnw.net llnwi.net lxdns.com omtrdc.net
  wscdns.com wsdvs.com
`)

/** Networks that deliver other sites under names made from theirs: `images-example-com.akamaized.net`. */
export const deliveryHosts: ReadonlySet<string> = names(`
  akadns.net akamaiedge.net akamaihd.net akamaized.net edgekey.net edgesuite.net fastly.net fastlylb.net llnwd.net
  map.fastly.net map.fastlylb.net
`)

/** Hosting where a name is an account known by that name elsewhere: `google.github.io` is Google's. */
export const accountHosts: ReadonlySet<string> = names(`
  github.io gitlab.io
`)

/**
 * Places that a brand owns and strangers fill: pages, files, invitations, short links. That the host is the
 * brand's own says nothing for the link.
 */
export const strangersGround: ReadonlySet<string> = names(`
  sites.google.com docs.google.com drive.google.com forms.google.com script.google.com storage.googleapis.com
  firebasestorage.googleapis.com googleusercontent.com goo.gl g.co translate.google.com onedrive.live.com 1drv.ms
  1drv.com sharepoint.com forms.office.com azurewebsites.net azureedge.net windows.net aka.ms amazonaws.com
  amazonaws.com.cn github.com githubusercontent.com github.io gitlab.com gitlab.io telegra.ph t.me discord.gg
  discord.com discordapp.com cdn.discordapp.com wa.me chat.whatsapp.com lnkd.in t.co dropbox.com
  dropboxusercontent.com db.tt wetransfer.com we.tl workers.dev pages.dev godaddysites.com aliyuncs.com
  spotify.link snapchat.com steamcommunity.com facebook.com m.me ipfs.io link.medium.com
  weebly.com weeblysite.com strikingly.com mystrikingly.com wix.com wixsite.com squarespace.com wpengine.com odoo.com
  jimdo.com webnode.com webflow.io webflow.com site123.me yolasite.com wordpress.com blogspot.com blogger.com tumblr.com
  medium.com substack.com hubspot.com jotform.com typeform.com surveymonkey.com formstack.com zoho.com zohopublic.com
  airtable.com notion.so notion.site canva.com evernote.com issuu.com slideshare.net scribd.com box.com mediafire.com
  mega.nz archive.org sourceforge.net netlify.com netlify.app vercel.app herokuapp.com glitch.me repl.co replit.com
  render.com onrender.com b-cdn.net cloudfront.net myqcloud.com digitaloceanspaces.com cloudflare-ipfs.com
  secureserver.net myshopify.com gitbook.io gitbook.com readthedocs.io bitbucket.org codepen.io jsfiddle.net
  stackblitz.com codesandbox.io carrd.co about.me linktr.ee beacons.ai flipsnack.com framer.com framer.app
  gravatar.com padlet.com trello.com figma.com miro.com eventbrite.com mailchimp.com list-manage.com sendgrid.net
  app.link cloudapp.azure.com editmysite.com itch.io sweb.cz viglink.com websitetestlink.com wufoo.com
`)
