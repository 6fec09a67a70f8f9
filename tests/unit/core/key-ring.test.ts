import { randomBytes } from 'node:crypto';
import {
  assertUsableKey,
  createKeyRing,
  findKeyFault,
  type KeyPurpose,
} from '../../../src/core/proof/key-ring';

const newKey = () => randomBytes(32).toString('base64');
/** Drawn once, so that what is derived from it can be written down. */
const RANDOM = '79884bd8b582a53394960bdc566585a2b1c3d3dba792b20d3e648921fe3076d2';
const purposes: readonly KeyPurpose[] = ['seal', 'code', 'destination', 'session', 'token', 'visitor'];

describe('createKeyRing', () => {
  it('derives a key of its own for every purpose', () => {
    const ring = createKeyRing([newKey()]);
    const keys = purposes.map((purpose) => ring.current(purpose).key.toString('hex'));
    expect(new Set(keys).size).toBe(purposes.length);
    expect(keys.every((key) => key.length === 64)).toBe(true);
  });

  it('makes with the first key and finds every one by its id', () => {
    const [first, second] = [newKey(), newKey()];
    const ring = createKeyRing([first, second]);
    const old = createKeyRing([second]).current('seal');
    expect(ring.current('seal')).toEqual(createKeyRing([first]).current('seal'));
    expect(ring.find('seal', old.id)).toEqual(old);
    expect(ring.find('seal', 'unknown')).toBeUndefined();
    expect(ring.find('seal', '__proto__')).toBeUndefined();
    expect(ring.all('seal').map(({ id }) => id)).toEqual([ring.current('seal').id, old.id]);
  });

  it('derives the same from the same key, in base64 as in base64url', () => {
    const bytes = randomBytes(48);
    const ids = ['base64', 'base64url'] as const;
    const [one, other] = ids.map((encoding) => createKeyRing([bytes.toString(encoding)]).current('code'));
    expect(one).toEqual(other);
  });

  it('derives the same in every release, or what is stored could not be read', () => {
    const ring = createKeyRing([Buffer.from(RANDOM, 'hex').toString('base64')]);
    const { id, key } = ring.current('seal');
    expect([id, key.toString('hex')]).toEqual([
      'VWcbM0UA',
      '38e459122ae2178b0655b41e7433a41dc57b6bbb83a6209fffebf3b86c7cb198',
    ]);
  });

  it('keeps a key that is listed twice once', () => {
    const key = newKey();
    expect(createKeyRing([key, key]).all('token')).toHaveLength(1);
  });

  it('shows nothing of a key in its id', () => {
    const key = newKey();
    const { id } = createKeyRing([key]).current('seal');
    expect(id).toMatch(/^[A-Za-z0-9_-]{8}$/);
    expect(key).not.toContain(id);
  });

  it('refuses an empty ring and one with an unusable key', () => {
    expect(() => createKeyRing([])).toThrow(TypeError);
    expect(() => createKeyRing([newKey(), 'changeme'])).toThrow(TypeError);
  });
});

describe('assertUsableKey', () => {
  it('takes random bytes in every spelling that the usual commands print', () => {
    for (let round = 0; round < 500; round += 1) {
      const bytes = randomBytes(32);
      for (const key of [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]) {
        expect(findKeyFault(key)).toBeNull();
      }
    }
  });

  /** Bytes that go on by the steps in an order without a pattern. */
  const walk = (steps: readonly number[]) => {
    const order = RANDOM.repeat(2)
      .split('')
      .map((digit) => Number.parseInt(digit, 16));
    let at = 0x90;
    return Buffer.from(
      Array.from({ length: 64 }, (_, turn) => (at += steps[(order[turn] ?? 0) % steps.length] ?? 0)),
    );
  };

  it('takes sixteen different bytes, and five steps between one and the next', () => {
    const half = Buffer.from(RANDOM, 'hex').subarray(0, 16);
    expect(new Set(half).size).toBe(16);
    expect(findKeyFault(Buffer.concat([half, half]).toString('base64'))).toBeNull();
    expect(findKeyFault(walk([11, 53, 97, 151, 203]).toString('base64'))).toBeNull();
    expect(findKeyFault(walk([11, 53, 97, 151]).toString('base64'))).toMatch(/repeats itself/);
  });

  it('takes bytes that would be text but for one', () => {
    const text = Buffer.from('correct horse battery staple, and so on');
    for (const byte of [0x1f, 0x7f]) {
      expect(findKeyFault(Buffer.concat([text, Buffer.of(byte)]).toString('base64'))).toBeNull();
    }
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a number', 42],
    ['bytes', randomBytes(32)],
    ['a placeholder', 'changeme'],
    ['a long placeholder', 'changeme'.repeat(8)],
    ['a passphrase', 'correct horse battery staple correct horse battery staple'],
    ['a passphrase in base64', Buffer.from('correct horse battery staple, and so on').toString('base64')],
    ['a sentence in one word', 'thisisaverylongsentencethatnobodywouldevereverguess'],
    ['words with hyphens', 'my-super-long-session-key-for-the-portal-of-acme'],
    ['a word within', `${randomBytes(32).toString('base64url')}ChangeMe`],
    ['digits', '1234567890'.repeat(6)],
    ['eight bytes', randomBytes(8).toString('base64')],
    ['31 bytes', randomBytes(31).toString('base64')],
    ['equal bytes', Buffer.alloc(32, 7).toString('base64')],
    ['zeros', Buffer.alloc(64).toString('base64')],
    ['two bytes in turn', Buffer.alloc(32, 'ab').toString('base64')],
    ['bytes in a row', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')],
    ['a line break', `${newKey()}\n`],
    ['a lone character at the end', `${newKey().replace('=', '')}AA`],
    ['three signs at the end', `${newKey()}==`],
    ['fifteen bytes over and over', Buffer.alloc(45, randomBytes(15)).toString('base64')],
  ])('refuses %s and says what to write', (_name, key) => {
    expect(() => {
      assertUsableKey(key);
    }).toThrow(/openssl rand -base64 32/);
  });

  it('never repeats the key', () => {
    const key = randomBytes(31).toString('base64');
    expect(findKeyFault(key)).not.toContain(key);
    expect(findKeyFault(`${key}!`)).not.toContain(key);
  });
});
