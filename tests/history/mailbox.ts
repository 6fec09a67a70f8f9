import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SentCode {
  /** Names the message, since two may carry the same digits. */
  readonly id: string;
  readonly code: string;
}

/** Where the emails of every process arrive. */
export interface Mailbox {
  readonly url: string;
  /** The codes that were sent to an address, oldest first. */
  codesTo(address: string): readonly SentCode[];
  stop(): Promise<void>;
}

export async function openMailbox(): Promise<Mailbox> {
  const codes = new Map<string, SentCode[]>();
  let count = 0;
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      const message = JSON.parse(body) as { readonly to: string; readonly text: string };
      const [code] = /\b\d{6}\b/.exec(message.text) ?? [];
      if (code !== undefined)
        codes.set(message.to, [...(codes.get(message.to) ?? []), { id: `mail ${(count += 1)}`, code }]);
      res.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    codesTo: (address) => codes.get(address) ?? [],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
