import type { Request } from 'express';
import { connectionOf } from '../../../src/http/kernel/connection';

interface Seen {
  readonly secure?: boolean;
  readonly encrypted?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

const requestOf = ({ secure = false, encrypted, headers = {} }: Seen) =>
  ({ secure, socket: { encrypted }, get: (name: string) => headers[name] }) as unknown as Request;

describe('the connection of a request', () => {
  it.each<[string, Seen, ReturnType<typeof connectionOf>]>([
    ['plain', {}, 'insecure'],
    ['known to Express as TLS', { secure: true }, 'secure'],
    ['TLS to this very process', { encrypted: true }, 'secure'],
    ['TLS by what a proxy says', { headers: { 'x-forwarded-proto': 'https' } }, 'claimed'],
    [
      'TLS by what the first of several proxies says',
      { headers: { 'x-forwarded-proto': 'HTTPS, http' } },
      'claimed',
    ],
    [
      'plain by what the first of several proxies says',
      { headers: { 'x-forwarded-proto': 'http, https' } },
      'insecure',
    ],
    ['TLS by the standard header', { headers: { forwarded: 'for=192.0.2.1;proto=https' } }, 'claimed'],
    ['plain by the standard header', { headers: { forwarded: 'for=192.0.2.1;proto=http' } }, 'insecure'],
    ['TLS, whatever a header says', { secure: true, headers: { 'x-forwarded-proto': 'http' } }, 'secure'],
  ])('is told: %s', (_what, seen, connection) => {
    expect(connectionOf(requestOf(seen))).toBe(connection);
  });
});
