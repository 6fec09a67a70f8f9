import type { Request } from 'express';
import { originOf } from '../../../src/http/kernel/request';

const requestFrom = (ip: string | undefined, userAgent?: string) =>
  ({ ip, get: (name: string) => (name === 'user-agent' ? userAgent : undefined) }) as unknown as Request;

describe('where a request came from', () => {
  it.each([
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['192.0.2.7:51234', '192.0.2.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['unknown\nat all', 'unknown at all'],
    [undefined, ''],
  ])('is %s as %s', (ip, address) => {
    expect(originOf(requestFrom(ip)).address).toBe(address);
  });

  it('is said by the browser in 200 characters of one line at most', () => {
    const { userAgent } = originOf(requestFrom('192.0.2.7', `a\nb${'c'.repeat(300)}`));
    expect(userAgent).toHaveLength(200);
    expect(userAgent.startsWith('a bc')).toBe(true);
  });
});
