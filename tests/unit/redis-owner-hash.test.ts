import {
  challengeFields,
  readChallenge,
  readCodes,
  writeChallenge,
  writeCodes,
} from '../../src/stores/redis/owner-hash';
import { readSession, writeSession } from '../../src/stores/redis/sessions';
import { aChallenge, aSentCode, aSession } from '../../src/testing/samples';

const refused = expect.objectContaining({ code: 'records-unreadable' });

describe('the text of sent codes', () => {
  const code = aSentCode();
  const fields = JSON.parse(writeCodes([code]))[0] as unknown[];

  it('is read back', () => {
    const other = aSentCode({ sendId: 'another', kind: 'email', sentBy: 'email', stage: 'sent' });
    expect(readCodes(writeCodes([code, other]))).toEqual([code, other]);
  });

  it.each([
    ['id', 0, 5],
    ['id of its send', 1, 5],
    ['authenticator', 2, null],
    ['kind', 3, 'sms'],
    ['kind and channel', 3, 5],
    ['channel', 3, 'sms:pigeon'],
    ['hash', 4, 5],
    ['masked destination', 5, null],
    ['instant', 6, '1795707648775'],
    ['life', 7, 1.5],
    ['stage', 8, 3],
    ['stage', 8, 'sent'],
  ])('is refused where its %s is damaged', (_name, place, value) => {
    expect(() => readCodes(JSON.stringify([fields.with(place, value)]))).toThrow(refused);
  });

  it.each(['{}', '[5]', '[{}]', '"x"', '['])('is refused where it is %s', (text) => {
    expect(() => readCodes(text)).toThrow(refused);
  });
});

describe('the fields of a challenge', () => {
  const challenge = aChallenge({ state: { options: 'x' } });
  const written = writeChallenge(challenge);
  const reply = challengeFields('login').map((field) => {
    const at = written.indexOf(field);
    return at < 0 ? null : written[at + 1];
  });

  it('are read back', () => {
    expect(readChallenge(reply, challenge)).toEqual(challenge);
  });

  it.each(['5', 'null', '"x"', '[]', '{'])('are refused where the state is %s', (state) => {
    expect(() => readChallenge(reply.with(7, state), challenge)).toThrow(refused);
  });
});

describe('the text of a session entry', () => {
  const session = aSession({ methods: [] });
  const text = writeSession({ ...session, userAgent: 'x' });

  it('is read back, whatever the browser calls itself', () => {
    for (const userAgent of ['', ' ', 'a b  c'])
      expect(readSession(writeSession({ ...session, userAgent }), session.handle)).toEqual({
        ...session,
        userAgent,
      });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('is refused where it ends after %i fields', (count) => {
    const cut = text.split(' ').slice(0, count).join(' ');
    expect(() => readSession(cut, session.handle)).toThrow(refused);
  });
});
