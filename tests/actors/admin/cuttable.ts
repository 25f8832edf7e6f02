/** A way to a server that can be cut: what was on it is lost, and the next connection goes through again. */
import { createConnection, createServer, type AddressInfo, type Socket } from "node:net"
import { Effect } from "effect"

export interface Cuttable {
  readonly url: string
  /** Ends every connection there is. */
  readonly cut: () => void
  /** Takes connections again, or refuses them all. */
  readonly open: (yes: boolean) => void
}

/** In front of a URL, until the scope closes. */
export const cuttable = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<Cuttable & { readonly close: () => void }>((resolve) => {
          const { hostname, port } = new URL(url)
          const sockets = new Set<Socket>()
          let isOpen = true
          const server = createServer((near) => {
            if (!isOpen) return void near.destroy()
            const far = createConnection({ host: hostname, port: Number(port) })
            for (const socket of [near, far]) {
              sockets.add(socket)
              socket.on("error", () => undefined)
              socket.on("close", () => {
                sockets.delete(socket)
                near.destroy()
                far.destroy()
              })
            }
            near.pipe(far)
            far.pipe(near)
          })
          const cut = () => {
            for (const socket of sockets) socket.destroy()
          }
          server.listen(0, "127.0.0.1", () =>
            resolve({
              url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
              cut,
              open: (yes) => {
                isOpen = yes
              },
              close: () => {
                cut()
                server.close()
              }
            })
          )
        })
    ),
    (it) => Effect.sync(it.close)
  )
