/**
 * More brands, in the form of `brand-list.ts`: shops, parcels, networks, authorities. Written by hand and never
 * complete.
 */
export const dailyBrandList = `
medium*: medium.com
brave*: brave.com ~ grave
threads*: threads.net threads.com
onlyfans: onlyfans.com
tinder: tinder.com gotinder.com ~ tender finder binder kinder hinder tinderbox-
twilio: twilio.com
sendgrid: sendgrid.com sendgrid.net
mailchimp: mailchimp.com list-manage.com mailchimpapp.com
hubspot: hubspot.com hubspotlinks.com hubspotusercontent.com hs-sites.com
salesforce: salesforce.com force.com
shopify: shopify.com myshopify.com shopifycdn.com shopify.dev
squarespace: squarespace.com
wordpress: wordpress.com wordpress.org wp.com
etsy*: etsy.com
costco: costco.com costco.ca costco.co.uk
bestbuy: bestbuy.com bestbuy.ca
homedepot: homedepot.com homedepot.ca
target*: target.com
ikea: ikea.com ikea.cn
decathlon: decathlon.com decathlon.fr decathlon.net
zalando: zalando.de zalando.com zalando.fr zalando.co.uk zalando.it
allegro*: allegro.pl
vinted: vinted.com vinted.fr vinted.de vinted.es vinted.it vinted.pl
leboncoin: leboncoin.fr
marktplaats: marktplaats.nl
kleinanzeigen: kleinanzeigen.de
blablacar: blablacar.com blablacar.fr blablacar.de
rakuten: rakuten.co.jp rakuten.com rakuten-card.co.jp rakuten-sec.co.jp rakuten.ne.jp
mercari: mercari.com mercari.jp ~ mercury mercato mercado mercer
flipkart: flipkart.com
shopee: shopee.com shopee.sg shopee.co.id shopee.com.br shopee.tw shopee.vn
lazada: lazada.com lazada.sg lazada.co.id lazada.vn
tokopedia: tokopedia.com
trendyol: trendyol.com
hepsiburada: hepsiburada.com
magazineluiza: magazineluiza.com.br magalu.com.br
casasbahia: casasbahia.com.br
netshoes: netshoes.com.br
deliveroo: deliveroo.co.uk deliveroo.com ~ delivery delivered deliver delivers
doordash: doordash.com
expedia: expedia.com ~ expedite expedited expedit expedition expedito expedient
tripadvisor: tripadvisor.com
ryanair: ryanair.com
lufthansa: lufthansa.com
dpd*: dpd.com dpd.co.uk dpd.de dpd.fr
evri*: evri.com
hermes*: myhermes.de hermesworld.com
postnl: postnl.nl ~ postal postel postning-
bpost*: bpost.be
postnord: postnord.se postnord.dk postnord.com
inpost: inpost.pl inpost.it inpost.co.uk
laposte: laposte.fr laposte.net
chronopost: chronopost.fr
colissimo: colissimo.fr
mondialrelay: mondialrelay.fr mondialrelay.com
posteitaliane: poste.it posteitaliane.it
postepay: poste.it postepay.it
auspost: auspost.com.au
singpost: singpost.com
sagawa: sagawa-exp.co.jp
kuronekoyamato: kuronekoyamato.co.jp
ekinet: eki-net.com ~ telekinet- akinet-
docomo: docomo.ne.jp nttdocomo.co.jp docomo.com
softbank: softbank.jp
swisspost: post.ch
swisspass: swisspass.ch
ameli*: ameli.fr
impots*: impots.gouv.fr
mygov: my.gov.au
elster*: elster.de
telekom: telekom.de telekom.com t-online.de ~ telecom telekommunik- telekomunik-
movistar: movistar.es movistar.com
orange*: orange.fr orange.com
tmobile: t-mobile.com
telstra: telstra.com telstra.com.au ~ telstraat-
optus: optus.com.au
rogers*: rogers.com
bouygues: bouyguestelecom.fr
strato*: strato.de
ovhcloud: ovhcloud.com ovh.com
namecheap: namecheap.com
hostinger: hostinger.com
protonmail: protonmail.com proton.me protonmail.ch
zimbra*: zimbra.com
roundcube*: roundcube.net
teamviewer: teamviewer.com
anydesk: anydesk.com
bitwarden: bitwarden.com bitwarden.net
lastpass: lastpass.com
okta*: okta.com
crunchyroll: crunchyroll.com
primevideo: primevideo.com amazon.com
hulu*: hulu.com
valorant: playvalorant.com
genshin: hoyoverse.com
axieinfinity: axieinfinity.com
garena: garena.com garena.sg ~ arena sigarena-
supercell: supercell.com
clashofclans: clashofclans.com supercell.com
pubgmobile: pubgmobile.com
blizzard*: blizzard.com battle.net
rockstargames: rockstargames.com
opera*: opera.com operacdn.com
firefox: firefox.com mozilla.org
`
