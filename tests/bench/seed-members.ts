import { randomBytes } from 'node:crypto';
import { wideNetworkOf } from '../../src/core/address/network-address';
import { createKeyRing } from '../../src/core/proof/key-ring';
import { PlainSecret, sealSecret } from '../../src/core/proof/secrets';
import { browserName } from '../../src/core/text/browser-name';
import { verifyRegistration } from '../../src/factors/passkey/ceremony';
import { credentialKey } from '../../src/factors/passkey/definition';
import { parseResponse } from '../../src/factors/passkey/submitted-credential';
import {
  createSoftwarePasskey,
  type RequestOptions,
  type SoftwarePasskey,
} from '../../src/testing/software-passkey';
import type { Records } from '../support/records';
import { BENCH_KEY, idOf, totpKeyOf } from './servers/people';

const AT_ONCE = 1000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 of 20 bytes, which divide into groups of five bits without a rest (RFC 4648, section 6). */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((group) => ALPHABET[Number.parseInt(group, 2)]).join('');
}

/** The browser and network of the load. */
const FROM_BENCH = { browser: browserName(''), network: wideNetworkOf('127.0.0.1') };

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
        await records.noteSignInTraits(userId, FROM_BENCH);
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

const ORIGIN = 'http://localhost';
const RELYING_PARTY = { id: 'localhost', name: 'Acme Portal', origins: [ORIGIN] };
const passkeys = new Map<number, SoftwarePasskey>();

/** Gives so many people a passkey each, as if they had registered it. */
export async function seedPasskeys(records: Records, count: number): Promise<void> {
  for (let person = 0; person < count; person += 1) {
    const [challenge, userHandle] = [randomValue(), randomValue()];
    const passkey = createSoftwarePasskey({ origin: ORIGIN });
    const registration = { rp: RELYING_PARTY, user: { id: userHandle }, challenge, pubKeyCredParams: [] };
    const response = parseResponse(passkey.register(registration));
    if (response === null) throw new Error('The registration cannot be read.');
    // One person after the other: the key of each is made and checked here.
    // oxlint-disable-next-line no-await-in-loop
    const result = await verifyRegistration({
      response,
      challenge,
      relyingParty: RELYING_PARTY,
      allowedAaguids: null,
      deniedAaguids: [],
    });
    if (result.outcome !== 'verified') throw new Error(`The registration is refused: ${result.because}`);
    const userId = idOf(person);
    // oxlint-disable-next-line no-await-in-loop
    await records.claimKey(userId, credentialKey(response.id), () => true);
    // oxlint-disable-next-line no-await-in-loop
    await records.addAuthenticator(userId, {
      id: 'passkey',
      kind: 'passkey',
      label: 'Passkey',
      createdAt: Date.now(),
      lastUsedAt: null,
      failures: 0,
      disabledAt: null,
      state: { ...result.state, userHandle },
      sealedSecret: null,
      maskedDestination: null,
    });
    passkeys.set(person, passkey);
  }
}

const randomValue = (): string => randomBytes(32).toString('base64url');

/** What the browser of this person answers to the options of a sign-in by passkey. */
export function answerWithPasskey(person: number, body: string): object {
  const passkey = passkeys.get(person);
  if (passkey === undefined) throw new Error('This person has no passkey.');
  const { passkey: shown } = JSON.parse(body) as { readonly passkey: { readonly options: RequestOptions } };
  return passkey.authenticate(shown.options);
}
