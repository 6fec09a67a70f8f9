export { createMfa } from './create-mfa';
export type { Mfa } from './create-mfa';
export type {
  AccountFields,
  Allowance,
  CountryCode,
  EventRetention,
  HostCsrf,
  MfaOptions,
  PasswordThrottle,
  PolicyDefaults,
  SendLimits,
  SendWindow,
} from './options';
export { OPTION_DEFAULTS } from './options';
export { ConfigurationError, MfaError } from './errors';
export type { ConfigurationRefusal, MfaErrorCode } from './errors';
export type { EventName, MfaEvent } from './events';
export type { MfaEvents } from './event-recorder';
export { memoryRecords } from './stores/memory/memory-records';
export { memoryState } from './stores/memory/memory-state';
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
} from './ports';
export type { CheckOptions, SetupFinding, SetupReport } from './flows/check-setup';
export type { AdministeredOrganization, AdminPagesOptions } from './http/admin/admin-options';
export type { SessionDescription } from './http/describe-session';
export type { ChooseJson, GuardOptions, StepUpOptions } from './http/guard';
export type { MfaStrategy, MfaStrategyOptions, SecondStepInfo } from './http/mfa-strategy';
export type { FirstFactorChannel } from './http/record-first-factor';
export type { PasswordChangeOptions } from './http/record-password-change';
export type { OnboardingOptions } from './http/onboarding';
export type { PasswordApiOptions } from './http/password-api';
export type {
  PromisedUser,
  VerifyDone,
  VerifyPassword,
  VerifyPasswordOfRequest,
} from './http/password-check';
export type { SessionOptions } from './http/session-middleware';

// What hosts call in code.
export type {
  ActorOptions,
  ExemptionRequest,
  HostId,
  LiveSession,
  MemberId,
  MemberListRequest,
  MemberName,
  MembersApi,
  MemberSettingsChange,
  PoliciesApi,
  PolicySaved,
  ProgrammaticApi,
  ResealOptions,
  ResetOptions,
  SavePolicyOptions,
  SessionsOfUserApi,
  UnlockOptions,
} from './programmatic-api';
export type {
  AuthenticatorsApi,
  BeginEnrollment,
  ConfirmEnrollment,
  EnrollmentBegun,
  EnrollmentConfirmed,
  ShownAuthenticator,
} from './authenticators-api';
export type {
  AskedChallenge,
  ChallengeAnswer,
  ChallengeAnswered,
  ChallengeBegun,
  ChallengeOptions,
  ChallengesApi,
  CodeRejected,
} from './challenges-api';
export type { Option } from './core/decision';
export type { Sent } from './flows/ask-request';
export type { Origin } from './flows/context';
export type { ShownOption } from './http/respond';
export type { NotFound } from './flows/admin/member-acts';
export type { ProtectedElsewhere } from './flows/admin/protected-elsewhere';
export type { ListedMember, MemberFilter, MemberPage } from './flows/admin/member-list';
export type { PolicyChange } from './flows/change-policy';
export type { ResealProgress, ResealRequest } from './flows/reseal-all';
export type { DeliveredKind, EnrollableKind, FactorKind } from './core/factor-kind';
export type { Exemption, MemberSettings } from './core/member';
export type { MemberState } from './core/member-state';
export type { EnrollmentRule, Policy } from './core/policy';
export type { PolicyFault } from './core/policy-check';

// What the author of a store needs.
export type {
  Binding,
  GuessOutcome,
  GuessRequest,
  MemberRecord,
  PolicyRecord,
  RecordStore,
  RecoveryCodeRecord,
  RecoveryCodeSet,
  SessionsEnd,
} from './stores/record-store';
export type { SentCode } from './core/sent-code';
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
export type { BackgroundJob, JobKind, JobStore } from './stores/background-jobs';
export type { BrowserStore, BrowserUse, BrowserUseOutcome } from './stores/browser-store';
export type { NextTokens } from './core/browser-rotation';
export type { EventQuery, EventStore } from './stores/event-store';
export type {
  DailyCounts,
  IndexEntry,
  MarkRange,
  MemberIndex,
  MemberIndexStore,
  MemberMarks,
} from './stores/member-index';
export type {
  PasswordAttempt,
  PasswordAttemptStore,
  PasswordLimits,
  PasswordReservation,
  ReservedPassword,
} from './stores/password-attempts';
export type { GuessStore } from './stores/guess-store';
export type { CodesOwner, UnseenCodes, UnseenCodesStore } from './stores/unseen-codes';
export type { KeptNotice, NoticeStore } from './stores/notice-store';
export type { Assurance, Evidence, EvidenceMethod } from './core/assurance';
export type { AcceptedSteps } from './core/accepted-steps';
export type { Authenticator, GuessGroup, GuessLimits, OnFileUse } from './core/authenticator';
export type { FactorRank } from './core/factor-strength';
export type { GuessCounter, PerRank, RightAnswer } from './core/guess-counter';
export type { SpentChannel } from './core/channel';
export type { RememberedBrowser } from './core/remembered-browser';
export type { Epochs } from './core/session-lifetime';
