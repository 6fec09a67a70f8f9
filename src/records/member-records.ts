import * as authenticators from '../core/member/authenticator-rules';
import {
  consumeRecoveryCode,
  renewRecoveryCodes,
  replaceRecoveryCodes,
} from '../core/member/authenticator-rules';
import {
  acceptProof,
  changeState,
  clearGuesses,
  recordSuccess,
  spendGuess,
} from '../core/member/guess-rules';
import type { MemberDocument } from '../core/member/member-document';
import * as settings from '../core/member/settings-rules';
import { userOwner } from '../stores/document-store';
import type { Documents } from './documents';
import { BROWSERS, MEMBER, RECOVERY_CODES } from './formats';
import { toMemberRecord } from './member-record';
import type { MemberRecord, Records } from './records';

type MethodNames =
  | 'findMember'
  | 'findMembers'
  | 'establishUserEpoch'
  | 'replaceUserEpoch'
  | 'renewUserEpoch'
  | 'noteSessionsEnded'
  | 'noteSpentChannel'
  | 'saveMemberSettings'
  | 'saveExemption'
  | 'spendSkip'
  | 'addAuthenticator'
  | 'bindAuthenticator'
  | 'importAuthenticator'
  | 'renameAuthenticator'
  | 'resealAuthenticator'
  | 'savePreference'
  | 'removeAuthenticator'
  | 'removeAllAuthenticators'
  | 'spendGuess'
  | 'recordSuccess'
  | 'acceptProof'
  | 'changeState'
  | 'clearGuesses'
  | 'replaceRecoveryCodes'
  | 'findRecoveryCode'
  | 'consumeRecoveryCode';

const unconditional =
  (rule: (member: MemberDocument) => MemberDocument) =>
  ([member]: readonly [MemberDocument]) => ({ next: [rule(member)] as const, outcome: undefined });

const withOutcome =
  <Outcome>(rule: (member: MemberDocument) => { next: MemberDocument; outcome: Outcome }) =>
  ([member]: readonly [MemberDocument]) => {
    const { next, outcome } = rule(member);
    return { next: [next] as const, outcome };
  };

const CREATES = { creates: true } as const;
const URGENT = { isUrgent: true } as const;

