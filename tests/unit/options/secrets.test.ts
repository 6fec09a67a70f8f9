import { key, refusal } from './given-options';

describe('what may be secret', () => {
  const secret = 'hunter2hunter2hunter2';

  it.each([
    { keys: [key, secret] },
    { keys: secret },
    { csrf: { token: secret } },
    { records: `redis://:${secret}@redis.acme.example` },
    { state: secret },
    { email: secret },
    { baseUrl: `https://ada:${secret}@portal.acme.example` },
    { baseUrl: `https//${secret}` },
    { [`keyz`]: [secret] },
  ])('is in no message: %#', (changes) => {
    const { message } = refusal(changes);
    expect(message).not.toContain(secret);
    expect(message).not.toContain(key);
  });

  it('is named by its place among the keys', () => {
    expect(refusal({ keys: [key, 'changeme'] }).option).toBe('keys[1]');
    expect(refusal({ keys: [undefined] }).option).toBe('keys[0]');
  });
});
