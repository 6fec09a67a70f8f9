/** What the package needs from the host: small interfaces that a host or a test implements. */

import type { Request } from 'express';

export type { Clock } from '../core/clock';

/** One message by email. There is always exactly one recipient. */
export interface EmailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface SmsMessage {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** Where the provider reports what became of the message. */
  readonly statusCallbackUrl?: string;
}

/** Sends email. `send` rejects when the message was refused, failed, or `signal` was aborted first. */
export interface EmailSender {
  send(message: EmailMessage, signal: AbortSignal): Promise<void>;
  /** Rejects when the server cannot be reached. */
  check?(): Promise<void>;
}

/** The content of a status callback of the provider, after its signature was checked. */
export interface SmsStatus {
  readonly messageId: string;
  readonly undelivered: boolean;
}

/** Sends text messages. `send` rejects when the message was refused, failed, or `signal` was aborted first. */
export interface SmsSender {
  /** Resolves with the provider's message id, by which its status callback names the message. */
  send(message: SmsMessage, signal: AbortSignal): Promise<{ readonly messageId: string }>;
  /**
   * Reads a status callback; `refused` where the signature is wrong.
   * Absent where the provider has none.
   */
  readStatus?(callback: {
    readonly url: string;
    readonly signature: string | undefined;
    readonly body: Readonly<Record<string, string>>;
  }): SmsStatus | 'refused';
  check?(): Promise<void>;
}

/** What the package needs to know about one user of the host. */
export interface Account {
  /** The host's id as text. */
  readonly id: string;
  readonly name: string;
  /** What the person types to sign in. The password is checked again with it. */
  readonly username: string;
  /** Verified by the host. Notices and codes are sent to it. */
  readonly email?: string;
  /** Verified by the host, E.164. */
  readonly phone?: string;
  readonly organizationId: string;
  /** Signs in through an identity provider. */
  readonly federated: boolean;
  readonly hasPassword: boolean;
  /** The host's own note that this person has enrolled. It protects against lost records. */
  readonly mfaEnrolled: boolean;
  /** False ends every session and refuses every login. */
  readonly active: boolean;
  /** The language of messages to this person (BCP 47), such as `pt-BR`. */
  readonly locale?: string;
}

/** A page of an organization's people, in a stable order. `cursor` is the host's own and opaque to the package. */
export interface AccountPage<User> {
  readonly users: readonly User[];
  readonly nextCursor?: string;
}

/** The id of an organization as the host has it. */
export type OrganizationName = string | number | bigint | object;

/**
 * The host's user table. Only `findById` is needed to sign people in; the administrators' pages need the rest.
 * `User` is whatever the host keeps in `req.user`.
 */
export interface UserDirectory<User> {
  findById(id: string): Promise<User | null | undefined> | User | null | undefined;
  findByIds?(ids: readonly string[]): Promise<readonly User[]>;
  /** People of one organization; `query` searches names and addresses. */
  list?(request: {
    readonly organizationId: string;
    readonly query?: string;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<AccountPage<User>>;
  count?(organizationId: string): Promise<number>;
  /**
   * Whether a person may sign in without their password being asked: your `verify` is not called for a sign-in by passkey. Answer false
   * for everybody whom it would refuse, such as suspended accounts or everybody during maintenance. Needed with `passkeys.signIn`.
   */
  maySignIn?(user: User, req: Request): Promise<boolean> | boolean;
  /**
   * The ids of all organizations in which a person is a member or an administrator. Needed if people can be in more than one: factors
   * belong to the person, and an administrator of one organization must not remove what protects another. Without it, only the
   * organizations in which the person has set up a method are protected.
   */
  membershipsOf?(user: User): Promise<readonly OrganizationName[]> | readonly OrganizationName[];
  /** Called when a person enrolls the first factor or loses the last one, so that the host can store `mfaEnrolled`. */
  noteEnrolled?(id: string, enrolled: boolean): Promise<void>;
}
