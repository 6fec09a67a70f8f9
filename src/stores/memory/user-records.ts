import type { SpentChannel } from '../../core/address/destination';
import { NO_USE, type Authenticator, type GuessGroup, type OnFileUse } from '../../core/member/authenticator';
import { CHANNELS, type FactorKind } from '../../core/member/factor-kind';
import { NO_GUESSES, type GuessCounter } from '../../core/member/guess-counter';
import { NO_MEMBER_SETTINGS, type MemberSettings } from '../../core/member/member';
import type { RememberedBrowser } from '../../core/member/remembered-browser';
import type { MemberRecord } from '../record-store';

/** Everything of one user, in every organization. The values in the maps are replaced, never changed. */
export interface UserRecords {
  epoch: string | null;
  sessionsEndedAt: number | null;
  spentChannel: SpentChannel | null;
  readonly settings: Map<string, MemberSettings>;
  readonly authenticators: Map<string, Authenticator>;
  readonly guesses: Map<GuessGroup, GuessCounter>;
  readonly onFile: Map<FactorKind, OnFileUse>;
  /** By authenticator: the time step that is never accepted. */
  readonly refusedSteps: Map<string, number>;
  askedFirst: string | null;
  readonly recoveryCodes: Map<number, string>;
  recoveryCodesIssuedAt: number | null;
  readonly browsers: Map<string, RememberedBrowser>;
}

export type Users = Map<string, UserRecords>;

/** The user's records, begun where there are none. */
export function recordsOf(users: Users, userId: string): UserRecords {
  const known = users.get(userId);
  if (known !== undefined) return known;
  const begun: UserRecords = {
    epoch: null,
    sessionsEndedAt: null,
    spentChannel: null,
    settings: new Map(),
    authenticators: new Map(),
    guesses: new Map(),
    onFile: new Map(),
    refusedSteps: new Map(),
    askedFirst: null,
    recoveryCodes: new Map(),
    recoveryCodesIssuedAt: null,
    browsers: new Map(),
  };
  users.set(userId, begun);
  return begun;
}

export function toMemberRecord(users: Users, userId: string, organizationId: string): MemberRecord {
  const known = users.get(userId);
  const counterOf = (group: GuessGroup) => known?.guesses.get(group) ?? NO_GUESSES;
  return {
    userId,
    organizationId,
    epoch: known?.epoch ?? null,
    sessionsEndedAt: known?.sessionsEndedAt ?? null,
    settings: known?.settings.get(organizationId) ?? NO_MEMBER_SETTINGS,
    authenticators: known === undefined ? [] : [...known.authenticators.values()].toSorted(byAge),
    askedFirst: known?.askedFirst ?? null,
    recoveryCodesLeft: known?.recoveryCodes.size ?? 0,
    recoveryCodesIssuedAt: known?.recoveryCodesIssuedAt ?? null,
    guesses: { codes: counterOf('codes'), 'recovery-codes': counterOf('recovery-codes') },
    onFile: {
      ...Object.fromEntries(CHANNELS.map((kind) => [kind, NO_USE])),
      ...Object.fromEntries(known?.onFile ?? []),
    },
    spentChannel: known?.spentChannel ?? null,
  };
}

function byAge(a: Authenticator, b: Authenticator): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  return a.id < b.id ? -1 : 1;
}