/** The records about users: applies the rules of `core/member` to their documents. */
export function memberRecordsIn(documents: Documents): Pick<Records, MethodNames> {
  const find = (userId: string) => documents.read(userOwner(userId), MEMBER);

  async function findMember(userId: string, organizationId: string): Promise<MemberRecord> {
    return toMemberRecord(await find(userId), userId, organizationId);
  }

  return {
    findMember,
    findMembers: (userIds, organizationId) =>
      Promise.all(userIds.map((userId) => findMember(userId, organizationId))),

    establishUserEpoch: (userId, candidate) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => settings.establishEpoch(member, candidate)),
        { ...CREATES, begins: true },
      ),
    replaceUserEpoch: (userId, end) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        unconditional((member) => settings.replaceEpoch(member, end)),
        { ...CREATES, ...URGENT },
      ),
    renewUserEpoch: (userId, renewal) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => settings.renewEpoch(member, renewal)),
        URGENT,
      ),
    noteSessionsEnded: (userId, endedAt) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        unconditional((member) => settings.noteSessionsEnded(member, endedAt)),
        { ...CREATES, ...URGENT },
      ),
    noteSpentChannel: (userId, spent) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        unconditional((member) => settings.noteSpentChannel(member, spent)),
        CREATES,
      ),
    saveMemberSettings: (userId, organizationId, wanted, options) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        unconditional((member) => settings.saveMemberSettings(member, organizationId, wanted, options)),
        CREATES,
      ),
    saveExemption: (userId, organizationId, exemption) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        unconditional((member) => settings.saveExemption(member, organizationId, exemption)),
        CREATES,
      ),
    spendSkip: (userId, organizationId, limit) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => settings.spendSkip(member, organizationId, limit)),
        CREATES,
      ),

    addAuthenticator: (userId, authenticator, replaces) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        unconditional((member) => authenticators.addAuthenticator(member, authenticator, replaces)),
        CREATES,
      ),
    bindAuthenticator: (userId, authenticator, { recoveryCodes, ...binding }) =>
      documents.change(userOwner(userId), [MEMBER, RECOVERY_CODES], ([member, codes]) => {
        const { next, outcome } = authenticators.bindAuthenticator(member, authenticator, binding);
        if (!outcome || recoveryCodes === undefined) return { next: [next, codes], outcome };
        const replaced = replaceRecoveryCodes({ member: next, codes }, recoveryCodes);
        return { next: [replaced.member, replaced.codes], outcome };
      }),
    importAuthenticator: (userId, authenticator, source) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => authenticators.importAuthenticator(member, authenticator, source)),
        CREATES,
      ),
    renameAuthenticator: (userId, id, label) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => authenticators.renameAuthenticator(member, id, label)),
      ),
    resealAuthenticator: (userId, id, seal) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => authenticators.resealAuthenticator(member, id, seal)),
      ),
    savePreference: (userId, id) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => authenticators.preferAuthenticator(member, id)),
      ),
    removeAuthenticator: (userId, id, keepOneOf) =>
      documents.change(userOwner(userId), [MEMBER, RECOVERY_CODES], ([member, codes]) => {
        const { next, outcome } = authenticators.removeAuthenticator(member, id, keepOneOf);
        const isLast = outcome === 'removed' && next.authenticators.length === 0;
        const left = isLast ? { ...codes, codes: [] } : codes;
        return { next: [next, left], outcome };
      }),
    removeAllAuthenticators: (userId) =>
      documents.change(
        userOwner(userId),
        [MEMBER, RECOVERY_CODES, BROWSERS],
        ([member, codes, browsers]) => {
          const { next, outcome } = authenticators.removeAllAuthenticators(member);
          return { next: [next, { ...codes, codes: [] }, { ...browsers, browsers: [] }], outcome };
        },
        URGENT,
      ),

    spendGuess: ({ userId, ...guess }) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => spendGuess(member, guess)),
      ),
    recordSuccess: ({ userId, ...success }) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        unconditional((member) => recordSuccess(member, success)),
      ),
    acceptProof: ({ userId, ...success }, afterProof) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => acceptProof(member, success, afterProof)),
      ),
    changeState: (userId, authenticatorId, rule) =>
      documents.change(
        userOwner(userId),
        [MEMBER],
        withOutcome((member) => changeState(member, authenticatorId, rule)),
      ),
    clearGuesses: (userId) =>
      documents.change(userOwner(userId), [MEMBER], unconditional(clearGuesses), URGENT),

    replaceRecoveryCodes: (userId, codes, issuedAt, expectedEpoch) =>
      documents.change(
        userOwner(userId),
        [MEMBER, RECOVERY_CODES],
        ([member, before]) => {
          const [given, set] = [
            { member, codes: before },
            { codes, issuedAt },
          ];
          const { next, outcome } =
            expectedEpoch === undefined
              ? { next: replaceRecoveryCodes(given, set), outcome: true }
              : renewRecoveryCodes(given, set, expectedEpoch);
          return { next: [next.member, next.codes], outcome };
        },
        expectedEpoch === undefined ? CREATES : {},
      ),
    async findRecoveryCode(userId, number) {
      const { codes } = await documents.read(userOwner(userId), RECOVERY_CODES);
      return codes.find((code) => code.number === number);
    },
    consumeRecoveryCode: (userId, code) =>
      documents.change(userOwner(userId), [MEMBER, RECOVERY_CODES], ([member, codes]) => {
        const { next, outcome } = consumeRecoveryCode({ member, codes }, code);
        return { next: [next.member, next.codes], outcome };
      }),
  };
}
