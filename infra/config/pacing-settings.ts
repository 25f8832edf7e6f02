/** Settings of how fast Wadjet speaks: see `actors/whatsapp/pacing/limits.ts`. */
import { fromZero, positive, setting } from "./setting.ts"

export const pacingSettings = {
  messagesPerMinute: setting({
    name: "WADJET_MESSAGES_PER_MINUTE",
    about: "How many messages may leave a minute over all chats. Warnings never wait.",
    accepts: "a whole number from 1",
    fallback: "60",
    parse: positive
  }),
  chatMessagesPerMinute: setting({
    name: "WADJET_CHAT_MESSAGES_PER_MINUTE",
    about: "How many messages may leave a minute in one chat. Warnings never wait.",
    accepts: "a whole number from 1",
    fallback: "20",
    parse: positive
  }),
  burstMessages: setting({
    name: "WADJET_BURST_MESSAGES",
    about: "How many messages may leave at once after a silence, in one chat and over all.",
    accepts: "a whole number from 1",
    fallback: "5",
    parse: positive
  }),
  warmUpDays: setting({
    name: "WADJET_WARM_UP_DAYS",
    about:
      "Over how many days the limits of a number grow after it was linked: on day d of n, d of n + 1 parts of them hold. 0 for none.",
    accepts: "a whole number of days from 0",
    fallback: "7",
    parse: fromZero
  }),
  slowStartSeconds: setting({
    name: "WADJET_SLOW_START_SECONDS",
    about: "For how many seconds after each connection a quarter of the limits holds; 0 for none.",
    accepts: "a whole number of seconds from 0",
    fallback: "60",
    parse: fromZero
  }),
  jitterMillis: setting({
    name: "WADJET_JITTER_MILLISECONDS",
    about:
      "The longest rest after each message, over all chats; how long it is, is drawn by lot. Warnings never wait.",
    accepts: "a whole number of milliseconds from 0",
    fallback: "1000",
    parse: fromZero
  }),
  firstMessagesPerDay: setting({
    name: "WADJET_FIRST_MESSAGES_PER_DAY",
    about:
      "How many people who never wrote to the linked number may get a first message within 24 hours; 0 for nobody.",
    accepts: "a whole number from 0 to 1000",
    fallback: "10",
    parse: (text) => (Number(text) > 1_000 ? undefined : fromZero(text))
  }),
  typedCharactersPerMinute: setting({
    name: "WADJET_TYPED_CHARACTERS_PER_MINUTE",
    about: "How fast a text seems to be typed in a chat before it is sent. Warnings are not typed.",
    accepts: "a whole number from 1",
    fallback: "1500",
    parse: positive
  }),
  typingSecondsMax: setting({
    name: "WADJET_TYPING_SECONDS_MAX",
    about: "The longest time for which a text seems to be typed; 0 for not at all.",
    accepts: "a whole number of seconds from 0",
    fallback: "5",
    parse: fromZero
  })
} as const
