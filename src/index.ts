export { createMfa } from './create-mfa';
export type { Mfa } from './create-mfa';
export type { CountryCode, MfaOptions, SendLimits, SendWindow } from './options';
export { OPTION_DEFAULTS } from './options';
export { ConfigurationError, MfaError } from './errors';
export type { MfaErrorCode } from './errors';
export type { EventName, MfaEvent } from './events';
export type { MfaEvents } from './event-recorder';
export { memoryRecords } from './stores/memory/memory-records';
export { memoryState } from './stores/memory/memory-state';
export { memoryStores } from './stores/memory/memory-stores';
export { createOutbox } from './delivery/outbox';
export type { Outbox, OutboxMessage } from './delivery/outbox';
export { DeliveryError } from './delivery/delivery-error';
export type { DeliveryFault } from './delivery/delivery-error';
export type {
  Account,
  AccountPage,
  Clock,
  EmailMessage,
  EmailSender,
  SmsMessage,
  SmsSender,
  SmsStatus,
  UserDirectory,
} from './ports';
export type { RecordStore } from './stores/record-store';
export type { StateStore } from './stores/state-store';
export type { Policy } from './core/policy';
export type { PolicyChange } from './flows/change-policy';
export type { CheckOptions, SetupFinding, SetupReport } from './flows/check-setup';
export type { ResealProgress } from './flows/reseal-all';
export type { AdministeredOrganization, AdminPagesOptions } from './http/admin/admin-options';
export type { GuardOptions } from './http/guard';
export type { MfaStrategyOptions } from './http/mfa-strategy';
export type { SessionOptions } from './http/session-middleware';
export type { PasswordApiOptions } from './http/password-api';
export type { FirstFactorChannel } from './http/note-first-factor';
