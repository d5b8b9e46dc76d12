import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a connection meets. */
type Manner =
  | 'passes on'
  /** Nobody listens. */
  | 'refuses'
  /** Answers, one byte at a time and without end. */
  | 'drips'
  /** Takes what comes and never says a word. */
  | 'is deaf'
  /** Begins an answer with the right status, then the connection is reset. */
  | 'breaks off';

/** Stands before a receiver and misbehaves below HTTP, where the receiver's own faults do not reach. */
export interface Proxy {
  readonly url: string;
  behave(manner: Manner): void;
  close(): Promise<void>;
}

export async function startProxy(receiverPort: number): Promise<Proxy> {
  let manner: Manner = 'passes on';
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    if (manner === 'passes on') {
      const upstream = connect(receiverPort, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
    }
    if (manner === 'is deaf') socket.resume();
    if (manner === 'drips') {
      socket.resume();
      const letters = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${' '.repeat(100_000)}`;
      let sent = 0;
      const timer = setInterval(() => socket.write(letters.charAt(sent++)), 5);
      socket.on('close', () => clearInterval(timer));
    }
    if (manner === 'breaks off') {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"code":200,', () => socket.resetAndDestroy());
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    behave(next) {
      if (next === 'refuses') server.close();
      else if (manner === 'refuses') server.listen(port, '127.0.0.1');
      manner = next;
      // Kept-alive connections would keep to the old manner.
      for (const socket of open) socket.destroy();
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
