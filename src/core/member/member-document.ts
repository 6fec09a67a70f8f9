import type { SpentChannel } from '../address/destination';
import { encodeId } from '../text/host-id';
import { NO_USE, type Authenticator, type OnFileUse } from './authenticator';
import { NO_GUESSES, type GuessCounter } from './guess-counter';
import { NO_MEMBER_SETTINGS, type MemberSettings } from './member';

export interface MemberOfOrganization extends MemberSettings {
  /** The encoded id of the organization. */
  readonly organization: string;
}

/** Anything keyed by an id of the host is a list, not an object, so that an id such as `__proto__` is safe. */
export interface MemberDocument {
  /** Null until the first login. Every session stores it; replacing it ends them all. */
  readonly epoch: string | null;
  readonly sessionsEndedAt: number | null;
  readonly passwordChangedAt?: number;
  readonly spentChannel: SpentChannel | null;
  readonly organizations: readonly MemberOfOrganization[];
  readonly authenticators: readonly Authenticator[];
  readonly preferredId: string | null;
  /** By group of factors. */
  readonly guesses: Readonly<Record<string, GuessCounter>>;
  /** By kind of address on file. */
  readonly onFile: Readonly<Record<string, OnFileUse>>;
  /** How many recovery codes are left, and when the set was created. Stays after all are used. Null if none were created. */
  readonly recoveryCodes: { readonly left: number; readonly issuedAt: number } | null;
  /** An entry stays after its authenticator is removed, so that a later import does not add it again. */
  readonly imported: readonly ImportedAuthenticator[];
}

export interface ImportedAuthenticator {
  readonly ref: string;
  readonly authenticatorId: string;
}

export const NEW_MEMBER: MemberDocument = {
  epoch: null,
  sessionsEndedAt: null,
  spentChannel: null,
  organizations: [],
  authenticators: [],
  preferredId: null,
  guesses: {},
  onFile: {},
  recoveryCodes: null,
  imported: [],
};

/** The result of a rule. `next` is the same object if nothing changes. */
export interface Changed<Document, Outcome> {
  readonly next: Document;
  readonly outcome: Outcome;
}

export function findOrganization(
  member: MemberDocument,
  organizationId: string,
): MemberOfOrganization | undefined {
  const organization = encodeId(organizationId);
  return member.organizations.find((one) => one.organization === organization);
}

export function settingsOf(member: MemberDocument, organizationId: string): MemberSettings {
  const found = findOrganization(member, organizationId);
  if (found === undefined) return NO_MEMBER_SETTINGS;
  const { enabled, assignedKind, skipsUsed, exemption } = found;
  return { enabled, assignedKind, skipsUsed, exemption };
}

export function changeSettings(
  member: MemberDocument,
  organizationId: string,
  changes: Partial<MemberSettings>,
): MemberDocument {
  const organization = encodeId(organizationId);
  const others = member.organizations.filter((one) => one.organization !== organization);
  const before = findOrganization(member, organizationId) ?? { ...NO_MEMBER_SETTINGS, organization };
  return { ...member, organizations: [...others, { ...before, ...changes }] };
}

export function findAuthenticator(member: MemberDocument, id: string): Authenticator | undefined {
  return member.authenticators.find((one) => one.id === id);
}

/** Returns the same object if there is no authenticator with that id. */
export function changeAuthenticator(
  member: MemberDocument,
  id: string,
  changes: Partial<Authenticator>,
): MemberDocument {
  if (findAuthenticator(member, id) === undefined) return member;
  const changed = (one: Authenticator) => (one.id === id ? { ...one, ...changes } : one);
  return { ...member, authenticators: member.authenticators.map(changed) };
}

export function guessesOf(member: MemberDocument, group: string): GuessCounter {
  return member.guesses[group] ?? NO_GUESSES;
}

export function changeGuesses(member: MemberDocument, group: string, counter: GuessCounter): MemberDocument {
  return { ...member, guesses: { ...member.guesses, [group]: counter } };
}

export function onFileUseOf(member: MemberDocument, kind: string): OnFileUse {
  return member.onFile[kind] ?? NO_USE;
}

export function changeOnFileUse(
  member: MemberDocument,
  kind: string,
  changes: Partial<OnFileUse>,
): MemberDocument {
  return { ...member, onFile: { ...member.onFile, [kind]: { ...onFileUseOf(member, kind), ...changes } } };
}
