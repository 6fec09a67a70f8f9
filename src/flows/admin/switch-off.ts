import type { Policy } from '../../core/policy';
import type { FlowContext } from '../context';
import type { AdminAct } from './administrator';

/** What switching off with "Forget all devices" touches. */
export interface SwitchOffReach {
  readonly policy: Policy;
  readonly members: number;
  /** Members with at least one authenticator, and how many those have together. */
  readonly people: number;
  readonly devices: number;
  /** Not every member has been counted yet. */
  readonly counting: boolean;
}

export async function describeSwitchOff(
  _context: FlowContext,
  _organizationId: string,
): Promise<SwitchOffReach> {
  throw new Error('This is not written yet.');
}

export type SwitchedOff =
  | { readonly outcome: 'switched-off'; readonly policy: Policy; readonly forgetting: boolean }
  | { readonly outcome: 'conflict'; readonly current: Policy };

/** MFA off for the organization; from the next request nobody is asked. The forgetting goes on in the background. */
export async function switchOff(
  _context: FlowContext,
  _act: AdminAct & { readonly forgetDevices: boolean; readonly expectedVersion: number },
): Promise<SwitchedOff> {
  throw new Error('This is not written yet.');
}
