export { createMfa } from './create-mfa';
export type { Mfa } from './api/mfa';
export type {
  AccountFields,
  Allowance,
  CountryCode,
  HostCsrf,
  MfaOptions,
  PasswordThrottle,
  PolicyDefaults,
  SendLimits,
  SendWindow,
} from './options/options';
export type { LanguageOptions } from './options/languages';
export type { MessageOverride } from './messages/catalogues';
export type { EventRetention, ReportOptions } from './options/report-options';
export type { Logger } from './events/log';
export type { Meter } from './events/metrics';
export type { PasskeyOptions } from './options/passkeys';
export type {
  CreationOptionsJson,
  CredentialDescriptorJson,
  RequestOptionsJson,
} from './factors/passkey/ceremony-options';
export type { WebhookTarget } from './delivery/post-webhook';
export type { WebhookEndpoint } from './options/report-options';
export type { Brand, BrandOf, PageLink, SignInLink } from './options/brand';
export { OPTION_DEFAULTS } from './options/options';
export { ConfigurationError, MfaError } from './core/errors';
export type { ConfigurationRefusal, MfaErrorCode } from './core/errors';
export type { EventName, MfaEvent, Severity } from './events/events';
export type { MfaEvents } from './events/event-recorder';
export type { ErasureApi, ForgetUserOptions, OrganizationsApi, UsersApi } from './api/erasure-api';
export type { EventQueryRequest, EventsApi } from './api/events-api';
export type { LockExplanation } from './flows/admin/explain-member';
export type { EventPage, ShownEvent } from './flows/admin/list-events';
export { memoryRecords } from './stores/memory/memory-stores';
export { memoryState } from './stores/memory/memory-stores';
export { memoryStores } from './stores/memory/memory-stores';
export { createOutbox } from './delivery/outbox';
export type { Outbox, OutboxMessage, OutboxOptions } from './delivery/outbox';
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
  OrganizationName,
  UserDirectory,
} from './options/ports';
export type { CheckOptions, SetupFinding, SetupReport } from './flows/context/check-setup';
export type { AdministeredOrganization, AdminPagesOptions } from './http/admin/admin-options';
export type { SessionDescription } from './http/session/resolve-identity';
export type { ChooseJson, GuardOptions, StepUpOptions } from './http/sign-in/guard';
export type { MfaStrategy, MfaStrategyOptions, SecondStepInfo } from './http/sign-in/mfa-strategy';
export type { FirstFactor, FirstFactorChannel } from './http/session/record-first-factor';
export type { UpstreamClaims, UpstreamRule, UpstreamRules } from './core/decision/upstream-proof';
export type { PasswordChangeOptions } from './http/session/record-first-factor';
export type { OnboardingOptions } from './http/sign-in/host-login';
export type { PasswordApiOptions } from './http/sign-in/password-api';
export type {
  PromisedUser,
  VerifyDone,
  VerifyPassword,
  VerifyPasswordOfRequest,
} from './http/sign-in/password-check';
export type { SessionOptions } from './http/session/session-middleware';

// Functions that hosts call in code.
export type { ActorOptions, HostId, MemberId } from './api/host-actor';
export type { BulkApi, BulkWork, ManyMembers } from './api/bulk-api';
export type { BulkProgress } from './flows/admin/bulk-act';
export type { BulkAct, BulkChange } from './flows/admin/bulk-request';
export type { ReminderRefused } from './flows/admin/remind-member';
export type {
  EndExemptionOptions,
  EndSessionsOptions,
  ExemptionRequest,
  ExplainOptions,
  LiveSession,
  MemberListRequest,
  MemberName,
  MembersApi,
  MemberSettingsChange,
  PoliciesApi,
  PolicySaved,
  ProgrammaticApi,
  ReportRequest,
  ResealOptions,
  ResetOptions,
  SavePolicyOptions,
  SessionsOfUserApi,
  UnlockOptions,
} from './api/programmatic-api';
export type {
  AuthenticatorImport,
  AuthenticatorsApi,
  BeginEnrollment,
  ConfirmEnrollment,
  EnrollmentBegun,
  EnrollmentConfirmed,
  ImportOptions,
  ShownAuthenticator,
} from './api/authenticators-api';
export type {
  ActiveChallenge,
  ChallengeAnswer,
  ChallengeAnswered,
  ChallengeBegun,
  ChallengeOptions,
  ChallengesApi,
  CodeRejected,
} from './api/challenges-api';
export type { AllowReason, Decision, Option } from './core/decision/decision';
export type { Sent } from './flows/challenge/active-challenge';
export type { Origin } from './flows/context/context';
export type { ShownOption } from './http/kernel/respond';
export type { NotFound } from './flows/admin/member-acts';
export type { ProtectedElsewhere } from './flows/admin/admin-authority';
export type { ListedMember, MemberFilter, MemberPage } from './flows/admin/member-list';
export type { MemberDetail, SeenAuthenticator } from './flows/admin/member-detail';
export type { MemberExplanation } from './flows/admin/explain-member';
export type { Verdict } from './core/decision/decide';
export type { Adoption, AdoptionDay, AdoptionWarning } from './flows/admin/adoption';
export type { PolicyChange } from './flows/admin/save-policy';
export type { SecretEncoding } from './core/proof/imported-secret';
export type { ImportRefusal, ImportReport } from './flows/authenticators/import-authenticators';
export type { ResealProgress, ResealRequest } from './flows/authenticators/reseal-all';
export type { Channel, FactorKind, FactorState } from './core/member/factor-kind';
export type { Exemption, MemberSettings } from './core/member/member';
export type { MemberState } from './core/member/member-state';
export type { EnrollmentRule, Policy, Strength } from './core/policy/policy';
export type { PolicyFault } from './core/policy/policy-check';

// Types for authors of stores.
export type { RecordStore, RecordTables } from './stores/record-store';
export type {
  DocumentAnswer,
  DocumentChange,
  DocumentName,
  DocumentQuery,
  DocumentStore,
  Owner,
  CurrentDocument,
  WriteOutcome,
} from './stores/document-store';
export type { IndexedMember, IndexEntry, IndexQuery, IndexStore, MarkRange } from './stores/record-store';
export type { QueuedItem, QueueStore } from './stores/record-store';
export type { SentCode } from './core/proof/one-time-code';
export type {
  AttemptOutcome,
  Challenge,
  ChallengeOwner,
  ChallengePurpose,
  PendingLogin,
  SendBudget,
  SentMessage,
  SessionEntry,
  StateStore,
  Throttle,
  UnlockLink,
} from './stores/state-store';
export type { EventFilter, EventQuery, EventStore } from './stores/event-store';
export type {
  PasswordAttempt,
  PasswordAttemptStore,
  PasswordLimits,
  PasswordReservation,
  ReservedPassword,
} from './stores/password-attempts';
export type { CodesOwner, UnseenCodes, UnseenCodesStore } from './stores/unseen-codes';
export type { Assurance, Evidence, EvidenceMethod } from './core/decision/assurance';
export type { Authenticator, GuessGroup, GuessLimits, OnFileUse } from './core/member/authenticator';
export type { FactorRank } from './core/decision/usable-factors';
export type { GuessCounter, PerRank, RightAnswer } from './core/member/guess-counter';
export type { SpentChannel } from './core/address/destination';
export type { RememberedBrowser } from './core/member/remembered-browser';
export type { Epochs } from './core/decision/session-lifetime';
