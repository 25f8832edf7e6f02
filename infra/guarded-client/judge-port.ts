/** Which ports scanning may connect to: those that web servers are found on. */

/**
 * The web's own ports, and all from 1024 on: phishing kits, tunnels and hosting panels listen anywhere up there, and
 * what the chat can open has to be scanned. Below are the services of the system.
 */
const webPorts: ReadonlySet<number> = new Set([80, 81, 443])
const unprivilegedFrom = 1024

/**
 * Ports above 1024 where an HTTP request is taken for a command of another protocol: those that browsers refuse
 * (https://fetch.spec.whatwg.org/#port-blocking), and databases, queues and machine control besides.
 */
const otherProtocols: ReadonlySet<number> = new Set(
  `1433 1521 1719 1720 1723 2049 2375 2376 2379 2380 3306 3389 3659 4045 4190 4222 5060 5061 5432 5672 5900 6000 6222
   6379 6443 6566 6665 6666 6667 6668 6669 6679 6697 9042 9092 9200 9300 10080 10250 11211 27017`
    .split(/\s+/)
    .map(Number)
)

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 }

/** The port that a URL is asked at. */
export const portOf = ({ port, protocol }: Pick<URL, "port" | "protocol">): number =>
  port === "" ? (defaultPorts[protocol] ?? 0) : Number(port)

export const isWebPort = (port: number): boolean =>
  webPorts.has(port) || (port >= unprivilegedFrom && !otherProtocols.has(port))
