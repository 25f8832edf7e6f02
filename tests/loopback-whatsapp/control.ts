import type { Account, Contact, GroupHandle, LoopbackWhatsApp } from "./index.ts"
import { loginFailures, streamErrors, type LoginFailure, type StreamError } from "./refusals.ts"

/** A server driven by lines of text, as a person types them. */
export interface Control {
  /** Carries out one command; what it has to say about it. Rejects with what was expected. */
  readonly run: (line: string) => Promise<string>
}

interface Command {
  readonly usage: string
  readonly run: (words: readonly string[]) => Promise<string> | string
}

const isLoginFailure = (name: string): name is LoginFailure => name in loginFailures
const isStreamError = (name: string): name is StreamError => name in streamErrors

/** Controls a server; the first account is `me`. */
export const makeControl = (wa: LoopbackWhatsApp, me: Account): Control => {
  const contacts = new Map<string, Contact>([[me.name, me]])
  const groups = new Map<string, GroupHandle>()

  const found = <A>(map: ReadonlyMap<string, A>, name: string | undefined, what: string): A => {
    const value = name === undefined ? undefined : map.get(name)
    if (value !== undefined) return value
    throw new Error(
      `expected ${what} (${[...map.keys()].join(", ") || "there is none"}), found ${name ?? "nothing"}`
    )
  }
  const contact = (name: string | undefined): Contact => found(contacts, name, "a contact's name")
  const add = (name: string, made: Contact): string => {
    contacts.set(name, made)
    return `${name} is ${made.pn} and ${made.lid}`
  }
  /** `Ana` speaks to the account, `Ana@Family` in the group. */
  const speaker = (word: string | undefined) => {
    const [name, group] = (word ?? "").split("@")
    return {
      who: contact(name),
      options: group === undefined ? {} : { in: found(groups, group, "a group's name") }
    }
  }

  const screenOf = (shown: Contact): string =>
    shown
      .screen()
      .map(({ arrivals, chat, edits, from, id, reactions, revoked, text }) =>
        JSON.stringify({ id, chat, from, text, arrivals, edits, revoked, reactions: [...reactions.values()] })
      )
      .join("\n")

  const commands: Readonly<Record<string, Command>> = {
    qr: {
      usage: "qr CODE: the phone scans what the client shows",
      run: async ([code = ""]) => {
        await me.scanQr(code)
        return "paired; the client connects anew"
      }
    },
    code: {
      usage: "code ABCD-EFGH: the phone's owner enters the pairing code",
      run: async ([code = ""]) => {
        await me.enterPairingCode(code.replace("-", ""))
        return "paired; the client connects anew"
      }
    },
    contact: {
      usage: "contact NUMBER NAME: somebody new",
      run: ([number = "", name = number]) => add(name, wa.contact({ number, name }))
    },
    group: {
      usage: "group NAME MEMBER…: a group of these contacts and the account, which is an admin",
      run: ([name = "", ...members]) => {
        const made = wa.group({ subject: name, members: [...members.map(contact), me], admins: [me] })
        groups.set(name, made)
        return `${name} is ${made.jid}`
      }
    },
    say: {
      usage: "say NAME[@GROUP] TEXT: a contact says something",
      run: ([word, ...text]) => {
        const { options, who } = speaker(word)
        return who.say(text.join(" "), options)
      }
    },
    screen: { usage: "screen NAME: what a contact's phone shows", run: ([name]) => screenOf(contact(name)) },
    status: {
      usage: "status: who is linked, and what waits",
      run: () =>
        me
          .clients()
          .map(
            (client) => `${client.jid} connected=${client.isConnected()} waiting=${client.waiting().length}`
          )
          .join("\n") || "no client is linked"
    },
    drop: {
      usage: "drop: breaks the client's connection off",
      run: () => {
        me.client().drop()
        return "dropped"
      }
    },
    deaf: {
      usage: "deaf [silent]: nothing is heard or delivered; silent: pings are not answered either",
      run: ([how]) => {
        me.client().deafen({ answersPings: how !== "silent" })
        return "deaf until the next connection"
      }
    },
    error: {
      usage: `error NAME|NUMBER: ends the stream (${Object.keys(streamErrors).join(", ")})`,
      run: (words) => {
        const name = words.join(" ")
        me.client().streamError(isStreamError(name) ? name : Number(name))
        return `ended with ${name}`
      }
    },
    refuse: {
      usage: `refuse NAME|NUMBER: refuses the next login (${Object.keys(loginFailures).join(", ")})`,
      run: (words) => {
        const name = words.join(" ")
        wa.faults.loginFailures.push(isLoginFailure(name) ? name : Number(name))
        return `the next login is refused with ${name}`
      }
    },
    unlink: {
      usage: "unlink: the phone removes the client",
      run: () => {
        me.unlink(me.client())
        return "removed"
      }
    },
    later: {
      usage: "later MINUTES: moves the server's clock",
      run: ([minutes = "0"]) => {
        wa.clock.advance(Number(minutes) * 60_000)
        return new Date(wa.clock.now()).toISOString()
      }
    },
    help: {
      usage: "help: this list",
      run: () =>
        Object.values(commands)
          .map(({ usage }) => usage)
          .join("\n")
    }
  }

  return {
    run: async (line) => {
      const [name = "", ...words] = line.trim().split(/\s+/)
      return found(new Map(Object.entries(commands)), name, "a command").run(words)
    }
  }
}
