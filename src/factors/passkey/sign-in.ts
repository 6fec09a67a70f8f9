import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { guessRank } from '../../core/decision/usable-factors';
import type { FactorTools, Shown } from '../factor';
import { readState } from '../factor-state';
import type { RightWayIn, WayIn, WayInVerdict } from '../way-in';
import { verifyAssertion } from './ceremony';
import { createAssertionOptions } from './ceremony-options';
import { findCredentialOwner, findPasskeys, passkey, settingsOf, type OwnedPasskey } from './definition';
import type { AssertionFacts } from './passkey-state';
import { parseResponse, type SubmittedAssertion } from './submitted-credential';

/** The browser offers the passkeys it has for this site, so no username is needed. The response identifies the user. */
export const passkeyWayIn: WayIn<SubmittedAssertion, AssertionFacts> = {
  kind: passkey.traits.kind,
  template: 'factors/passkey/sign-in',

  async show(challenge, tools): Promise<Shown> {
    const { relyingParty } = settingsOf(tools);
    const asking = { challenge, relyingParty, allow: [], userVerification: 'required' } as const;
    const options = await createAssertionOptions(asking);
    return { json: { options }, view: { options } };
  },

  parse(submitted) {
    const response = parseResponse(submitted);
    return response?.ceremony === 'assertion' ? response : null;
  },

  challengeOf({ clientDataJSON }) {
    try {
      const said: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
      const challenge: unknown = Reflect.get(Object(said), 'challenge');
      return typeof challenge === 'string' ? challenge : null;
    } catch {
      return null;
    }
  },

  async verify({ submitted, challenge }, tools): Promise<WayInVerdict<AssertionFacts>> {
    const userId = await findCredentialOwner(tools.records, submitted.id);
    // Do the same reads and signature check for unknown credentials, so that timing does not reveal them.
    const member = await tools.records.findMember(userId ?? randomBytes(12).toString('hex'), '');
    const found = findPasskeys(member.authenticators).find(
      ({ passkey: own }) => own.credentialId === submitted.id,
    );
    const { relyingParty } = settingsOf(tools);
    const state = found?.passkey ?? decoyFor(submitted, relyingParty.id);
    const result = await verifyAssertion({
      response: submitted,
      challenge,
      relyingParty,
      state,
      userHandle: state.userHandle,
      requireUserVerification: false,
      requireUserHandle: true,
    });
    if (userId === undefined || found === undefined)
      return { outcome: 'rejected', check: 'wrong-credential', owner: null };
    const owner = { userId, authenticatorId: found.id };
    if (result.outcome === 'rejected') return { outcome: 'rejected', check: result.because, owner };
    const { signCount, backedUp, userVerified } = result;
    return {
      outcome: 'verified',
      ...owner,
      proof: { signCount, backedUp },
      // If the authenticator did not verify its user at registration, a PIN may have been set later by somebody else.
      isBothFactors: userVerified && state.uvSeen,
      amr: [state.backupEligible ? 'swk' : 'hwk', 'pop', ...(userVerified ? ['user'] : [])],
    };
  },

  accept({ userId, authenticatorId, proof }: RightWayIn<AssertionFacts>, now, { records }: FactorTools) {
    const { traits, stateSchema } = passkey;
    const rank = guessRank([traits], traits.kind);
    const success = { userId, authenticatorId, now, group: null, guessedRank: rank, provenRank: rank };
    return records.acceptProof(success, (stored) =>
      passkey.afterProof(readState(stateSchema, stored), { asserted: proof }, now),
    );
  },
};

/** A passkey with an unknown private key, for an unknown credential. */
function decoyFor({ id, userHandle, authenticatorData }: SubmittedAssertion, rpId: string): OwnedPasskey {
  const flags = Buffer.from(authenticatorData, 'base64url')[32] ?? 0;
  return {
    format: 1,
    credentialId: id,
    publicKey: decoyKey(),
    signCount: 0,
    transports: [],
    rpId,
    aaguid: '00000000-0000-0000-0000-000000000000',
    backupEligible: (flags & BACKUP_ELIGIBLE) !== 0,
    backedUp: false,
    uvSeen: false,
    userHandle: userHandle ?? '',
  };
}

const BACKUP_ELIGIBLE = 0b1000;

let cachedDecoyKey: string | undefined;

/** An ES256 COSE_Key: the head of the map, then x and y of a point whose private key is discarded. */
function decoyKey(): string {
  if (cachedDecoyKey !== undefined) return cachedDecoyKey;
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const head = Buffer.from('a5010203262001215820', 'hex');
  const parts = [
    head,
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ];
  cachedDecoyKey = Buffer.concat(parts).toString('base64url');
  return cachedDecoyKey;
}
