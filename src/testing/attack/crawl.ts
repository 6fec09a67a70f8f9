import type { AttackAnswer, AttackRequest } from './browser';
import type { AttackTarget, Finding } from './probe';
import type { AttackState } from './states';

/** Forms have a valid CSRF token, so that only the guard can refuse them. */
export async function tryAll(
  target: AttackTarget,
  state: AttackState,
  requests: readonly AttackRequest[],
): Promise<readonly { readonly request: AttackRequest; readonly answer: AttackAnswer }[]> {
  const reached = [];
  let browser = await target.enter(state);
  let form = await browser.form();
  for (const request of requests) {
    const sent = isSafe(request)
      ? request
      : { ...form, ...request, headers: { ...form.headers, ...request.headers } };
    const answer = await browser.try(sent);
    if (target.isReached(request, answer)) reached.push({ request, answer });
    // A form may have ended the state.
    if (isSafe(request) || answer.status >= 400) continue;
    browser = await target.enter(state);
    form = await browser.form();
  }
  return reached;
}

/** Does the same in several states, with one finding for each request. */
export async function tryInStates(
  target: AttackTarget,
  states: readonly AttackState[],
  requests: readonly AttackRequest[],
): Promise<readonly Finding[]> {
  const found = new Map<string, string[]>();
  for (const state of states) {
    for (const { request, answer } of await tryAll(target, state, requests)) {
      const name = nameOf(request);
      found.set(name, [...(found.get(name) ?? []), `${sawOf(answer)} while ${state}`]);
    }
  }
  return [...found].map(([request, saw]) => ({ request, saw: [...new Set(saw)].join('; ') }));
}

export const nameOf = ({ method = 'GET', path }: AttackRequest): string => `${method} ${path}`;

export const isSafe = ({ method = 'GET' }: AttackRequest): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(method);

export function sawOf({ status, headers }: AttackAnswer): string {
  return headers.location === undefined ? `answered ${status}` : `answered ${status} to ${headers.location}`;
}
