/**
 * More brands, in the form of `brand-list.ts`: where money is kept, moved and traded. Written by hand and never
 * complete.
 */
export const moneyBrandList = `
bestchange!: bestchange.com bestchange.ru bestchange.net bestchange.biz
stellar*: stellar.org stellar.expert stellarx.com stellarport.io ~ stella cellar
electrum!: electrum.org
bittrex!: bittrex.com bittrex.global
poloniex!: poloniex.com
mycrypto!: mycrypto.com
crypto*: crypto.com ~ krypto
localbitcoins!: localbitcoins.com localbitcoins.net
bitcoin*: bitcoin.org bitcoin.com bitcoin.it ~ altcoin
bitcointalk!: bitcointalk.org
hitbtc!: hitbtc.com
changelly!: changelly.com
shapeshift!: shapeshift.com shapeshift.io
uphold*: uphold.com
ethereum*: ethereum.org ethereum.foundation
etherdelta!: etherdelta.com
bitstamp!: bitstamp.net
bitmex!: bitmex.com
bitmain: bitmain.com
bitget: bitget.com bitget.site bitgetapp.com ~ widget budget
bitpanda: bitpanda.com
bitvavo: bitvavo.com
bitpay: bitpay.com
bitflyer: bitflyer.com bitflyer.jp
idex*: idex.io idex.market ~ index
netex24!: netex24.net
paxful!: paxful.com
mymonero!: mymonero.com
monero*: getmonero.org
tronscan!: tronscan.org
tronlink!: tronlink.org
cryptonator!: cryptonator.com
cointelegraph: cointelegraph.com
coinmarketcap: coinmarketcap.com
coingecko: coingecko.com geckoterminal.com
coinlist: coinlist.co
coincheck: coincheck.com
boredapeyachtclub!: boredapeyachtclub.com
magiceden!: magiceden.io magiceden.com
looksrare!: looksrare.org
rarible!: rarible.com
aave!: aave.com
lido*: lido.fi
sushiswap!: sushi.com sushiswap.fi sushiswap.org
curve*: curve.fi curve.finance
raydium!: raydium.io
solana*: solana.com solana.org
phantom*: phantom.app phantom.com
exodus*: exodus.com exodus.io
safepal!: safepal.com safepal.io
tokenpocket!: tokenpocket.pro
imtoken!: token.im imtoken.com
rabbywallet!: rabby.io
dexscreener!: dexscreener.com
hyperliquid!: hyperliquid.xyz
layerzero!: layerzero.network
zksync!: zksync.io
starknet!: starknet.io
arbitrum!: arbitrum.io arbitrum.foundation
polygon*: polygon.technology
avalanche*: avax.network avalabs.org
cardano!: cardano.org
tether*: tether.to tether.io ~ ether together
chainlink*: chain.link chainlinklabs.com
eigenlayer!: eigenlayer.xyz
debank!: debank.com
zerion!: zerion.io
gemini*: gemini.com
huobi: huobi.com htx.com
gateio: gate.io gate.com
cexio: cex.io
celsius*: celsius.network
blockfi!: blockfi.com
nexo*: nexo.com nexo.io ~ nexus
moonpay!: moonpay.com
robinhood*: robinhood.com
etoro: etoro.com
plus500: plus500.com
stripe*: stripe.com stripe.network stripecdn.com
klarna: klarna.com ~ klara klima reklama- deklama- akklama- proklama- taklamakan-
skrill: skrill.com
neteller: neteller.com
payoneer: payoneer.com
moneygram: moneygram.com
paysafecard: paysafecard.com
paytm: paytm.com paytm.in
phonepe: phonepe.com
paypay*: paypay.ne.jp paypay.co.jp ~ paypal
zelle*: zellepay.com
truist: truist.com ~ truism altruist-
usbank: usbank.com
tdbank: tdbank.com td.com
navyfederal: navyfederal.org
schwab: schwab.com schwabplan.com ~ schwaben- schwabing-
fidelity*: fidelity.com
scotiabank: scotiabank.com
desjardins: desjardins.com
tangerine*: tangerine.ca
cibc: cibc.com cibconline.com
intesasanpaolo: intesasanpaolo.com
unicredit: unicredit.it unicreditgroup.eu
creditagricole: credit-agricole.fr credit-agricole.com
bnpparibas: bnpparibas.com bnpparibas.fr mabanque.bnpparibas
societegenerale: societegenerale.fr societegenerale.com
labanquepostale: labanquepostale.fr
boursorama: boursorama.com boursobank.com
caixabank: caixabank.es caixabank.com
bankinter: bankinter.com
sabadell: bancsabadell.com
rabobank: rabobank.nl rabobank.com
abnamro: abnamro.nl abnamro.com
belfius: belfius.be
commerzbank: commerzbank.de commerzbank.com
deutschebank: db.com deutsche-bank.de
postbank: postbank.de
volksbank: volksbank.de vr.de
comdirect: comdirect.de
raiffeisen: raiffeisen.ch raiffeisen.at raiffeisen.ru raiffeisenbank.at
postfinance: postfinance.ch
nordea: nordea.com nordea.fi nordea.se nordea.dk nordea.no
danskebank: danskebank.dk danskebank.com
swedbank: swedbank.se swedbank.com swedbank.lt swedbank.lv swedbank.ee
pekao: pekao.com.pl
commbank: commbank.com.au
westpac: westpac.com.au westpac.co.nz
bankwest: bankwest.com.au
hdfcbank: hdfcbank.com
icicibank: icicibank.com
axisbank: axisbank.com
bancolombia: bancolombia.com
davivienda: davivienda.com
bancodobrasil: bb.com.br
caixa*: caixa.gov.br
garantibbva: garantibbva.com.tr
ziraatbank: ziraatbank.com.tr
smbc*: smbc.co.jp smbc-card.com smbcgroup.com
mufg*: mufg.jp
vpass*: vpass.ne.jp smbc-card.com
saisoncard: saisoncard.co.jp
eposcard: eposcard.co.jp
orico: orico.co.jp orico.jp ~ rico
aeoncard: aeon.co.jp
yobit!: yobit.net
bittorrent*: bittorrent.com
mercatox!: mercatox.com
omisego!: omg.network omisego.network
quantstamp!: quantstamp.com
enjin*: enjin.io
tron*: tron.network trondao.org
eos*: eos.io eosnetwork.com
freewallet!: freewallet.org
tesla*: tesla.com tesla.cn teslamotors.com ~ testa
vtb*: vtb.ru
alfabank: alfabank.ru alfabank.by
gazprombank: gazprombank.ru
privatbank: privatbank.ua
monobank: monobank.ua
kaspi*: kaspi.kz
`
