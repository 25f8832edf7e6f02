/**
 * The brands Wadjet knows from the start: `name: domains the owner holds`, the one to name in a warning
 * first. `name*` is also an ordinary word; `name!` is used by its owner under these domains alone; names after
 * `~` are honest neighbours, and with a hyphen at their end what honest words begin with. Written by hand and never complete: the operator adds to it, by WADJET_BRANDS.
 */
export const brandList = `
paypal: paypal.com paypal.me paypalobjects.com paypal-corp.com paypal-community.com paypal-engineering.com
    paypal-prepaid.com paypal-search.com paypal-labs.com paypal-business.com paypalcorp.com
    paypalbenefits.com paypal-knowledge.com paypal-notify.com xoom.com braintreegateway.com
apple*: apple.com apple.co apple.news apple-dns.net apple-cloudkit.com apple-mapkit.com
    apple-livephotoskit.com applemusic.com appleid.com aaplimg.com cdn-apple.com mzstatic.com itunes.com
    applepay.com ~ ample apply apples maple aple grapple
icloud: icloud.com icloud-content.com me.com mac.com icloud.com.cn ~ cloud cloudy
google: google.com googleapis.com googleusercontent.com googlevideo.com googlemail.com googlesource.com
    googlesyndication.com googleadservices.com googletagmanager.com google-analytics.com googleblog.com
    googlechrome.com googlecode.com googleventures.com googlegroups.com googlehosted.com googlelabs.com
    googleoptimize.com googleweblight.com googlezip.net gstatic.com goo.gl g.co withgoogle.com gvt1.com
    gvt2.com ggpht.com googleplex.com thinkwithgoogle.com googlecapital.com googlecloud.com
    googleearth.com googleplay.com googlestore.com googlefiber.net googledomains.com googlearth.com
    googlecloudcommunity.com ~ goggle goggles boogle googol
gmail: gmail.com
youtube: youtube.com youtu.be youtube-nocookie.com youtubeeducation.com youtubekids.com youtubegaming.com
    youtubego.com youtubefanfest.com youtubei.googleapis.com youtube.googleapis.com
    youtubemobilesupport.com ytimg.com yt.be
facebook: facebook.com fb.com fb.me fbcdn.net facebook.net fbsbx.com facebookmail.com facebookbrand.com
    facebookblueprint.com facebookcareers.com facebookconnect.com facebookcorewwwi.onion
    facebookdevelopergarage.com facebookhome.com facebookgroups.com facebooklive.com facebookportal.com
    facebookstories.com facebookincubator.com facebookresearch.com facebook-hardware.com
    facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion meta.com
messenger*: messenger.com m.me fbmessenger.com
instagram: instagram.com cdninstagram.com ig.me instagr.am instagram-brand.com instagram-engineering.com
    instagram-press.com
whatsapp: whatsapp.com whatsapp.net wa.me whatsappbrand.com whatsapp.biz
telegram: telegram.org telegram.me t.me telegram.dog telegra.ph telesco.pe telegram-cdn.org
    telegramdownload.com ~ telegraf telegraph
signal*: signal.org signal.me signal.group signal.art signal.tube
netflix: netflix.com netflix.net nflxext.com nflximg.com nflximg.net nflxso.net nflxvideo.net
    netflixtechblog.com netflixinvestor.com netflixstudios.com netflixpartners.com netflix.shop
    netflixhouse.com
spotify: spotify.com spotify.link spotifycdn.com spotifycdn.net spotifyforbrands.com spotifyjobs.com
    scdn.co byspotify.com spotify.design spotify.net
disney: disney.com disneyplus.com disney.io go.com disneystore.com disneyworld.com disneyland.com
    disneycareers.com disneynow.com disney-plus.net shopdisney.com
microsoft: microsoft.com microsoftonline.com microsoftonline-p.com microsoftstore.com microsoft365.com
    microsoftedge.com microsoftteams.com microsoftstream.com microsoftazuread-sso.com
    microsoftpersonalcontent.com microsoftlive.com msft.net msauth.net msftauth.net windows.com
    windows.net windowsupdate.com live.com live.net outlook.com office.com office.net office365.com
    azure.com azure.net azureedge.net azurewebsites.net bing.com bing.net msn.com skype.com
    visualstudio.com sharepoint.com onedrive.com aka.ms microsoftadvertising.com microsoftalumni.com
    microsofttranslator.com microsoftreactor.com
office365: office365.com office.com microsoft.com
outlook*: outlook.com outlook.office.com outlookmobile.com outlook.de
hotmail: hotmail.com live.com
onedrive: onedrive.com onedrive.live.com 1drv.ms 1drv.com
sharepoint: sharepoint.com sharepointonline.com
skype: skype.com skype.net skypeassets.com skypeforbusiness.com
xbox: xbox.com xboxlive.com xboxservices.com xboxab.com xboxgamepass.com
amazon: amazon.com amazon.co.uk amazon.de amazon.fr amazon.it amazon.es amazon.co.jp amazon.ca
    amazon.com.au amazon.com.br amazon.com.mx amazon.com.tr amazon.in amazon.nl amazon.pl amazon.se
    amazon.sg amazon.ae amazon.sa amazon.eg amazon.cn amazon.jobs amazon.science amazon.dev amazon.ie
    amazon.co.za amazonaws.com amazonaws.com.cn amazonpay.com amazontrust.com amazonvideo.com
    amazonprimevideo.cn amazonmusic.com amazonses.com amazonsilk.com amazonstudios.com amazonalexa.com
    amazonlogistics.com amazoncognito.com amazon-adsystem.com media-amazon.com images-amazon.com
    ssl-images-amazon.com associates-amazon.com assoc-amazon.com amzn.to amzn.com amzn.eu a.co
    primevideo.com awsstatic.com aboutamazon.com ~ amazone amazing amazonia- amazonic-
ebay*: ebay.com ebay.co.uk ebay.de ebay.fr ebay.it ebay.es ebay.ca ebay.com.au ebaystatic.com ebayimg.com
    ebayinc.com ebaycdn.net ebaymotors.com ebay-kleinanzeigen.de ebayadvertising.com ebaystores.com
walmart: walmart.com walmart.ca walmartimages.com walmartlabs.com walmartone.com walmartmoneycard.com
    walmart.com.mx
aliexpress: aliexpress.com aliexpress.ru aliexpress.us aliexpress-media.com
alibaba: alibaba.com alibabacloud.com alibaba-inc.com alibabagroup.com alibabausercontent.com
    alibabacorp.com alibabachengdun.com alibabadns.com alicdn.com
aliyun: aliyun.com aliyuncs.com aliyundrive.com aliyunedu.net aliyun-inc.com aliyunfile.com
mercadolibre: mercadolibre.com mercadolibre.com.ar mercadolibre.com.mx mercadolivre.com.br mercadopago.com
discord: discord.com discord.gg discord.gift discord.gifts discord.media discord.new discord.dev
    discord.co discord.store discord.tools discord.design discord.status discordapp.com discordapp.net
    discordapp.io discordcdn.com discordmerch.com discordpartygames.com discordstatus.com discordsays.com
    discordactivities.com discordsez.com dis.gd ~ discard discards discords discordan-
steam*: steampowered.com steamcommunity.com steamgames.com steamstatic.com steamcontent.com
    steamusercontent.com steamserver.net steam-chat.com steam.tv steamdeck.com steampipe.net
    steamchina.com steamstat.us ~ steem stream team seam steal
steamcommunity!: steamcommunity.com
steampowered: steampowered.com
roblox: roblox.com roblox.cn robloxlabs.com robloxdev.cn rbxcdn.com rbx.com rbxtrk.com rblx.com
    roblox.qq.com
epicgames: epicgames.com epicgames.dev epicgamescdn.com unrealengine.com fortnite.com
fortnite: fortnite.com epicgames.com
minecraft: minecraft.net minecraftservices.com minecraft.com minecraftshop.com minecraft-services.net
twitch: twitch.tv twitch.com twitchcdn.net twitchsvc.net twitchapps.com twitchcon.com ttvnw.net jtvnw.net
    ~ switch twitcher
playstation: playstation.com playstation.net playstationnetwork.com sonyentertainmentnetwork.com
nintendo: nintendo.com nintendo.net nintendo.co.jp nintendo.de nintendo.eu nintendo-europe.com
    nintendowifi.net
tiktok: tiktok.com tiktokcdn.com tiktokv.com tiktokv.us tiktokw.us tiktokcdn-us.com tiktokcdn-eu.com
    tiktokd.net tiktokd.org tiktokv.eu tiktokshop.com tiktokforbusiness.com tiktokglobalshop.com
    ttlivecdn.com
twitter: twitter.com t.co twimg.com x.com twitterinc.com twitteroauth.com twitterstat.us
    twittercommunity.com twitterflightschool.com ads-twitter.com pscp.tv twttr.com twttr.net tweetdeck.com
    ~ twister glitter
linkedin: linkedin.com licdn.com lnkd.in linkedin.cn linkedinlabs.com linkedin-ei.com
    linkedinmobileapp.com linkedinbusiness.com
snapchat: snapchat.com snap.com sc-cdn.net snapkit.com snapads.com
reddit: reddit.com redd.it redditstatic.com redditmedia.com redditinc.com redditstatus.com reddithelp.com
    redditblog.com
pinterest: pinterest.com pin.it pinimg.com pinterestmail.com pinterest-status.com ~ interest interests
dropbox: dropbox.com dropboxapi.com dropboxusercontent.com dropboxstatic.com dropbox-dns.com dropbox.tech
    dropboxforum.com dropboxbusiness.com dropboxinsiders.com dropboxpartners.com dropboxmail.com
    getdropbox.com db.tt ~ dropbot dropboxer mailbox
adobe*: adobe.com adobe.io adobelogin.com adobess.com adobecqms.net adobedtm.com adobeaemcloud.com
    adobeaemcloud.net adobecc.com adobeconnect.com adobeexchange.com adobesign.com adobestock.com
    acrobat.com behance.net typekit.net adobecontent.io adobedc.net adobetarget.com adobetag.com
    adobespark.com adobesc.com adobejanus.com adobeoobe.com
docusign: docusign.com docusign.net docusign.co.uk docusign.ca docusignhq.com
wetransfer: wetransfer.com we.tl wetransfer.net
github: github.com github.io github.dev github.blog githubusercontent.com githubassets.com githubapp.com
    githubstatus.com githubcopilot.com githubnext.com githubuniverse.com github.community github-cloud.com
    github-cloud.s3.amazonaws.com githubpreview.dev githubhackathon.com githubsatellite.com githubinc.com
    git.io ghcr.io ~ gitlab gihub
gitlab*: gitlab.com gitlab.io gitlab.net gitlab-static.net gitlabhq.com ~ github
openai: openai.com chatgpt.com oaistatic.com oaiusercontent.com openai.org
chatgpt: chatgpt.com openai.com
yahoo: yahoo.com yahoo.co.jp yahoo.net yahoodns.net yahooapis.com yahooapis.jp yahoosandbox.net
    yahoofinance.com yahoohealth.com yahoomail.com yimg.com yahooinc.com ymail.com ~ yahya
nvidia: nvidia.com nvidia.cn nvidiagrid.net nvidia-esp.com nvidiaforhp.com nvidiaresearch.com geforce.com
samsung: samsung.com samsung.net samsungapps.com samsungcloud.com samsungdm.com samsungelectronics.com
    samsunghealth.com samsungknox.com samsungosp.com samsungqbe.com samsungads.com samsungiotcloud.com
    samsungotn.net samsungsds.com samsungmobile.com
huawei: huawei.com huaweicloud.com huaweimobilewifi.com huaweistatic.com huawei.ru huaweicloud.cn
xiaomi: xiaomi.com xiaomi.net mi.com xiaomiyoupin.com xiaomimobile.com xiaomi.cn xiaomicp.com
binance: binance.com binance.us binance.org binance.cloud binance.vision binance.info binance.net
    binance.me binance.charity binancecnt.com binanceru.net binance.bz bnbstatic.com bnbchain.org ~
    finance refinance
coinbase: coinbase.com coinbasecloud.com coinbase-exchange.com cbhq.net base.org
kraken*: kraken.com krakenfx.com kraken.tech krak.app ~ broken
kucoin: kucoin.com kucoin.io kucoin.cc kucoin.top kucoin.plus kucoin.biz kcs.top kucoinus.com
bybit: bybit.com bybit.eu bybit.kz bybit.nl bybitglobal.com bycsi.com bytick.com
okx*: okx.com okx.cab okx.ac okex.com
bitfinex: bitfinex.com bitfinex.network
metamask!: metamask.io metamask.zendesk.com metamask.app.link
myetherwallet!: myetherwallet.com mewapi.io mewwallet.com
trustwallet!: trustwallet.com twnodes.com
walletconnect!: walletconnect.com walletconnect.org walletconnect.network reown.com
uniswap!: uniswap.org uniswapfoundation.org
pancakeswap!: pancakeswap.finance pancakeswap.com
opensea!: opensea.io openseauserdata.com
ledger*: ledger.com ledgerwallet.com
trezor!: trezor.io
etherscan!: etherscan.io etherscan.com
blockchain*: blockchain.com blockchain.info ~ blockchair
ripple*: ripple.com xrpl.org
coindesk: coindesk.com
visa*: visa.com visa.de visa.co.uk visaonline.com visainc.com cybersource.com visacheckout.com visa.com.br
    visa.com.hk visa.com.tw visa.ca
mastercard: mastercard.com mastercard.us mastercard.co.uk mastercardservices.com mastercardconnect.com
    mastercardcenter.org mastercardfoundation.org
americanexpress: americanexpress.com aexp-static.com amex.com americanexpress.io
    ~ americanis- americaniz- americanas americanos
westernunion: westernunion.com
wise*: wise.com transferwise.com
revolut: revolut.com revolut.me revolut.codes ~ revolt revolution-
venmo: venmo.com venmo-s.com
cashapp: cash.app cash.me squareup.com
chase*: chase.com jpmorganchase.com chasecdn.com jpmorgan.com
wellsfargo: wellsfargo.com wellsfargoadvisors.com wellsfargomedia.com wf.com
bankofamerica: bankofamerica.com bofa.com bac.com ml.com
citibank: citi.com citibank.com citibankonline.com
capitalone: capitalone.com capitalone.co.uk capitalone.ca capitaloneshopping.com
hsbc: hsbc.com hsbc.co.uk hsbc.com.hk hsbc.com.cn hsbc.fr hsbc.ca hsbcnet.com hsbcprivatebank.com
    hsbc.com.sg
barclays: barclays.com barclays.co.uk barclaycard.co.uk barclaycardus.com barclaysus.com ~ barclay
lloyds: lloydsbank.com lloydsbank.co.uk lloydsbankinggroup.com lloyds.com
natwest: natwest.com natwestgroup.com nwolb.com natwestmarkets.com
santander: santander.com santander.co.uk santander.com.br santander.com.mx santander.es santanderbank.com
    santander.pl santander.de
bbva: bbva.com bbva.es bbva.mx bbva.pe bbva.com.ar bbvaopenmind.com
sparkasse: sparkasse.de sparkasse.at sparkassen.de
itau*: itau.com.br itau.com itau.com.ar itau.cl
bradesco: bradesco.com.br bradesco.com bradescocartoes.com.br
nubank: nubank.com.br nubank.com
interac*: interac.ca
sberbank: sberbank.ru sberbank.com sber.ru sberbank-ast.ru sberbankins.ru
sber*: sber.ru sberbank.ru sberdevices.ru sbermarket.ru
tinkoff: tinkoff.ru tbank.ru tinkoffinsurance.ru tcsbank.ru
tbank*: tbank.ru
wildberries: wildberries.ru wb.ru wildberries.by wildberries.kz wildberries.eu
ozon*: ozon.ru ozon.com ozon.kz ozon.by ozonusercontent.com ozone.ru ozon.st
avito: avito.ru avito.st avito.com avito.ma
gosuslugi: gosuslugi.ru
yandex: yandex.ru yandex.com yandex.net yandex.by yandex.kz yandex.com.tr yandex.st yandexcloud.net
    yandexadexchange.net ya.ru yandex.cloud
vkontakte: vk.com vkontakte.ru
mailru: mail.ru
dhl*: dhl.com dhl.de dhl.co.uk dhlparcel.nl dhl-news.com
fedex: fedex.com fedex.ca
usps: usps.com usps.gov
royalmail: royalmail.com royalmailgroup.com
canadapost: canadapost.ca canadapost-postescanada.ca
correos*: correos.es correos.com correosexpress.com
airbnb: airbnb.com airbnb.co.uk airbnb.de airbnb.fr airbnb.es airbnb.it muscache.com airbnb.io
    airbnbmail.com
booking*: booking.com bstatic.com booking.cn bookingholdings.com
uber*: uber.com ubereats.com uberinternal.com
cloudflare: cloudflare.com cloudflare.net cloudflareinsights.com cloudflarestatus.com cloudflare-dns.com
    cloudflareclient.com cloudflarestream.com cloudflarestorage.com cloudflareworkers.com one.one.one.one
    workers.dev pages.dev
godaddy: godaddy.com secureserver.net godaddysites.com
ionos: ionos.com ionos.de ionos.co.uk ionos.fr ionos.es
swisscom: swisscom.ch swisscom.com
vodafone: vodafone.com vodafone.de vodafone.co.uk vodafone.it vodafone.es vodafone.in vodafone.com.au
    vodafone.pt
verizon: verizon.com verizonwireless.com verizon.net verizonbusiness.com verizonmedia.com
comcast: comcast.com comcast.net xfinity.com comcastbusiness.net
xfinity: xfinity.com comcast.com xfinitymobile.com
zoom*: zoom.us zoom.com zoomgov.com zoom.com.cn
slack*: slack.com slack-edge.com slackb.com slack-imgs.com slack-files.com slackhq.com slack.dev
    slack.engineering
wikipedia: wikipedia.org wikimedia.org
mozilla: mozilla.org mozilla.com mozilla.net firefox.com
mcafee: mcafee.com mcafeesecure.com mcafee-mvision.com mcafeestore.com
norton*: norton.com nortonlifelock.com
`
