import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import {
  PlainSecret,
  isSealKeyKnown,
  openSecret,
  sealSecret,
  type SealBinding,
} from '../../../src/core/proof/secrets';

const newKey = () => randomBytes(32).toString('base64');
const keyRing = createKeyRing([newKey()]);
const binding: SealBinding = { userId: 'ada', authenticatorId: 'phone', kind: 'totp' };
const plain = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const unreadable = { outcome: 'unreadable' };

function open(sealed: string, changed: Partial<SealBinding> = {}, ring = keyRing) {
  const opened = openSecret(ring, sealed, { ...binding, ...changed });
  return opened.outcome === 'opened' ? { ...opened, secret: opened.secret.reveal() } : opened;
}

describe('sealSecret', () => {
  const sealed = sealSecret(keyRing, new PlainSecret(plain), binding);

  it('opens again', () => {
    expect(open(sealed)).toEqual({ outcome: 'opened', secret: plain, stale: false });
  });

  it('opens whatever was sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, userId) => {
        const sealedText = sealSecret(keyRing, new PlainSecret(text), { ...binding, userId });
        expect(open(sealedText, { userId })).toMatchObject({ secret: text });
      }),
    );
  });

  it('names its version and key and shows nothing else', () => {
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/);
    expect(sealed.startsWith(`v1.${keyRing.current('seal').id}.`)).toBe(true);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('GEZD');
  });

  it('never seals the same twice', () => {
    const again = Array.from({ length: 1000 }, () => sealSecret(keyRing, new PlainSecret(plain), binding));
    expect(new Set(again).size).toBe(1000);
  });

  it.each<Partial<SealBinding>>([{ userId: 'alan' }, { authenticatorId: 'tablet' }, { kind: 'sms' }])(
    'opens nowhere but where it belongs: %j',
    (changed) => {
      expect(open(sealed, changed)).toEqual(unreadable);
    },
  );

  it('tells apart ids that would read alike when strung together', () => {
    const moved = sealSecret(keyRing, new PlainSecret(plain), {
      ...binding,
      userId: 'a","b',
      authenticatorId: 'c',
    });
    expect(open(moved, { userId: 'a', authenticatorId: 'b","c' })).toEqual(unreadable);
  });

  it('opens with no character changed', () => {
    const places = Array.from({ length: sealed.length }, (_, place) => place);
    const tampered = places.flatMap((place) =>
      ['A', 'B', '_', '.', '=', 'é'].map((other) => sealed.slice(0, place) + other + sealed.slice(place + 1)),
    );
    const opening = tampered.filter((text) => text !== sealed && open(text).outcome === 'opened');
    expect(opening).toEqual([]);
  });

  it('opens with no byte changed, missing or added', () => {
    const [version, id, encoded = ''] = sealed.split('.');
    const bytes = Buffer.from(encoded, 'base64url');
    const wrap = (body: Buffer) => `${version}.${id}.${body.toString('base64url')}`;
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(open(wrap(changed))).toEqual(unreadable);
      expect(open(wrap(bytes.subarray(0, place)))).toEqual(unreadable);
    }
    expect(open(wrap(Buffer.concat([bytes, Buffer.alloc(1)])))).toEqual(unreadable);
    expect(open(`${sealed}.`)).toEqual(unreadable);
    expect(open(`${sealed}\n`)).toEqual(unreadable);
  });

  it('never throws, whatever the store holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(open(text)).toEqual(unreadable);
        expect(open(`v1.${keyRing.current('seal').id}.${text}`)).toEqual(unreadable);
      }),
    );
  });

  it('stays readable through a rotation, and says that it is stale', () => {
    const [oldKey, newerKey] = [newKey(), newKey()];
    const sealedBefore = sealSecret(createKeyRing([oldKey]), new PlainSecret(plain), binding);
    const rotated = createKeyRing([newerKey, oldKey]);
    expect(open(sealedBefore, {}, rotated)).toEqual({ outcome: 'opened', secret: plain, stale: true });
    const sealedAfter = sealSecret(rotated, new PlainSecret(plain), binding);
    expect(open(sealedAfter, {}, createKeyRing([newerKey]))).toMatchObject({
      outcome: 'opened',
      stale: false,
    });
    expect(open(sealedBefore, {}, createKeyRing([newerKey]))).toEqual(unreadable);
  });
});

describe('what is sealed', () => {
  it('has a nonce of 96 bits and a tag of 128 around the secret (NIST SP 800-38D)', () => {
    const [, , encoded = ''] = sealSecret(keyRing, new PlainSecret(plain), binding).split('.');
    expect(Buffer.from(encoded, 'base64url')).toHaveLength(12 + plain.length + 16);
  });

  it('tells whether its key is in the ring, without being opened', () => {
    const sealed = sealSecret(keyRing, new PlainSecret(plain), binding);
    expect(isSealKeyKnown(keyRing, sealed)).toBe(true);
    expect(isSealKeyKnown(createKeyRing([newKey()]), sealed)).toBe(false);
    expect(isSealKeyKnown(keyRing, sealed.replace('v1.', 'v2.'))).toBe(false);
    expect(isSealKeyKnown(keyRing, '')).toBe(false);
  });
});

describe('PlainSecret', () => {
  it('shows nothing of itself in a text, JSON or a log', () => {
    const secret = new PlainSecret(plain);
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true })];
    expect(shown.join(' ')).not.toContain(plain);
    expect(secret.reveal()).toBe(plain);
  });
});
