import { encodeId } from '../../core/text/host-id';
import { ownerKey, type Owner } from '../document-store';

/** All keys. Redis Cluster hashes only the part in braces, so that one user is on one node. */
export interface Keys {
  /** A hash: the documents of a user or an organization, each with its version. */
  documents(owner: Owner): string;
  /** A hash: who has a key that is unique over all owners. */
  claim(key: string): string;
  /** A set: the keys that an owner has claimed. */
  claimedBy(owner: Owner): string;
  /** A sorted set: the ids of what is queued, by the instant at which each is due. */
  queue(name: string): string;
  /** A hash: the id of what is queued, and what it is. */
  queued(name: string): string;
  /** A hash: a pending login, or what a session is proving, with the challenges. Its fields are in `owner-hash`. */
  owner(userId: string, ownerId: string): string;
  /** A string: new recovery codes, sealed, that the owner has not acknowledged. */
  unseenCodes(userId: string, ownerId: string): string;
  /** A sorted set: the names of what else is kept about the user, by its end. */
  held(userId: string): string;
  /** A hash: the handle of a session, and the session. */
  sessions(userId: string): string;
  /** A list: the events, newest first. */
  events(organizationId: string): string;
  /** A sorted set: the ids of members by a mark. */
  index(organizationId: string, name: string): string;
  /** A list: the instants of the newest sends, newest first. */
  sends(key: string): string;
  /** A string: whose challenge a sent message belongs to, or that it was asked for. */
  message(messageId: string): string;
  /** A list: the pending logins that one first step began, newest first. */
  firstSteps(mark: string): string;
  /** A string: whom an unlock link belongs to, by the stored form of its token. */
  unlockLink(tokenHash: string): string;
  /** A number: attempts in the running window. */
  throttle(name: string, key: string): string;
  /** A hash: the wrong passwords for a name. Its fields are in `password-attempts`. */
  passwords(name: string): string;
  /** A sorted set: the hashes of addresses that a name signed in from, by when it last did. */
  networks(name: string): string;
  /** A hash: the wrong passwords from an address. */
  passwordsFrom(network: string): string;
}

export function createKeys(prefix: string): Keys {
  const user = (userId: string) => `${prefix}:{user:${encodeId(userId)}}`;
  const organization = (organizationId: string) => `${prefix}:{organization:${encodeId(organizationId)}}`;
  return {
    documents: (owner) => `${prefix}:{${ownerKey(owner)}}:documents`,
    claim: (key) => `${prefix}:{claim:${encodeId(key)}}`,
    claimedBy: (owner) => `${prefix}:{${ownerKey(owner)}}:claims`,
    queue: (name) => `${prefix}:{queue:${name}}:due`,
    queued: (name) => `${prefix}:{queue:${name}}:items`,
    owner: (userId, ownerId) => `${user(userId)}:owner:${encodeId(ownerId)}`,
    unseenCodes: (userId, ownerId) => `${user(userId)}:unseen-codes:${encodeId(ownerId)}`,
    held: (userId) => `${user(userId)}:held`,
    sessions: (userId) => `${user(userId)}:sessions`,
    events: (organizationId) => `${organization(organizationId)}:events`,
    index: (organizationId, name) => `${organization(organizationId)}:index:${name}`,
    sends: (key) => `${prefix}:{sends:${encodeId(key)}}`,
    message: (messageId) => `${prefix}:{message:${encodeId(messageId)}}`,
    firstSteps: (mark) => `${prefix}:{first-steps:${encodeId(mark)}}`,
    unlockLink: (tokenHash) => `${prefix}:{unlock-link:${encodeId(tokenHash)}}`,
    throttle: (name, key) => `${prefix}:{throttle:${encodeId(name)}:${encodeId(key)}}`,
    passwords: (name) => `${prefix}:{name:${encodeId(name)}}:passwords`,
    networks: (name) => `${prefix}:{name:${encodeId(name)}}:networks`,
    passwordsFrom: (network) => `${prefix}:{network:${encodeId(network)}}:passwords`,
  };
}
