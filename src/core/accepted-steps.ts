/** The TOTP time steps of an app that were accepted last. */
export interface AcceptedSteps {
  /** The highest. No step at or below it is accepted again (RFC 6238, section 5.2). */
  readonly lastAcceptedStep: number | null;
  /** Another one, below it: what counts where the highest was accepted by a clock ahead. */
  readonly stepBefore?: number;
}

/** A code of the next step is accepted, and the clocks of two processes may be a step apart. */
export const STEPS_AHEAD = 2;

/** Whether the step can have been accepted by now. */
export function isCredibleStep(step: number, present: number): boolean {
  return step <= present + STEPS_AHEAD;
}

/**
 * The step up to which codes are used up, or null for none. A step from the future must not refuse every code until its time comes, so
 * the one before it counts then; where that lies in the future as well, nothing is known and every code is refused.
 */
export function usedUpTo({ lastAcceptedStep, stepBefore }: AcceptedSteps, present: number): number | null {
  if (lastAcceptedStep === null || isCredibleStep(lastAcceptedStep, present)) return lastAcceptedStep;
  if (stepBefore === undefined) return null;
  return isCredibleStep(stepBefore, present) ? stepBefore : Infinity;
}

/** The steps with one more, or null where it was used up before. However clocks jump, none is accepted twice. */
export function acceptStep(steps: AcceptedSteps, step: number, present: number): AcceptedSteps | null {
  const { lastAcceptedStep } = steps;
  const used = usedUpTo(steps, present);
  if (step === lastAcceptedStep || (used !== null && step <= used)) return null;
  if (lastAcceptedStep === null) return { lastAcceptedStep: step };
  return { lastAcceptedStep: Math.max(lastAcceptedStep, step), stepBefore: Math.min(lastAcceptedStep, step) };
}
