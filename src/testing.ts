import './testing/refuse-production';

export { createOutbox } from './delivery/outbox';
export type { Outbox, OutboxMessage, OutboxOptions } from './delivery/outbox';
export { attack } from './testing/attack/attack';
export type { AttackOptions } from './testing/attack/open-target';
export type { AttackedMfa, AttackedPerson } from './testing/attack/states';
export type { AttackAnswer, AttackBrowser, AttackRequest, BrowserChange } from './testing/attack/browser';
export type { AttackRoute } from './testing/attack/list-routes';
export type { Finding, Probe } from './testing/attack/probe';
export type { AttackFinding, AttackReport, ProbeResult } from './testing/attack/report';
export type { AttackState, StateMachine } from './testing/attack/states';
export type { AttackTarget } from './testing/attack/probe';
export { codeFor } from './testing/codes';
export { newestCode } from './testing/codes';
export { recordStoreContract } from './testing/store-contracts';
export { signInAs } from './testing/sign-in-as';
export type { SignedIn, SignInAsOptions, TestPerson } from './testing/sign-in-as';
export { createSoftwarePasskey } from './testing/software-passkey';
export type {
  AuthenticationAnswer,
  CreationOptions,
  ForgedParts,
  RegistrationAnswer,
  RequestOptions,
  SoftwarePasskey,
  SoftwarePasskeyOptions,
} from './testing/software-passkey';
export { stateStoreContract } from './testing/store-contracts';
export type { Checked, TestFramework } from './testing/test-framework';
export type {
  AnswerFields,
  FetchLike,
  SupertestAgent,
  SupertestRequest,
  TestAgent,
} from './testing/test-agent';
export { createTestClock } from './testing/test-clock';
export type { TestClock } from './testing/test-clock';
