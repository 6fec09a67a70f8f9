import type { FlowContext } from '../context';

export interface ForgetDevicesProgress {
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Members looked at, of how many where that is known. */
  readonly done: number;
  readonly of: number | null;
  /** Members who lost devices, and how many devices. */
  readonly people: number;
  readonly devices: number;
  readonly startedBy: string | null;
}

/** Null where it was never started. Reading it takes up work that a process left behind. */
export async function findForgetDevicesProgress(
  _context: FlowContext,
  _organizationId: string,
): Promise<ForgetDevicesProgress | null> {
  throw new Error('This is not written yet.');
}
