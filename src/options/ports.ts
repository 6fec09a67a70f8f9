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
  /** The URL where the provider reports the delivery status. */
  readonly statusCallbackUrl?: string;
}

/** Sends email. `send` rejects when the message was refused, failed, or `signal` was aborted first. */
export interface EmailSender {
  send(message: EmailMessage, signal: AbortSignal): Promise<void>;
  /** Rejects when the server cannot be reached. */
  check?(): Promise<void>;
}

/** The content of a provider's status callback, after its signature was checked. */
export interface SmsStatus {
  readonly messageId: string;
  readonly undelivered: boolean;
}

/** Sends text messages. `send` rejects when the message was refused, failed, or `signal` was aborted first. */
export interface SmsSender {
  /** Resolves with the provider's message id, which its status callback contains. */
  send(message: SmsMessage, signal: AbortSignal): Promise<{ readonly messageId: string }>;
  /** Reads a status callback; returns `refused` if the signature is wrong. Omit it if the provider has no callbacks. */
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
  /** The name that the person types to sign in. It is also used to check the password again. */
  readonly username: string;
  /** The email address, verified by the host. Notices and codes are sent to it. */
  readonly email?: string;
  /** The phone number, verified by the host, in E.164. */
  readonly phone?: string;
  readonly organizationId: string;
  /** True if the person signs in with an identity provider. */
  readonly federated: boolean;
  readonly hasPassword: boolean;
  /** Whether the host has stored that this person has enrolled. It protects against lost records. */
  readonly mfaEnrolled: boolean;
  /** False ends every session and refuses every login. */
  readonly active: boolean;
  /** The language of messages to this person (BCP 47), such as `pt-BR`. */
  readonly locale?: string;
}

/** A page of an organization's people, in a stable order. The cursor has the host's own format and is opaque to the package. */
export interface AccountPage<User> {
  readonly users: readonly User[];
  readonly nextCursor?: string;
}

/** The id of an organization in the host's own form. */
export type OrganizationName = string | number | bigint | object;

/**
 * The host's user table. Only `findById` is needed to sign people in; the administrators' pages need the rest. `User` is the
 * type of the host's `req.user`.
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
   * Whether a person may sign in without a password: your `verify` is not called for a sign-in by passkey. Return false for
   * everyone whom `verify` would refuse, such as suspended accounts, or all users during maintenance. Required with
   * `passkeys.signIn`.
   */
  maySignIn?(user: User, req: Request): Promise<boolean> | boolean;
  /**
   * The ids of all organizations in which a person is a member or an administrator. Needed if people can be in more than one:
   * factors belong to the person, and an administrator of one organization must not remove factors that protect another.
   * Without it, only the organizations in which the person has set up a method are protected.
   */
  membershipsOf?(user: User): Promise<readonly OrganizationName[]> | readonly OrganizationName[];
  /** Called when a person enrolls the first factor or loses the last one, so that the host can store `mfaEnrolled`. */
  noteEnrolled?(id: string, enrolled: boolean): Promise<void>;
}
