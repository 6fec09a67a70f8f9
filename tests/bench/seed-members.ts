import type { Records } from '../support/records';
import { createKeyRing } from '../../src/core/proof/key-ring';
import { PlainSecret, sealSecret } from '../../src/core/proof/secrets';

import { BENCH_KEY, idOf, totpKeyOf } from './servers/people';

const AT_ONCE = 1000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 of 20 bytes, which divide into groups of five bits without a rest (RFC 4648, section 6). */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((group) => ALPHABET[Number.parseInt(group, 2)]).join('');
}

/** Gives so many people a confirmed authenticator app, as if each had signed in and enrolled. */
export async function seedMembers(records: Records, count: number): Promise<void> {
  const keyRing = createKeyRing([BENCH_KEY]);
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index);
    // All at once would be one write of many megabytes.
    // oxlint-disable-next-line no-await-in-loop
    await Promise.all(
      some.map(async (person) => {
        const userId = idOf(person);
        // Who has an app has signed in before.
        await records.establishUserEpoch(userId, `epoch-of-${userId}`);
        const binding = { userId, authenticatorId: 'app', kind: 'totp' } as const;
        return records.addAuthenticator(userId, {
          id: 'app',
          kind: 'totp',
          label: 'Authenticator app',
          createdAt: Date.now(),
          lastUsedAt: null,
          failures: 0,
          disabledAt: null,
          state: {},
          sealedSecret: sealSecret(keyRing, new PlainSecret(base32(totpKeyOf(person))), binding),
          maskedDestination: null,
        });
      }),
    );
  }
}
