import type { Request } from 'express';
import { MfaError } from '../../../src/core/errors';
import { missingTokenReason, refuseToken, tokenRefusalOf } from '../../../src/http/kernel/token-refusal';

describe('the reason of a refused token', () => {
  it('is that of our own refusal', () => {
    expect(tokenRefusalOf(refuseToken('token-missing'))).toBe('token-missing');
  });

  it.each([
    ['nothing', null],
    ['an error of the host with the same reason', { code: 'csrf-token-refused', reason: 'token-missing' }],
    ['another error of ours', new MfaError('connection-insecure', 'Lost.', { reason: 'token-missing' })],
    ['a reason that is none', new MfaError('csrf-token-refused', 'Refused.', { reason: 'other' })],
  ])('is null for %s', (_what, error) => {
    expect(tokenRefusalOf(error)).toBeNull();
  });
});

describe('a request without a token', () => {
  const withHeaders = (headers: Readonly<Record<string, string>>) =>
    ({ body: undefined, get: (name: string) => headers[name] }) as unknown as Request;

  it.each([
    ['token-missing', 'no body', {}],
    ['token-missing', 'an empty body', { 'content-length': '0' }],
    ['body-unread', 'a body that nothing has read', { 'content-length': '7' }],
    ['body-unread', 'a body in parts', { 'transfer-encoding': 'chunked' }],
  ])('is refused as %s with %s', (reason, _what, headers) => {
    expect(missingTokenReason(withHeaders(headers))).toBe(reason);
  });
});
