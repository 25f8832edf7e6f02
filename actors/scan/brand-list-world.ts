/**
 * More brands, in the form of `brand-list.ts`: banks, parcels, authorities, networks and shops of many countries. Written
 * by hand and never complete.
 */
export const worldBrandList = `
mizuho: mizuhobank.co.jp mizuho-fg.co.jp mizuho-fg.com mizuho-sc.com
resona: resonabank.co.jp resona-gr.co.jp ~ persona reson resonanc- resonant- resonat- resonador-
auone: auone.jp au.com
kddi*: kddi.com
nomura: nomura.co.jp nomura.com nomuraholdings.com
sbisec: sbisec.co.jp
monex: monex.co.jp monex.com ~ money
biglobe: biglobe.ne.jp biglobe.co.jp
micard: micard.co.jp ~ mycard
jaccs: jaccs.co.jp
tepco: tepco.co.jp
yodobashi: yodobashi.com
viewcard: jreast.co.jp viewsnet.jp viewcard.co.jp
pocketcard: pocketcard.co.jp
jabank: jabank.jp jabank.org
etcmeisai: etc-meisai.jp
japanpost: japanpost.jp
familymart: family.co.jp familymart.com.tw
hypesquad: discord.com
polkadot!: polkadot.network polkadot.com polkadot.js.org
upbit: upbit.com
bithumb: bithumb.com
mexc*: mexc.com
defillama!: defillama.com llama.fi
optimism*: optimism.io
berachain!: berachain.com
celestia*: celestia.org
aptos*: aptoslabs.com aptosfoundation.org aptosnetwork.com
dydx: dydx.exchange dydx.trade dydx.xyz dydx.foundation
1inch: 1inch.io 1inch.dev
tonkeeper!: tonkeeper.com
pumpfun: pump.fun
pudgypenguins: pudgypenguins.com pudgyworld.com
wormhole*: wormhole.com
usaa*: usaa.com
fifththird: 53.com fifththird.com
keybank: key.com keybank.com
huntington*: huntington.com
synchrony: synchrony.com synchronybank.com syf.com ~ synchrone synchron- asynchron-
banquepopulaire: banquepopulaire.fr
caissedepargne: caisse-epargne.fr
creditmutuel: creditmutuel.fr creditmutuel.com
consorsbank: consorsbank.de
targobank: targobank.de targobank.fr
ingdiba: ing.de ing-diba.de
bunq*: bunq.com
openbank: openbank.es openbank.com openbank.de
kutxabank: kutxabank.es
ibercaja: ibercaja.es
unicaja: unicajabanco.es unicaja.es
millenniumbcp: millenniumbcp.pt
novobanco: novobanco.pt
mbank*: mbank.pl mbank.cz mbank.sk
pkobp: pkobp.pl ipko.pl
csob*: csob.cz csob.sk
otpbank*: otpbank.hu otpbank.ro
akbank: akbank.com akbank.com.tr ~ adbank
isbank*: isbank.com.tr
yapikredi: yapikredi.com.tr
denizbank: denizbank.com
halkbank: halkbank.com.tr halkbank.mk
vakifbank: vakifbank.com.tr
emiratesnbd: emiratesnbd.com
alrajhibank: alrajhibank.com.sa
capitec: capitecbank.co.za ~ caltech capital
standardbank: standardbank.co.za standardbank.com
nedbank: nedbank.co.za
gtbank: gtbank.com
kotak: kotak.com kotak.bank.in ~ kodak
yesbank: yesbank.in
bankmandiri: bankmandiri.co.id
klikbca: klikbca.com bca.co.id
maybank: maybank2u.com.my maybank.com maybank.com.my ~ mayank
cimb*: cimb.com cimbclicks.com.my cimb.com.my cimbniaga.co.id
ocbc*: ocbc.com ocbc.id
gcash: gcash.com ~ cash
vietcombank: vietcombank.com.vn
techcombank: techcombank.com
kasikornbank: kasikornbank.com
bangkokbank: bangkokbank.com
shinhan: shinhan.com
bendigobank: bendigobank.com.au
suncorp: suncorp.com.au suncorpbank.com.au
kiwibank: kiwibank.co.nz
bancodechile: bancochile.cl bancodechile.cl
bancoestado: bancoestado.cl
viabcp: viabcp.com
banamex: banamex.com citibanamex.com
banorte: banorte.com
bancoazteca: bancoazteca.com.mx
bancodebogota: bancodebogota.com bancodebogota.com.co
nequi: nequi.com.co nequi.com
bancopichincha: pichincha.com
banreservas: banreservas.com
mercadopago: mercadopago.com mercadopago.com.br mercadopago.com.mx mercadopago.com.ar
picpay: picpay.com
pagbank: pagseguro.com.br pagbank.com.br pagseguro.uol.com.br
sbcglobal: att.com
virginmedia: virginmedia.com virginmediao2.co.uk
talktalk*: talktalk.co.uk
proximus: proximus.be
ziggo: ziggo.nl
telenor: telenor.com telenor.no telenor.dk telenor.se
safaricom: safaricom.co.ke
airtel: airtel.in airtel.com
telcel: telcel.com ~ telcell
anpost: anpost.com anpost.ie
aramex: aramex.com
correios: correios.com.br ~ correia correio correo correos
poslaju: pos.com.my
nzpost: nzpost.co.nz ~ nypost
ceskaposta: ceskaposta.cz
ezpass: e-zpassny.com e-zpassiag.com ezpassnj.com ezpassva.com
sunpass: sunpass.com ~ compass
agenziaentrate: agenziaentrate.gov.it
antai*: antai.gouv.fr
digid*: digid.nl
belastingdienst: belastingdienst.nl
    ~ belastingadvi- belastingbrief- belastingconsul- belastingkantoor- belastingrecht- belastingzaken-
mitid: mitid.dk
skatteverket: skatteverket.se
wallapop: wallapop.com
olx*: olx.pl olx.ua olx.com olx.com.br olx.ro olx.pt olx.bg olx.kz olx.in
agoda: agoda.com agoda.net
trivago: trivago.com
carrefour: carrefour.com carrefour.fr carrefour.es carrefour.it carrefour.com.br ~ carrefours
lidl*: lidl.com lidl.de lidl.fr lidl.es lidl.it lidl.co.uk
sainsburys: sainsburys.co.uk
adidas: adidas.com adidas.de adidas.co.uk adidas-group.com
louisvuitton: louisvuitton.com
temu*: temu.com
shein: shein.com sheingroup.com ~ shin shelf shell sheik
wechat: wechat.com weixin.qq.com ~ rechat weechat
kakao: kakao.com kakaocorp.com kakaocdn.net ~ kakadu
naver*: naver.com navercorp.com
bluehost: bluehost.com
dreamhost: dreamhost.com
siteground: siteground.com
digitalocean: digitalocean.com digitaloceanspaces.com
hetzner: hetzner.com hetzner.de hetzner.cloud
bet365: bet365.com
1xbet: 1xbet.com
draftkings: draftkings.com
bookingcom: booking.com
`
