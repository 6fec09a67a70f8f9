import { personInMessage } from '../../core/text/typed-text';
import type { Account } from '../../options/ports';
import { newHandle, type FlowContext } from '../context/context';
import { notifyAddressesOnFile } from '../notices/notify';
import { endSessionsOfOrganization } from '../sessions/end-sessions';
import type { AdminAct } from './admin-authority';

/**
 * Ends every session of the organization by one write. The answer is the new epoch: a session that carries it goes on, which
 * is how the acting administrator keeps their own (put it into the session's slot only when they asked for that).
 */
export async function endAllSessions(
  context: FlowContext,
  act: AdminAct,
): Promise<{ readonly outcome: 'ended'; readonly organizationEpoch: string }> {
  const { organizationId, actor, origin } = act;
  const epoch = newHandle();
  await endSessionsOfOrganization(context, {
    organizationId,
    actorId: actor.id,
    ...(origin === null ? {} : { address: origin.address }),
    epoch,
  });
  return { outcome: 'ended', organizationEpoch: epoch };
}

const HEADINGS = {
  reset: 'The second factors of an administrator were reset',
  exempted: 'An administrator was exempted from multi-factor authentication',
} as const;

const SENTENCES = {
  reset: (actor: string, target: string) => `${actor} reset the second factors of ${target}.`,
  exempted: (actor: string, target: string) => `${actor} exempted ${target} from the second factor.`,
} as const;

/**
 * Tells the other administrators when one of them lost their factors or need none any more, so that nobody is taken over by a
 * colleague unseen. The administrator it was done to is told apart from this.
 */
export async function tellAdministrators(
  context: FlowContext,
  act: AdminAct,
  told: { readonly target: Account; readonly done: keyof typeof HEADINGS; readonly reason: string },
): Promise<void> {
  const { organizationId, actor, administratorsOf, origin } = act;
  const { target, done, reason } = told;
  const administrators = (await administratorsOf?.(organizationId)) ?? [];
  if (!administrators.some(({ id }) => id === target.id)) return;
  const others = administrators.filter(({ id }) => id !== target.id && id !== actor.id);
  await Promise.all(
    others.map(async (account) => {
      const member = await context.records.findMember(account.id, account.organizationId);
      await notifyAddressesOnFile(context, {
        account,
        member,
        notice: {
          kind: 'other',
          heading: HEADINGS[done],
          paragraphs: [
            SENTENCES[done](personInMessage(actor.name), personInMessage(target.name)),
            `The reason given: ${reason}`,
            'If you did not expect this, ask them about it, and look at the events page.',
          ],
          origin,
          at: context.clock.now(),
        },
      });
    }),
  );
}
