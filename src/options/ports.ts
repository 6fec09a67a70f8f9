/** What the package asks of the world. Each port is one small interface that a host or a test can supply. */

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

/** What the provider's status callback said, once its signature was found right. */
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

/** What the package needs to know about one person of the host's user table. */
export interface Account {
  /** The host's own id as text. */
  readonly id: string;
  readonly name: string;
  /** What the person types to sign in; the password is asked again under it. */
  readonly username: string;
  /** Verified by the host; notices and codes go there. */
  readonly email?: string;
  /** Verified by the host, E.164. */
  readonly phone?: string;
  readonly organizationId: string;
  /** Signs in through an identity provider. */
  readonly federated: boolean;
  readonly hasPassword: boolean;
  /** The directory's own note that this person has enrolled; guards against lost records. */
  readonly mfaEnrolled: boolean;
  /** False ends every session and refuses every login. */
  readonly active: boolean;
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
   * The ids of every organization that a person is a member or an administrator of. Give it where people are in more than one: factors
   * belong to the person, and an administrator of one organization must not remove what protects another. Without it, the
   * organizations in which the person set something up are protected, and no others.
   */
  membershipsOf?(user: User): Promise<readonly OrganizationName[]> | readonly OrganizationName[];
  /** Told when a person enrolls the first factor or loses the last one, so that the directory can hold `mfaEnrolled`. */
  noteEnrolled?(id: string, enrolled: boolean): Promise<void>;
}
