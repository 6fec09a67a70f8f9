import { encodeId } from '../../core/text/host-id';
import { ownerKey, type Owner } from '../document-store';

/** All keys. Redis Cluster hashes only the part in braces, so that all keys of a user are on one node. */
export interface Keys {
  /** A hash: the documents of a user or an organization, each with its version. */
  documents(owner: Owner): string;
  /** A hash: the owner of a key that is unique among all owners. */
  claim(key: string): string;
  /** A set: the keys that an owner has claimed. */
  claimedBy(owner: Owner): string;
  /** A sorted set: the ids of queued items by due time. */
  queue(name: string): string;
  /** A hash: queued items by id. */
  queued(name: string): string;
  /** A hash: a pending login, or the proofs of a session, with their challenges. Its fields are in `owner-hash`. */
  owner(userId: string, ownerId: string): string;
  /** A string: new recovery codes, sealed, that the owner has not acknowledged. */
  unseenCodes(userId: string, ownerId: string): string;
  /** A sorted set: the names of other keys about the user, by expiry. */
  held(userId: string): string;
  /** A hash: sessions by handle. */
  sessions(userId: string): string;
  /** A list: the events, newest first. */
  events(organizationId: string): string;
  /** A sorted set: the ids of members by a mark. */
  index(organizationId: string, name: string): string;
  /** A list: the instants of the newest sends, newest first. */
  sends(key: string): string;
  /** A string: the challenge of a sent message, or a mark that its delivery report came first. */
  message(messageId: string): string;
  /** A list: the pending logins that the same first step started, newest first. */
  firstSteps(mark: string): string;
  /** A string: the user of an unlock link, by the hash of its token. */
  unlockLink(tokenHash: string): string;
  /** A number: attempts in the current window. */
  throttle(name: string, key: string): string;
  /** A hash: the wrong passwords for a name. Its fields are in `password-attempts`. */
  passwords(name: string): string;
  /** A sorted set: the hashes of addresses that a name signed in from, by the last sign-in. */
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
